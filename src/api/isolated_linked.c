/* SPDX-License-Identifier: MIT */
/* What runs isolated plugins, linked into a static program. */
#include "api/isolated_place_p.h"
#include "libraries/own_library.h"
#include "process/loaded.h"

#include <stdlib.h>
#include <string.h>

isolated_load plugin_isolated_;

const struct isolated_functions *isolated_functions(struct error *error)
{
    (void)error;
    return plugin_isolated_(PLUGIN_VERSION, error_publish);
}

/* No file shows where the library is installed that the program was linked with: the library knows
 * it, and a program that is to run elsewhere is told. */
bool isolated_find_files(struct text *worker, struct text *library, struct error *error)
{
    const char *told = secure_getenv("PLUGIN_WORKER");
    const char *path = told ? told : PLUGIN_LIBDIR "/" ISOLATED_WORKER, *end = strrchr(path, '/');
    if (*path != '/' || end == path)
        return error_set(error, PLUGIN_SYSTEM,
                         "PLUGIN_WORKER=%s is no absolute path to " ISOLATED_WORKER, path);
    while (end > path && end[-1] != '/')
        end--;
    text_add(worker, "%s", path);
    text_add(library, "%.*s" OWN_LIBRARY, (int)(end - path), path);
    return (!worker->failed && !library->failed) || error_set_no_memory(error);
}

static const void *function_at(const struct loaded *program, enum format_symbol_kind kind,
                               uint64_t address)
{
    return kind == FORMAT_FUNCTION ? (void *)(program->base + (uintptr_t)address) : NULL;
}

/* The program has no dynamic symbols. Its stamp has all functions that it was linked from. */
const void *isolated_find_function(const char *name)
{
    bool end;
    uint32_t index;
    ERROR_AUTO unread = {0};
    const struct loaded *program = loaded_at(0, &end, &unread);
    if (!program || !program->module->is_stamped)
        return NULL;
    const struct meta *meta = &program->module->meta;
    if (meta_find_symbol(meta, name, &index)) {
        struct meta_symbol symbol = meta_symbol(meta, index);
        return function_at(program, symbol.kind, symbol.address);
    }
    if (!meta_find_shared(meta, name, &index))
        return NULL;
    struct meta_shared shared = meta_shared(meta, index);
    return function_at(program, shared.kind, shared.address);
}
