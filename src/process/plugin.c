/* The lifetime of a plugin. */
#include "process/plugin.h"

#include "process/kept_memory.h"

#include <stdlib.h>
#include <string.h>

struct plugin *plugin_new(const char *path, const struct module *module, struct error *error)
{
    uint32_t count = module->meta.header.symbols.count;
    size_t symbols = (size_t)count * sizeof(struct plugin_symbol);
    size_t stamp = module_lasting_size(module), length = strlen(path) + 1;
    size_t size = sizeof(struct plugin) + symbols + stamp + length;
    struct plugin *p = kept_alloc(size);
    if (!p) {
        error_set_no_memory(error);
        return NULL;
    }
    p->kept_size = size;
    p->module = *module;
    p->symbols = (struct plugin_symbol *)(p + 1);
    p->symbol_count = count;
    char *after = (char *)(p->symbols + count);
    module_move(&p->module, after);
    p->path = memcpy(after + stamp, path, length);
    for (uint32_t i = 0; i < count; i++) {
        struct meta_symbol symbol = meta_symbol(&p->module.meta, i);
        p->symbols[i] = (struct plugin_symbol){
            .plugin = p, .name = symbol.name, .type = symbol.type, .kind = symbol.kind};
    }
    return p;
}

void plugin_free(struct plugin *p)
{
    if (!p)
        return;
    free(p->failure);
    free(p->mapped);
    module_deinit(&p->module);
    kept_free(p, p->kept_size);
}
