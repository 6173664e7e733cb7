/* SPDX-License-Identifier: MIT */
/* Judges whether a plugin can be isolated. */
#include "crossing/isolation.h"

/* Sets PLUGIN_UNSUPPORTED, with all that cannot cross to another process. */
static void set_misfits(const struct misfits *misfits, struct error *error)
{
    error_set(error, PLUGIN_UNSUPPORTED, "it cannot be isolated (%zu reason%s):", misfits->count,
              misfits->count == 1 ? "" : "s");
    for (size_t i = 0; i < misfits->kept; i++)
        text_add(&error->text, "\n  %s", text_chars(&misfits->items[i].text));
    if (misfits->count > misfits->kept)
        text_add(&error->text, "\n  ... and %zu more", misfits->count - misfits->kept);
}

struct plan *isolation_plan(const struct mapped_modules *modules, const struct module *host,
                            struct misfits *misfits, struct error *error)
{
    const struct btf *host_types = host ? module_types(host, error) : NULL;
    if (host && !host_types)
        return NULL;
    inits_judge(modules, misfits);
    struct plan *plan = plan_make(modules, host ? &host->meta : NULL, host_types, misfits, error);
    if (!plan && misfits->count)
        set_misfits(misfits, error);
    return plan;
}
