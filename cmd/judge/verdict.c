/* SPDX-License-Identifier: MIT */
/* The verdict on one plugin. */
#include "judge/verdict.h"

/* Names the interfaces that the plugin meets as little as the nearest one, whose misfits were told.
 */
static void add_other_interfaces(struct text *text, const struct host_interfaces *interfaces)
{
    const char *separator = "nor does it meet ";
    bool is_nearest_told = false;
    for (size_t i = 0; i < interfaces->count; i++)
        is_nearest_told |= interfaces->items[i].is_judged && !interfaces->items[i].is_met;
    if (!is_nearest_told || interfaces->has_chosen)
        return;
    for (size_t i = 0; i < interfaces->count; i++) {
        const struct host_interface *interface = &interfaces->items[i];
        if (interface->is_judged || interface->is_met)
            continue;
        text_add(text, "%s", separator);
        host_interface_add_name(text, interface);
        text_add(text, " (%s%zu misfit%s)", interface->is_cut ? "at least " : "",
                 interface->misfit_count, interface->misfit_count == 1 ? "" : "s");
        separator = ", ";
    }
}

/* Is this code a verdict, not a failure to judge? */
static bool is_verdict(enum plugin_code code)
{
    return code == PLUGIN_OK || code == PLUGIN_MISFIT || code == PLUGIN_NOT_PLUGIN ||
           code == PLUGIN_UNSUPPORTED;
}

void verdict_judge(struct verdict *verdict, struct host_process *process, const char *path,
                   bool is_verbose)
{
    struct misfits *misfits = &verdict->misfits;
    struct error *error = &verdict->error;
    const char *host = process->host.path;
    *verdict = (struct verdict){.path = path, .misfits.is_verbose = is_verbose};
    bool is_judged = host_process_judge(process, path, misfits, error);
    if (process->is_isolated && process->host.module.is_stamped && is_judged && !misfits->count)
        is_judged = host_process_judge_isolated(process, misfits, error);
    verdict->is_known = !is_judged || misfits->count ||
                        host_process_judge_stamps(process, path, &misfits->uses, error);
    if (is_judged && misfits->count) {
        add_other_interfaces(&misfits->remark, &process->interfaces);
        misfits_refuse(misfits, path, host, error);
    } else if (!is_judged && is_verdict(error->code)) {
        error_prefix(error, "%s does not fit %s: ", path, host);
    } else if (!is_judged) {
        error_prefix(error, "cannot check %s: ", path);
    }
    if (process->is_isolated)
        host_process_forget(process);
}

bool verdict_is_given(const struct verdict *verdict)
{
    return verdict->is_known && is_verdict(verdict->error.code);
}

bool verdict_fits(const struct verdict *verdict)
{
    return verdict->error.code == PLUGIN_OK;
}

void verdict_add_fit(struct text *text, const struct verdict *verdict,
                     const struct host_process *process)
{
    text_add_escaped(text, verdict->path);
    text_add_between(text, " fits ", process->host.path, process->is_isolated ? ", isolated" : "");
    host_interfaces_add_met(text, &process->interfaces);
    text_add(text, " (");
    uses_add_count(text, &verdict->misfits.uses);
    text_add(text, ")");
}

void verdict_deinit(struct verdict *verdict)
{
    misfits_deinit(&verdict->misfits);
    error_free(&verdict->error);
}
