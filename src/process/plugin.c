/* SPDX-License-Identifier: MIT */
/* The lifetime of a plugin. */
#include "process/plugin.h"

#include "base/hash.h"
#include "module/content.h"
#include "process/kept_memory_p.h"
#include "trust/sealed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct plugin *plugin_new(const char *path, const struct module *module, struct error *error)
{
    uint32_t count = module->meta.header.symbols.count;
    size_t symbols = (size_t)count * sizeof(struct plugin_symbol);
    size_t stamp = module_lasting_size(module), length = strlen(path) + 1;
    size_t size = sizeof(struct plugin) + symbols + stamp + length;
    /* Built-in plugins are in the heap: opening them takes no system call. */
    bool is_kept = !module->is_lasting;
    struct plugin *p = is_kept ? kept_alloc(size) : calloc(1, size);
    if (!p) {
        error_set_no_memory(error);
        return NULL;
    }
    p->kept_size = is_kept ? size : 0;
    p->held = -1;
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

/* Without build IDs, plugins that differ only in types may load the same bytes. To Go, all plugins
 * of one path are the same. */
uint64_t plugin_content(const struct module *module)
{
    const struct format_header *header = &module->meta.header;
    return module->go ? header->content
                      : hash_bytes(header->content, &header->checksum, sizeof header->checksum);
}

bool plugin_set_file(struct plugin *p, const struct file *given, const struct file *file,
                     struct error *error)
{
    p->device = given->device;
    p->inode = given->inode;
    p->size = given->size;
    p->changed = given->changed;
    p->mapped_device = file->device;
    p->mapped_inode = file->inode;
    p->memory = module_memory(&p->module);
    p->content = plugin_content(&p->module);
    p->loaded = p->module.meta.header.content;
    return !p->module.go || content_hash(&p->module, file, &p->loaded, error);
}

void plugin_discard(struct plugin *p)
{
    if (!p)
        return;
    free(p->failure);
    free(p->mapped);
    free(p->promoted);
    sealed_unpin(p->pin);
    if (p->held >= 0 && !p->handle)
        close(p->held);
    module_deinit(&p->module);
    if (p->kept_size)
        kept_free(p, p->kept_size);
    else
        free(p);
}
