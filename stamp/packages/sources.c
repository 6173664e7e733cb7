/* SPDX-License-Identifier: MIT */
/* The source files of packages, and the hashes of their bytes, by which `strict` compares them. */
#include "packages/packages.h"
#include "src/base/array.h"
#include "src/base/file.h"
#include "src/base/hash.h"
#include "src/base/path.h"

#include <dwarf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILE_SIZE_MAX = 64 << 20 };

/* A file of a package, under the path by which a unit names it. */
struct named_file {
    const char *path; /* relative: it was not found */
    uint32_t package;
    char *canonical;       /* without symbolic links; NULL if there is no such file. In the heap */
    uint64_t hash;         /* of its bytes; 0: unreadable */
    bool is_public_header; /* plugin.h, which belongs to no package */
};

struct named_files {
    struct arena *arena;
    char *start;           /* where the search for a compilation directory starts. In the heap */
    bool is_the_directory; /* it is the compilation directory: nothing is searched */
    struct named_file *items;
    size_t count, capacity;
    struct error *error;
};

/* Is it a system header, or a compiler's pseudo-file such as <built-in>? */
static bool path_is_outside(const char *path)
{
    return !strncmp(path, "/usr/", 5) || *path_base_name(path) == '<';
}

/* A unit's directory (DW_AT_comp_dir), in two parts. */
struct unit_directory {
    const char *root;   /* what a relative directory is relative to */
    size_t root_length; /* 0: it is unknown */
    const char *name;   /* "" if the unit has none */
};

/* Adds the parts of the path that is the name of a file in a directory. libdw returns some names
 * with a relative directory, others without. */
static void text_add_path(struct text *path, const struct unit_directory *directory,
                          const char *name)
{
    size_t length = strlen(directory->name);
    bool has_directory = !strncmp(name, directory->name, length) && name[length] == '/';
    if (*name != '/' && *directory->name != '/' && directory->root_length) {
        text_add_bytes(path, directory->root, directory->root_length);
        text_add(path, "/");
    }
    if (*name != '/' && length && !has_directory)
        text_add(path, "%s/", directory->name);
    text_add(path, "%s", name);
}

static bool files_add(struct named_files *files, uint32_t package,
                      const struct unit_directory *directory, const char *name)
{
    if (path_is_outside(name))
        return true;
    TEXT_AUTO text = {0};
    text_add_path(&text, directory, name);
    char *path = text.failed ? NULL : arena_alloc(files->arena, text.length + 1);
    struct named_file *file =
        path ? array_add(files->arena, files->items, files->count, files->capacity) : NULL;
    if (!file)
        return error_set_no_memory(files->error);
    memcpy(path, text_chars(&text), text.length + 1);
    *file = (struct named_file){.path = path, .package = package};
    return true;
}

/* Finds what a relative directory is relative to, from a unit's own source: the module's directory,
 * or the nearest one above it. It is never the working directory, which may have another file of
 * that name. */
static bool files_find_root(const struct named_files *files, struct unit_directory *directory,
                            const char *source)
{
    if (*source == '/' || *directory->name == '/')
        return true;
    directory->root = files->start;
    directory->root_length = strlen(files->start);
    while (directory->root_length) {
        TEXT_AUTO path = {0};
        struct stat status;
        text_add_path(&path, directory, source);
        if (path.failed)
            return error_set_no_memory(files->error);
        if (path.length && stat(path.chars, &status) == 0 && S_ISREG(status.st_mode))
            return true;
        while (directory->root[--directory->root_length] != '/') {
        }
        if (files->is_the_directory)
            directory->root_length = 0;
    }
    return true;
}

static bool files_add_unit(struct named_files *files, const struct stamp_unit *unit)
{
    Dwarf_Die die = unit->die;
    Dwarf_Files *table;
    Dwarf_Attribute attribute;
    size_t count;
    const char *own = dwarf_diename(&die);
    const char *name =
        dwarf_attr(&die, DW_AT_comp_dir, &attribute) ? dwarf_formstring(&attribute) : NULL;
    struct unit_directory directory = {.root = "", .name = name ? name : ""};
    if (own && (!files_find_root(files, &directory, own) ||
                !files_add(files, unit->package - 1, &directory, own)))
        return false;
    if (dwarf_getsrcfiles(&die, &table, &count) != 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        const char *file = dwarf_filesrc(table, i, NULL, NULL);
        if (file && strcmp(file, "???") != 0 &&
            !files_add(files, unit->package - 1, &directory, file))
            return false;
    }
    return true;
}

/* ---- reading them ---- */

static int file_by_path(const void *a, const void *b)
{
    const struct named_file *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : x->package < y->package ? -1 : x->package > y->package;
}

static int file_by_canonical(const void *a, const void *b)
{
    const struct named_file *x = a, *y = b;
    if (!x->canonical || !y->canonical)
        return !x->canonical - !y->canonical;
    return strcmp(x->canonical, y->canonical);
}

/* Drops repeated paths and the system's files, and sorts the others by canonical path. */
static bool files_resolve(struct named_files *files)
{
    size_t kept = 0;
    stamp_sort(files->items, files->count, sizeof *files->items, file_by_path);
    for (size_t i = 0; i < files->count; i++) {
        struct named_file file = files->items[i];
        if (kept && !file_by_path(&files->items[kept - 1], &file))
            continue;
        bool is_found = *file.path == '/';
        file.canonical = is_found ? realpath(file.path, NULL) : NULL;
        if (is_found && !file.canonical && errno == ENOMEM) {
            files->count = kept;
            return error_set_no_memory(files->error);
        }
        if (file.canonical && path_is_outside(file.canonical))
            free(file.canonical);
        else
            files->items[kept++] = file;
    }
    files->count = kept;
    stamp_sort(files->items, kept, sizeof *files->items, file_by_canonical);
    return true;
}

static bool is_own_header(const char *path, const char *bytes, size_t size)
{
    static const char mark[] = "#define PLUGIN_PACKAGE(", name[] = "/plugin.h";
    size_t length = strlen(path);
    return length >= strlen(name) && !strcmp(path + length - strlen(name), name) &&
           memmem(bytes, size, mark, strlen(mark));
}

/* An unreadable file has no hash; it is not an error. */
static bool file_hash(struct named_file *named, struct error *error)
{
    ERROR_AUTO ignored = {0};
    FILE_AUTO file = FILE_NONE;
    if (!named->canonical || !file_open(&file, named->canonical, &ignored) ||
        file.size > FILE_SIZE_MAX)
        return ignored.code != PLUGIN_NO_MEMORY || error_set_no_memory(error);
    char *bytes = malloc((size_t)file.size + 1);
    if (!bytes)
        return error_set_no_memory(error);
    if (file_read(&file, 0, (size_t)file.size, bytes, &ignored)) {
        named->hash = hash_bytes(HASH_START, bytes, (size_t)file.size);
        named->is_public_header = is_own_header(named->canonical, bytes, (size_t)file.size);
    }
    free(bytes);
    return true;
}

/* Reads each file once, even if units name it by several paths. */
static bool files_hash(struct named_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        struct named_file *file = &files->items[i], *same = file - 1;
        if (i && file->canonical && same->canonical && !strcmp(file->canonical, same->canonical)) {
            file->hash = same->hash;
            file->is_public_header = same->is_public_header;
        } else if (!file_hash(file, files->error)) {
            return false;
        }
    }
    return true;
}

/* ---- the table ---- */

static int source_by_name(const void *a, const void *b)
{
    const struct stamp_source *x = a, *y = b;
    if (x->package != y->package)
        return x->package < y->package ? -1 : 1;
    int order = strcmp(x->name, y->name);
    return order ? order : x->hash < y->hash ? -1 : x->hash > y->hash;
}

static bool files_make_sources(struct stamp_packages *packages, const struct named_files *files)
{
    struct stamp_source *sources = arena_alloc(files->arena, files->count * sizeof *sources);
    size_t count = 0, kept = 0;
    if (!sources)
        return error_set_no_memory(files->error);
    for (size_t i = 0; i < files->count; i++) {
        const struct named_file *file = &files->items[i];
        if (!file->is_public_header)
            sources[count++] =
                (struct stamp_source){path_base_name(file->path), file->hash, file->package};
    }
    stamp_sort(sources, count, sizeof *sources, source_by_name);
    for (size_t i = 0; i < count; i++)
        if (!kept || source_by_name(&sources[kept - 1], &sources[i]) != 0)
            sources[kept++] = sources[i];
    packages->sources = sources;
    packages->source_count = kept;
    return true;
}

/* A package's fingerprint is the hash of its sources' names and hashes; 0 if one of these is
 * unknown. Main has none: it is not shared. */
static void packages_set_fingerprints(struct stamp_packages *packages)
{
    for (size_t i = 0; i < packages->count; i++)
        packages->items[i].fingerprint =
            strcmp(packages->items[i].path, "main") != 0 ? HASH_START : 0;
    for (size_t i = 0; i < packages->source_count; i++) {
        const struct stamp_source *source = &packages->sources[i];
        struct stamp_package *package = &packages->items[source->package];
        if (!package->source_count++)
            package->sources = (uint32_t)i;
        uint64_t hash = hash_bytes(package->fingerprint, source->name, strlen(source->name) + 1);
        package->fingerprint = hash_bytes(hash, &source->hash, sizeof source->hash);
    }
    for (size_t i = 0; i < packages->source_count; i++)
        if (!packages->sources[i].hash)
            packages->items[packages->sources[i].package].fingerprint = 0;
}

/* Sets where the search starts: in the compilation directory, if it is known, else in that of the
 * module. A module without a name, such as a memfd, is in no directory: the root counts as none. */
static bool files_set_start(struct named_files *files, const char *module, const char *directory)
{
    files->is_the_directory = directory;
    files->start = realpath(directory ? directory : module, NULL);
    if (!files->start && !directory && errno == ENOENT)
        files->start = strdup("/");
    if (!files->start)
        return error_set(files->error, errno == ENOMEM ? PLUGIN_NO_MEMORY : PLUGIN_SYSTEM,
                         "realpath: %s", strerror(errno));
    if (!directory)
        *strrchr(files->start, '/') = '\0';
    return true;
}

static bool files_read(struct named_files *files, struct stamp_packages *packages)
{
    for (size_t i = 0; i < packages->unit_count; i++)
        if (packages->units[i].package && !files_add_unit(files, &packages->units[i]))
            return false;
    return files_resolve(files) && files_hash(files) && files_make_sources(packages, files);
}

bool stamp_read_sources(struct stamp *stamp, const char *path, const char *source_directory,
                        struct error *error)
{
    struct named_files files = {.arena = &stamp->arena, .error = error};
    bool done =
        files_set_start(&files, path, source_directory) && files_read(&files, &stamp->packages);
    free(files.start);
    for (size_t i = 0; i < files.count; i++)
        free(files.items[i].canonical);
    if (done)
        packages_set_fingerprints(&stamp->packages);
    return done;
}
