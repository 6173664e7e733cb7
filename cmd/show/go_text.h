/* What `plugin inspect` and `plugin header` say of Go plugins, and of what can open them. */
#ifndef PLUGIN_GO_TEXT_H
#define PLUGIN_GO_TEXT_H

#include "src/module/module.h"

bool go_text_is_plugin(const struct module *module);

/* The symbol of this name as Go knows it; NULL: the module is no Go plugin. */
const struct go_symbol *go_text_symbol(const struct module *module, const char *name);

/* Adds a symbol as Go declares it: "func F(int) error", "var V map[string]int". */
void go_text_add_declaration(struct text *text, const struct go_symbol *symbol);

/* Adds the lines that say which Go plugin, or Go module, it is. */
void go_text_add_head(struct text *text, const struct go_module *go);

/* Adds the packages, each with its hash. */
void go_text_add_packages(struct text *text, const struct go_module *go);

/* Adds a package's hash in hexadecimal. */
void go_text_add_hash(struct text *text, const struct go_package *package);

#endif
