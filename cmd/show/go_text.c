/* SPDX-License-Identifier: MIT */
/* Go plugins as text. */
#include "show/go_text_p.h"

#include <string.h>

bool go_text_is_plugin(const struct module *module)
{
    return module->go && module->go->is_plugin;
}

const struct go_symbol *go_text_symbol(const struct module *module, const char *name)
{
    return go_text_is_plugin(module) ? go_module_symbol(module->go, name) : NULL;
}

void go_text_add_declaration(struct text *text, const struct go_symbol *symbol)
{
    static const char func[] = "func";
    const char *type = symbol->type;
    bool is_func = symbol->is_function && !strncmp(type, func, strlen(func));
    text_add(text, "%s ", is_func ? func : "var");
    text_add_escaped(text, symbol->name);
    text_add(text, "%s", is_func ? "" : " ");
    text_add_escaped(text, is_func ? type + strlen(func) : type);
}

void go_text_add_hash(struct text *text, const struct go_package *package)
{
    for (size_t i = 0; i < package->hash_size; i++)
        text_add(text, "%02x", package->hash[i]);
}
