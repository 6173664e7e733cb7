/* SPDX-License-Identifier: MIT */
/* The libraries that a module needs. */
#include "libraries/libraries.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/table.h"
#include "libraries/library_search_p.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MAX = 4096 };

/* A file that is not a library, remembered so that other names for it do not read it again. */
struct unreadable {
    dev_t device;
    ino_t inode;
    enum plugin_code code;
    const char *reason;
};

/* The search through DT_NEEDED, breadth first. All arrays are in the libraries' arena. */
struct walk {
    struct libraries *libraries;
    libraries_is_loaded *is_loaded;
    void *context;
    struct library_search search;
    const char **names; /* of libraries: those in DT_NEEDED, and each library's DT_SONAME */
    size_t name_count, name_capacity;
    struct table by_name;
    struct unreadable *unreadable;
    size_t unreadable_count, unreadable_capacity;
    const char *directory; /* of the last library, as it was found; NULL: none yet */
    const char *resolved;  /* the same without symbolic links */
};

/* Adds a name; *is_new is false if it was there already. */
static bool walk_add_name(struct walk *walk, const char *name, bool *is_new, struct error *error)
{
    struct arena *arena = walk->libraries->arena;
    struct table_probe probe = {.hash = hash_name(name)};
    *is_new = false;
    for (uint32_t item; table_next(&walk->by_name, &probe, &item);)
        if (!strcmp(walk->names[item], name))
            return true;
    if (walk->name_count == NAMES_MAX)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it needs more than %d libraries", NAMES_MAX);
    const char **added = array_add(arena, walk->names, walk->name_count, walk->name_capacity);
    if (!added || !table_reserve(&walk->by_name, arena, walk->name_count))
        return error_set_no_memory(error);
    *added = name;
    *is_new = true;
    return table_add(&walk->by_name, probe.hash, (uint32_t)walk->name_count - 1) <=
               TABLE_PROBES_MAX ||
           error_set(error, PLUGIN_NOT_PLUGIN, "too many library-name hash collisions");
}

static char *libraries_copy(const struct libraries *libraries, const char *string)
{
    return arena_strndup(libraries->arena, string, strlen(string));
}

/* Lists a library as missing for this reason. If the reason is an error of the system, fails
 * instead. */
static bool libraries_add_missing(struct libraries *libraries, const char *name, const char *needer,
                                  const struct error *reason, struct error *error)
{
    if (reason->text.failed || reason->code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    if (reason->code == PLUGIN_SYSTEM)
        return error_set(error, PLUGIN_SYSTEM, "%s: %s", name, error_text(reason));
    const char *copy = libraries_copy(libraries, error_text(reason));
    struct missing_library *missing =
        copy ? array_add(libraries->arena, libraries->missing, libraries->missing_count,
                         libraries->missing_capacity)
             : NULL;
    if (!missing)
        return error_set_no_memory(error);
    *missing = (struct missing_library){name, needer, copy};
    return true;
}

static struct library *libraries_add(struct libraries *libraries, struct error *error)
{
    struct library *item =
        array_add(libraries->arena, libraries->items, libraries->count, libraries->capacity);
    if (item)
        *item = (struct library){.file = FILE_NONE};
    else
        error_set_no_memory(error);
    return item;
}

/* Follows the links of a name in a directory without links, to a name there. False if the name does
 * not lead to one. */
static bool name_resolve(char path[PATH_MAX], const char *directory, const char *name)
{
    enum { LINKS_MAX = 8 };
    char target[NAME_MAX + 1];
    for (int links = 0; links < LINKS_MAX; links++) {
        int length = snprintf(path, PATH_MAX, "%s/%s", directory, name);
        if (length < 0 || length >= PATH_MAX)
            return false;
        ssize_t size = readlink(path, target, sizeof target);
        if (size < 0)
            return errno == EINVAL;
        if (size >= NAME_MAX || memchr(target, '/', (size_t)size))
            return false;
        target[size] = '\0';
        if (!strcmp(target, ".") || !strcmp(target, ".."))
            return false;
        name = target;
    }
    return false;
}

/* As realpath, which looks at each directory of a path: most libraries are in the same one. */
static bool walk_resolve(struct walk *walk, char path[PATH_MAX], const char *found)
{
    const char *name = path_base_name(found);
    size_t length = name == found ? 0 : (size_t)(name - found) - 1;
    bool is_known = walk->directory && strlen(walk->directory) == length &&
                    !memcmp(walk->directory, found, length);
    if (!is_known && length) {
        char *directory = arena_strndup(walk->libraries->arena, found, length);
        walk->resolved = directory && realpath(directory, path) && strcmp(path, "/") != 0
                             ? libraries_copy(walk->libraries, path)
                             : NULL;
        walk->directory = walk->resolved ? directory : NULL;
        is_known = walk->directory;
    }
    return (is_known && name_resolve(path, walk->resolved, name)) || realpath(found, path);
}

/* Reads a library from the file that was found. */
static bool library_read(struct walk *walk, struct library *library, struct library_found *found,
                         struct error *error)
{
    struct libraries *libraries = walk->libraries;
    struct arena *arena = libraries->arena;
    char path[PATH_MAX];
    struct module *module = arena_alloc_zeroed(arena, 1, sizeof *module);
    library->module = module;
    library->path =
        libraries_copy(libraries, walk_resolve(walk, path, found->path) ? path : found->path);
    library->origin = found->origin;
    library->device = found->file.device;
    library->inode = found->file.inode;
    if (!module || !library->path)
        return error_set_no_memory(error);
    /* What is read ahead is not kept: that of the next library takes its place. */
    ARENA_AUTO ahead = {0};
    bool done = file_read_ahead(&found->file, &ahead, error) &&
                module_read(module, &found->file, arena, error);
    if (done && (module->elf.type != ET_DYN || module->is_executable))
        done = error_set(error, PLUGIN_NOT_PLUGIN, "it is not a shared library");
    done = done && module_read_dynamic(&library->dynamic, module, &found->file, arena, error);
    found->file.start = found->file.end = (struct file_part){0};
    if (done)
        return true;
    module_deinit(module);
    return error_prefix(error, "%s: ", found->path);
}

static bool libraries_has_file(const struct libraries *libraries, const struct file *file)
{
    for (size_t i = 0; i < libraries->count; i++)
        if (libraries->items[i].device == file->device && libraries->items[i].inode == file->inode)
            return true;
    return false;
}

static const struct unreadable *walk_find_unreadable(const struct walk *walk,
                                                     const struct file *file)
{
    for (size_t i = 0; i < walk->unreadable_count; i++)
        if (walk->unreadable[i].device == file->device && walk->unreadable[i].inode == file->inode)
            return &walk->unreadable[i];
    return NULL;
}

/* Remembers why the file is not a library. After an error of the system, or if memory runs out, it
 * is read again. */
static void walk_add_unreadable(struct walk *walk, const struct file *file,
                                const struct error *reason)
{
    if (reason->code == PLUGIN_SYSTEM || reason->code == PLUGIN_NO_MEMORY)
        return;
    const char *copy = libraries_copy(walk->libraries, error_text(reason));
    struct unreadable *added = copy ? array_add(walk->libraries->arena, walk->unreadable,
                                                walk->unreadable_count, walk->unreadable_capacity)
                                    : NULL;
    if (added)
        *added = (struct unreadable){file->device, file->inode, reason->code, copy};
}

/* Adds the library that was found. Sets *is_refused if it was not admitted. */
static bool walk_add_found(struct walk *walk, const char *name, size_t needer,
                           struct library_found *found, bool *is_refused, struct error *error)
{
    struct libraries *libraries = walk->libraries;
    const struct unreadable *unreadable = walk_find_unreadable(walk, &found->file);
    const struct file file = found->file; /* before libraries->admit may replace it */
    *is_refused = false;
    if (libraries_has_file(libraries, &file))
        return true;
    if (unreadable) {
        error->code = unreadable->code;
        text_add(&error->text, "%s", unreadable->reason);
        return false;
    }
    if (libraries->admit &&
        !libraries->admit(libraries->admit_context, name, found->path, &found->file, error)) {
        *is_refused = true;
        return false;
    }
    struct library *library = libraries_add(libraries, error);
    if (!library)
        return false;
    library->name = name;
    library->needed_by = needer;
    if (!library_read(walk, library, found, error)) {
        libraries->count--;
        walk_add_unreadable(walk, &file, error);
        return false;
    }
    if (libraries->admit) {
        library->file = found->file;
        found->file = (struct file)FILE_NONE;
    }
    return true;
}

/* Adds the DT_SONAME of the last library. */
static bool walk_add_soname(struct walk *walk, struct error *error)
{
    const char *soname = walk->libraries->items[walk->libraries->count - 1].dynamic.soname;
    bool is_new;
    return !soname || walk_add_name(walk, soname, &is_new, error);
}

static bool walk_visit(struct walk *walk, size_t needer, const char *name, bool is_optional,
                       struct error *error)
{
    bool is_new;
    ERROR_AUTO reason = {0};
    if (!walk_add_name(walk, name, &is_new, error))
        return false;
    if (!is_new || (walk->is_loaded && walk->is_loaded(walk->context, name)))
        return true;
    const char *path = walk->libraries->items[needer].path;
    struct library_found found;
    if (!library_search_find(&walk->search, walk->libraries, needer, name, &found, &reason))
        return (is_optional && reason.code == PLUGIN_NOT_FOUND) ||
               libraries_add_missing(walk->libraries, name, path, &reason, error);
    bool is_refused;
    bool is_added = walk_add_found(walk, name, needer, &found, &is_refused, &reason);
    file_close(&found.file);
    if (is_refused)
        return error_set(error, reason.code, "%s", error_text(&reason));
    return is_added ? walk_add_soname(walk, error)
                    : libraries_add_missing(walk->libraries, name, path, &reason, error);
}

/* Adds the root, whose path is resolved. */
static bool walk_add_root(struct walk *walk, const char *path, const struct module *module,
                          const struct dynamic *dynamic, struct error *error)
{
    struct library *root = libraries_add(walk->libraries, error);
    if (!root)
        return false;
    root->module = module;
    root->dynamic = *dynamic;
    root->path = libraries_copy(walk->libraries, path);
    if (!root->path)
        return error_set_no_memory(error);
    root->name = root->path;
    const char *slash = strrchr(root->path, '/');
    root->origin = arena_strndup(walk->libraries->arena, root->path,
                                 slash > root->path ? (size_t)(slash - root->path) : 1);
    return root->origin ? walk_add_soname(walk, error) : error_set_no_memory(error);
}

static bool walk_run(struct walk *walk, struct error *error)
{
    const char *name;
    for (size_t i = 0; i < walk->libraries->count; i++)
        for (size_t j = 0; (name = dynamic_needed(&walk->libraries->items[i].dynamic, j)); j++) {
            int64_t tag = dynamic_needed_tag(&walk->libraries->items[i].dynamic, j);
            /* musl knows no filters. */
            if (walk->search.is_musl && tag != DT_NEEDED)
                continue;
            if (!walk_visit(walk, i, name, tag == DT_AUXILIARY, error))
                return false;
        }
    return true;
}

bool libraries_read_of(struct libraries *libraries, const char *path, const struct file *file,
                       const struct module *module, const struct dynamic *dynamic,
                       libraries_is_loaded *is_loaded, void *context, struct error *error)
{
    struct walk walk = {.libraries = libraries, .is_loaded = is_loaded, .context = context};
    if (!walk_add_root(&walk, path, module, dynamic, error))
        return false;
    libraries->items[0].device = file->device;
    libraries->items[0].inode = file->inode;
    library_search_init(&walk.search, &libraries->items[0]);
    walk.search.cache.arena = libraries->arena;
    return walk_run(&walk, error);
}

bool libraries_read(struct libraries *libraries, const char *path, const struct module *module,
                    const struct dynamic *dynamic, libraries_is_loaded *is_loaded, void *context,
                    struct error *error)
{
    struct file file = FILE_NONE;
    struct stat status;
    char *resolved = realpath(path, NULL);
    const char *absolute = resolved ? resolved : path;
    if (stat(absolute, &status) == 0) {
        file.device = status.st_dev;
        file.inode = status.st_ino;
    }
    bool is_read_all =
        libraries_read_of(libraries, absolute, &file, module, dynamic, is_loaded, context, error);
    free(resolved);
    return is_read_all;
}

void libraries_deinit(struct libraries *libraries)
{
    for (size_t i = 1; i < libraries->count; i++) {
        module_deinit((struct module *)libraries->items[i].module);
        file_close(&libraries->items[i].file);
    }
    *libraries = (struct libraries){0};
}

const struct library *libraries_find(const struct libraries *libraries, const char *name,
                                     const char *version)
{
    return libraries_find_name(libraries, dynamic_name(name), version);
}

const struct library *libraries_find_name(const struct libraries *libraries,
                                          struct dynamic_name name, const char *version)
{
    struct dynamic_symbol symbol;
    for (size_t i = 0; i < libraries->count; i++)
        if (dynamic_may_define(&libraries->items[i].dynamic, name) &&
            dynamic_find_name(&libraries->items[i].dynamic, name, version, &symbol))
            return &libraries->items[i];
    return NULL;
}
