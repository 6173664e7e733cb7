/* SPDX-License-Identifier: MIT */
/* What the plugin that was judged last uses, and of which module. */
#ifndef PLUGIN_USES_H
#define PLUGIN_USES_H

#include "judge/host_process.h"

/* A function or variable that the plugin uses. */
struct use {
    const char *name;
    const char *package;         /* that it is of, NULL: none */
    const char *path;            /* of the module that has it; NULL: nobody has it */
    const char *built_in;        /* the plugin in the host that has it; NULL: none */
    const struct module *module; /* that has it; NULL: nobody, or it was not read */
    bool is_host;                /* that is the host */
    bool is_implementation;      /* of the C implementation, whose types nobody records */
    bool is_unchecked;           /* the type is not known on both sides */
};

/* Calls `each` for each use but those that the plugin's own definition serves, in the order of
 * names. False if `each` returns false, or without memory. */
bool uses_each(struct host_process *process, bool (*each)(void *context, const struct use *use),
               void *context, struct error *error);

#endif
