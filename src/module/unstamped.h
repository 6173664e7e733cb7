/* SPDX-License-Identifier: MIT */
/* A stamp for a shared library that has none: what its dynamic symbols tell. */
#ifndef PLUGIN_UNSTAMPED_H
#define PLUGIN_UNSTAMPED_H

#include "module/module.h"

/* Makes the stamp in the arena, from the file's dynamic section and contents: symbols and imports,
 * all without types. Sets is_untyped. Leaves a module that is stamped, or no shared library, as it
 * is. */
bool module_make_stamp(struct module *module, const struct file *file, struct arena *arena,
                       struct error *error);

#endif
