/* SPDX-License-Identifier: MIT */
/* A static program is linked with what runs isolated plugins, or does without: then it needs no
 * libffi. */
#include "api/isolated_place_p.h"

static bool set_none(struct error *error)
{
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "PLUGIN_ISOLATED needs more in a static program: link it with "
                     "-lplugin-static-isolated -lffi, in place of -lplugin-static");
}

const struct isolated_functions *isolated_functions(struct error *error)
{
    set_none(error);
    return NULL;
}

bool isolated_find_files(struct text *worker, struct text *library, struct error *error)
{
    (void)worker, (void)library;
    return set_none(error);
}

const void *isolated_find_function(const char *name)
{
    (void)name;
    return NULL;
}
