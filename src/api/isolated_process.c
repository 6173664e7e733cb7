/* SPDX-License-Identifier: MIT */
#include "api/isolated_process_p.h"

#include "api/isolated_place_p.h"
#include "libraries/own_library.h"

#include <string.h>

static bool read_program(struct isolated_process *process, const char *path, struct arena *arena,
                         struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    process->libraries.arena = arena;
    if (!file_open(&file, path, error) || !module_read(&process->module, &file, arena, error) ||
        !module_read_dynamic(&process->dynamic, &process->module, &file, arena, error) ||
        !libraries_read(&process->libraries, path, &process->module, &process->dynamic, NULL, NULL,
                        error))
        return false;
    const struct missing_library *missing = process->libraries.missing;
    return !process->libraries.missing_count ||
           error_set(error, PLUGIN_NOT_FOUND, "library %s, needed by %s: %s", missing->name,
                     missing->needer, missing->reason);
}

bool isolated_process_read(struct isolated_process *process, struct arena *arena,
                           struct error *error)
{
    TEXT_AUTO worker = {0}, library = {0};
    return isolated_find_files(&worker, &library, error) &&
           (read_program(process, text_chars(&worker), arena, error) ||
            error_prefix(error,
                         "cannot read the program of its process, %s: ", text_chars(&worker)));
}

void isolated_process_deinit(struct isolated_process *process)
{
    libraries_deinit(&process->libraries);
    module_deinit(&process->module);
}

bool isolated_process_has(const struct isolated_process *process, const char *name)
{
    for (size_t i = 1; i < process->libraries.count; i++) {
        const struct library *library = &process->libraries.items[i];
        const char *soname = library->dynamic.soname;
        if (!strcmp(library->name, name) || (soname && !strcmp(soname, name)))
            return true;
    }
    return !strcmp(name, OWN_LIBRARY);
}
