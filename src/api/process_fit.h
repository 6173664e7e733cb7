/* The running process, as the fit of a plugin sees it. */
#ifndef PLUGIN_PROCESS_H
#define PLUGIN_PROCESS_H

#include "process/plugin_internal.h"

/* Does the plugin, whose packages were claimed and whose ELF headers are still there, fit this
 * process? `path` is what the caller of plugin_open calls it. Nothing is mapped; if it fits, the
 * live copies of packages are promoted that libraries will be bound to which it brings along; and
 * under a trust policy these libraries are mapped, from the copies that were checked. */
bool process_judge(const struct plugin *candidate, const char *path, const struct file *file,
                   const struct plugin_options *options, struct error *error);

/* The same for a built-in plugin. */
bool process_judge_built_in(const struct plugin *candidate, bool is_strict, struct error *error);

#endif
