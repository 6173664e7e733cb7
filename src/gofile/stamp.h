/* The `.plugin` section of a Go plugin, which nobody has stamped: its symbols and its build, made
 * from what the Go module says. So whatever reads a stamp reads Go plugins as well. */
#ifndef PLUGIN_GO_STAMP_H
#define PLUGIN_GO_STAMP_H

#include "base/bytes.h"
#include "gofile/module.h"

/* Writes the section, newly allocated: the symbols with their BTF ids (0 for those without a C
 * form), and one compiler: "go 1.24.4", with the settings as its flags. `btf` is the section that
 * the ids are of. */
bool go_stamp_write(const struct go_module *module, struct bytes btf, struct bytes *meta,
                    struct error *error);

#endif
