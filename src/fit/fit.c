/* SPDX-License-Identifier: MIT */
/* Does a plugin fit a process? The whole judgement. */
#include "fit/fit.h"

#include "fit/judgement_p.h"

#include <assert.h>
#include <stdlib.h>

bool fit_collect(struct misfits *misfits, const struct libraries *libraries,
                 const struct fit_host *host, bool is_strict, struct error *error)
{
    assert(libraries->count);
    const struct module *own = libraries->items[0].module;
    struct judgement j = {.libraries = libraries,
                          .host = host,
                          .plugin = own,
                          .is_strict = is_strict,
                          .misfits = misfits,
                          .error = error};
    misfits->uses.is_counted = true;
    j.packages =
        arena_alloc_zeroed(libraries->arena, own->meta.header.packages.count, sizeof *j.packages);
    if (!j.packages)
        return error_set_no_memory(error);
    bool is_judged = symbol_index_init(&j.definitions, libraries, error) && judge_environment(&j) &&
                     (j.is_other_machine || (judge_packages(&j) && judge_symbols(&j)));
    if (j.is_other_machine)
        judge_no_symbols(&j);
    for (size_t i = 0; i < j.compared_count; i++)
        type_cache_deinit(&j.compared[i].cache);
    if (is_judged && misfits->failed)
        return error_set_no_memory(error);
    return is_judged;
}

const char *fit_host_name(const struct fit_host *host)
{
    bool is_host = !host->library || (host->module && host->module->is_stamped);
    const char *library = is_host ? NULL : host->library(host->context);
    return library ? library : host->path;
}

bool fit_judge(const char *path, const struct libraries *libraries, const struct fit_host *host,
               bool is_strict, struct error *error)
{
    MISFITS_AUTO misfits = {0};
    if (!fit_collect(&misfits, libraries, host, is_strict, error))
        return false;
    return !misfits.count || misfits_refuse(&misfits, path, fit_host_name(host), error);
}
