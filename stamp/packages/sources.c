/* The source files of packages, and the hashes of their bytes: what "equal sources" are. */
#include "model/model.h"
#include "src/base/file.h"
#include "src/base/hash.h"

#include <dwarf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_SIZE_MAX = 64 << 20 };

/* A file of a package, as one of its units names it. */
struct named_file {
    uint32_t package;
    char *path;      /* absolute */
    char *canonical; /* without symbolic links; NULL if there is no such file */
    uint64_t hash;   /* of its bytes; 0: they cannot be read */
    bool is_ours;    /* plugin.h itself, which is no part of a package */
};

struct named_files {
    struct named_file *items;
    size_t count, capacity;
    struct error *error;
};

/* What the system provides, and what compilers call files that are none. */
static bool is_outside(const char *path)
{
    const char *slash = strrchr(path, '/');
    return !strncmp(path, "/usr/", 5) || (slash ? slash[1] : *path) == '<';
}

static bool add_file(struct named_files *files, uint32_t package, const char *directory,
                     const char *name)
{
    struct named_file file = {.package = package};
    bool is_relative = *name != '/' && directory && *directory;
    if (is_outside(name))
        return true;
    if (asprintf(&file.path, "%s%s%s", is_relative ? directory : "", is_relative ? "/" : "", name) <
        0)
        return error_set_no_memory(files->error);
    struct named_file *larger =
        stamp_grow(files->items, files->count, &files->capacity, sizeof *larger);
    if (!larger) {
        free(file.path);
        return error_set_no_memory(files->error);
    }
    files->items = larger;
    larger[files->count++] = file;
    return true;
}

static bool add_unit(struct named_files *files, const struct stamp_unit *unit)
{
    Dwarf_Die die = unit->die;
    Dwarf_Files *table;
    Dwarf_Attribute attribute;
    size_t count;
    const char *own = dwarf_diename(&die);
    const char *directory =
        dwarf_attr(&die, DW_AT_comp_dir, &attribute) ? dwarf_formstring(&attribute) : NULL;
    if (own && !add_file(files, unit->package - 1, directory, own))
        return false;
    if (dwarf_getsrcfiles(&die, &table, &count) != 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        const char *name = dwarf_filesrc(table, i, NULL, NULL);
        if (name && strcmp(name, "???") != 0 &&
            !add_file(files, unit->package - 1, directory, name))
            return false;
    }
    return true;
}

/* ---- reading them ---- */

static int by_path(const void *a, const void *b)
{
    const struct named_file *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order ? order : x->package < y->package ? -1 : x->package > y->package;
}

static int by_canonical(const void *a, const void *b)
{
    const struct named_file *x = a, *y = b;
    if (!x->canonical || !y->canonical)
        return !x->canonical - !y->canonical;
    return strcmp(x->canonical, y->canonical);
}

/* Takes out the files that come twice, and finds out which ones are the same. */
static bool find_files(struct named_files *files)
{
    size_t kept = 0;
    bool has_memory = true;
    qsort(files->items, files->count, sizeof *files->items, by_path);
    for (size_t i = 0; i < files->count; i++) {
        struct named_file *file = &files->items[i];
        char *path = file->path;
        bool is_known = kept && !by_path(&files->items[kept - 1], file);
        file->canonical = is_known ? NULL : realpath(path, NULL);
        has_memory = has_memory && (is_known || file->canonical || errno != ENOMEM);
        if (is_known || (file->canonical && is_outside(file->canonical))) {
            free(path);
            free(file->canonical);
            *file = (struct named_file){0};
            continue;
        }
        struct named_file found = *file;
        *file = (struct named_file){0};
        files->items[kept++] = found;
    }
    files->count = kept;
    if (kept)
        qsort(files->items, kept, sizeof *files->items, by_canonical);
    return has_memory || error_set_no_memory(files->error);
}

static bool is_public_header(const char *path, const char *bytes, size_t size)
{
    static const char mark[] = "#define PLUGIN_PACKAGE(", name[] = "/plugin.h";
    size_t length = strlen(path);
    return length >= strlen(name) && !strcmp(path + length - strlen(name), name) &&
           memmem(bytes, size, mark, strlen(mark));
}

/* A file that is not there, or is none, has no hash: that is no failure. */
static bool read_file(struct named_file *named, struct error *error)
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
        named->is_ours = is_public_header(named->canonical, bytes, (size_t)file.size);
    }
    free(bytes);
    return true;
}

/* Reads each file once. */
static bool read_files(struct named_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        struct named_file *file = &files->items[i], *same = file - 1;
        if (i && file->canonical && same->canonical && !strcmp(file->canonical, same->canonical)) {
            file->hash = same->hash;
            file->is_ours = same->is_ours;
        } else if (!read_file(file, files->error)) {
            return false;
        }
    }
    return true;
}

/* ---- the table ---- */

static int by_source(const void *a, const void *b)
{
    const struct stamp_source *x = a, *y = b;
    if (x->package != y->package)
        return x->package < y->package ? -1 : 1;
    int order = strcmp(x->name, y->name);
    return order ? order : x->hash < y->hash ? -1 : x->hash > y->hash;
}

static bool add_sources(struct stamp_packages *packages, const struct named_files *files)
{
    packages->sources = calloc(files->count + 1, sizeof *packages->sources);
    if (!packages->sources)
        return error_set_no_memory(files->error);
    for (size_t i = 0; i < files->count; i++) {
        const struct named_file *file = &files->items[i];
        if (file->is_ours)
            continue;
        const char *slash = strrchr(file->path, '/');
        char *name = strdup(slash ? slash + 1 : file->path);
        if (!name)
            return error_set_no_memory(files->error);
        packages->sources[packages->source_count++] =
            (struct stamp_source){name, file->hash, file->package};
    }
    qsort(packages->sources, packages->source_count, sizeof *packages->sources, by_source);
    size_t kept = 0;
    for (size_t i = 0; i < packages->source_count; i++) {
        struct stamp_source source = packages->sources[i];
        packages->sources[i].name = NULL;
        if (kept && !by_source(&packages->sources[kept - 1], &source))
            free(source.name);
        else
            packages->sources[kept++] = source;
    }
    packages->source_count = kept;
    return true;
}

/* Nobody shares it, so nobody asks for its sources. */
static bool is_main(const struct stamp_package *package)
{
    return !strcmp(package->path, "main");
}

/* The hash over the names and hashes of a package's sources. */
static void take_fingerprints(struct stamp_packages *packages)
{
    for (size_t i = 0; i < packages->count; i++)
        packages->items[i].fingerprint = is_main(&packages->items[i]) ? 0 : HASH_START;
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

static void free_files(struct named_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].path);
        free(files->items[i].canonical);
    }
    free(files->items);
}

bool stamp_read_sources(struct stamp *stamp, struct error *error)
{
    struct stamp_packages *packages = &stamp->packages;
    struct named_files files = {.error = error};
    bool done = true;
    for (size_t i = 0; done && i < packages->unit_count; i++)
        if (packages->units[i].package)
            done = add_unit(&files, &packages->units[i]);
    if (done && files.count)
        done = find_files(&files) && read_files(&files) && add_sources(packages, &files);
    free_files(&files);
    if (done)
        take_fingerprints(packages);
    return done;
}
