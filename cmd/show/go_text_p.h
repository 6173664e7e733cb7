/* SPDX-License-Identifier: MIT */
/* Go plugins as text, for `plugin inspect` and `plugin header`. */
#ifndef PLUGIN_GO_TEXT_H
#define PLUGIN_GO_TEXT_H

#include "src/module/module.h"

bool go_text_is_plugin(const struct module *module);

/* Returns Go's description of the symbol; NULL if the module is not a Go plugin. */
const struct go_symbol *go_text_symbol(const struct module *module, const char *name);

/* Adds a symbol as Go declares it: "func F(int) error", "var V map[string]int". */
void go_text_add_declaration(struct text *text, const struct go_symbol *symbol);

/* Adds a package's hash in hexadecimal. */
void go_text_add_hash(struct text *text, const struct go_package *package);

#endif
