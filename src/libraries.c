/* Reading a module's dynamic tables, and the libraries that it needs. */
#include "libraries.h"

#include "hash.h"
#include "search.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- the dynamic tables of a file ---- */

/* A table that the dynamic loader finds by its entry in the dynamic section, which says where the
 * table starts; the section header says how long it is. */
struct table {
    int64_t tag;
    uint32_t type; /* of its section */
    const char *name;
    uint64_t address;
    bool is_wanted, is_found; /* the dynamic section has such an entry; the section is there */
    struct elf_part part;
};

enum { SYMBOLS, STRINGS, VERSIONS, WANTED, DEFINED, TABLE_COUNT };

static bool set_damaged(struct error *error, const char *table, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its dynamic section is damaged: %s %s", table,
                     what);
}

/* Does the loader map these bytes of the file to this address, so that it can read them there? */
static bool is_mapped(const struct elf *elf, uint64_t address, struct elf_part part)
{
    ERROR_AUTO ignored = {0};
    bool is_there = false;
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        if (!elf_segment(elf, i, &segment, &ignored))
            return false;
        if (segment.type != PT_LOAD || address < segment.address ||
            !range_is_within(address - segment.address, part.size, 1, segment.part.size))
            continue;
        /* A later segment is mapped over an earlier one. */
        is_there = (segment.flags & PF_R) &&
                   part.offset == segment.part.offset + (address - segment.address);
    }
    return is_there;
}

/* Finds the dynamic section. *found is false if there is none. */
static bool find_dynamic(const struct elf *elf, struct elf_part *part, bool *found,
                         struct error *error)
{
    *found = false;
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        if (!elf_segment(elf, i, &segment, error))
            return false;
        if (segment.type != PT_DYNAMIC)
            continue;
        if (!segment.part.size || !is_mapped(elf, segment.address, segment.part))
            return set_damaged(error, "it", "is not loaded");
        *part = segment.part;
        *found = true;
    }
    return true;
}

static bool set_lost(struct error *error, const struct table *table)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "its dynamic section is damaged: %s is at address %#" PRIx64
                     ", where no section of its kind starts",
                     table->name, table->address);
}

/* Is it the section that starts at the address that the dynamic section states? */
static bool is_table(const struct table *table, const struct elf_section *section)
{
    return table->is_wanted && !table->is_found && section->type == table->type &&
           section->address == table->address && (section->flags & SHF_ALLOC);
}

/* Finds the sections of all tables that the dynamic section names. */
static bool find_tables(const struct elf *elf, struct bytes entries,
                        struct table table[TABLE_COUNT], struct error *error)
{
    struct elf unnamed = *elf; /* the sections' names are not asked for */
    unnamed.names = (struct bytes){NULL, 0};
    for (size_t k = 0; k < TABLE_COUNT; k++)
        table[k].is_wanted = dynamic_entry(elf, entries, table[k].tag, &table[k].address);
    for (size_t i = 0; i < elf->section_count; i++) {
        struct elf_section section;
        if (!elf_section(&unnamed, i, &section, error))
            return false;
        for (size_t k = 0; k < TABLE_COUNT; k++) {
            if (!is_table(&table[k], &section))
                continue;
            table[k].part = section.part;
            table[k].is_found = true;
            if (!is_mapped(elf, section.address, section.part))
                return set_damaged(error, table[k].name, "is not where its section is loaded");
        }
    }
    for (size_t k = 0; k < TABLE_COUNT; k++)
        if (table[k].is_wanted && !table[k].is_found)
            return set_lost(error, &table[k]);
    return true;
}

static bool read_tables(struct dynamic_tables *tables, void **block,
                        const struct table table[TABLE_COUNT], const struct file *file,
                        struct error *error)
{
    struct bytes *parts[TABLE_COUNT] = {&tables->symbols, &tables->strings, &tables->versions,
                                        &tables->wanted, &tables->defined};
    size_t at = tables->entries.size, total = at + 1;
    bool is_too_large = false;
    for (size_t i = 0; i < TABLE_COUNT; i++)
        is_too_large |= __builtin_add_overflow(total, table[i].part.size, &total);
    uint8_t *larger = is_too_large ? NULL : realloc(*block, total);
    if (!larger)
        return error_set_no_memory(error);
    *block = larger;
    tables->entries.data = larger;
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        *parts[i] = (struct bytes){larger + at, (size_t)table[i].part.size};
        if (!file_read(file, table[i].part.offset, parts[i]->size, larger + at, error))
            return false;
        at += parts[i]->size;
    }
    return true;
}

static bool read_entries(struct dynamic_tables *tables, void **block, struct elf_part part,
                         const struct file *file, struct error *error)
{
    *block = malloc((size_t)part.size + 1);
    if (!*block)
        return error_set_no_memory(error);
    tables->entries = (struct bytes){*block, (size_t)part.size};
    return file_read(file, part.offset, tables->entries.size, *block, error);
}

bool library_read_dynamic(struct dynamic *dynamic, void **tables, const struct module *module,
                          const struct file *file, struct error *error)
{
    struct table table[TABLE_COUNT] = {
        [SYMBOLS] = {.tag = DT_SYMTAB, .type = SHT_DYNSYM, .name = "DT_SYMTAB"},
        [STRINGS] = {.tag = DT_STRTAB, .type = SHT_STRTAB, .name = "DT_STRTAB"},
        [VERSIONS] = {.tag = DT_VERSYM, .type = SHT_GNU_versym, .name = "DT_VERSYM"},
        [WANTED] = {.tag = DT_VERNEED, .type = SHT_GNU_verneed, .name = "DT_VERNEED"},
        [DEFINED] = {.tag = DT_VERDEF, .type = SHT_GNU_verdef, .name = "DT_VERDEF"},
    };
    const struct elf *elf = &module->elf;
    struct dynamic_tables found = {0};
    struct elf_part entries = {0};
    bool is_dynamic;
    *dynamic = (struct dynamic){0};
    *tables = NULL;
    if (!find_dynamic(elf, &entries, &is_dynamic, error))
        return false;
    if (!is_dynamic)
        return dynamic_read(dynamic, elf, &found, error);
    if (!elf->section_count)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it has no section headers, by which its dynamic symbols are found");
    if (!read_entries(&found, tables, entries, file, error))
        return false;
    return find_tables(elf, found.entries, table, error) &&
           read_tables(&found, tables, table, file, error) &&
           dynamic_read(dynamic, elf, &found, error);
}

/* ---- the libraries ---- */

enum { NAMES_MAX = 4096 };

/* The libraries being read. */
struct walk {
    struct libraries *libraries;
    libraries_is_loaded *is_loaded;
    void *context;
    struct search search;
    /* What is there, by the names that it was asked for by and has itself. Open addressing. */
    const char **names;
    size_t name_count, slot_count;
};

static const char **name_slot(struct walk *walk, const char *name)
{
    size_t slot = hash_name(name) % walk->slot_count;
    while (walk->names[slot] && strcmp(walk->names[slot], name) != 0)
        slot = (slot + 1) % walk->slot_count;
    return &walk->names[slot];
}

/* Makes room for one more name: most plugins need few libraries. */
static bool grow_names(struct walk *walk, struct error *error)
{
    if (2 * walk->name_count < walk->slot_count)
        return true;
    struct walk larger = *walk;
    larger.slot_count = walk->slot_count ? 2 * walk->slot_count : 32;
    larger.names = calloc(larger.slot_count, sizeof *larger.names);
    if (!larger.names)
        return error_set_no_memory(error);
    for (size_t i = 0; i < walk->slot_count; i++)
        if (walk->names[i])
            *name_slot(&larger, walk->names[i]) = walk->names[i];
    free(walk->names);
    *walk = larger;
    return true;
}

/* Notes a name; *is_new is false if it was there. */
static bool add_name(struct walk *walk, const char *name, bool *is_new, struct error *error)
{
    if (!grow_names(walk, error))
        return false;
    const char **slot = name_slot(walk, name);
    *is_new = !*slot;
    if (*slot)
        return true;
    if (walk->name_count == NAMES_MAX)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it needs more than %d libraries", NAMES_MAX);
    walk->name_count++;
    *slot = name;
    return true;
}

/* Makes room for one more item. */
static bool reserve(void **items, size_t count, size_t *capacity, size_t item_size,
                    struct error *error)
{
    if (count < *capacity)
        return true;
    size_t larger_capacity = *capacity ? 2 * *capacity : 16;
    void *larger = realloc(*items, larger_capacity * item_size);
    if (!larger)
        return error_set_no_memory(error);
    *items = larger;
    *capacity = larger_capacity;
    return true;
}

/* Lists a library as missing, for this reason, unless the reason is the system's. */
static bool add_missing(struct libraries *libraries, const char *name, const char *needer,
                        const struct error *reason, struct error *error)
{
    if (reason->text.failed || reason->code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    if (reason->code == PLUGIN_SYSTEM)
        return error_set(error, PLUGIN_SYSTEM, "%s: %s", name, error_text(reason));
    void *items = libraries->missing;
    if (!reserve(&items, libraries->missing_count, &libraries->missing_capacity,
                 sizeof *libraries->missing, error))
        return false;
    libraries->missing = items;
    libraries->missing[libraries->missing_count++] =
        (struct missing_library){name, needer, strdup(error_text(reason))};
    return true;
}

static struct library *add_item(struct libraries *libraries, struct error *error)
{
    void *items = libraries->items;
    if (!reserve(&items, libraries->count, &libraries->capacity, sizeof *libraries->items, error))
        return NULL;
    libraries->items = items;
    struct library *item = &libraries->items[libraries->count++];
    *item = (struct library){.file = FILE_NONE};
    return item;
}

static void free_library(struct library *library, bool is_root)
{
    if (!is_root) {
        dynamic_free(&library->dynamic);
        module_free(&library->module);
        free(library->tables);
    }
    file_close(&library->file);
    free(library->path);
    free(library->origin);
}

static bool is_library(const struct module *module, struct error *error)
{
    if (module->elf.type != ET_DYN || module->is_executable)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not a shared library");
    return true;
}

/* Reads a library from its file. */
static bool read_library(struct library *library, const struct search_found *found,
                         struct error *error)
{
    library->device = found->file.device;
    library->inode = found->file.inode;
    if (!module_read(&library->module, &found->file, error) ||
        !is_library(&library->module, error) ||
        !library_read_dynamic(&library->dynamic, &library->tables, &library->module, &found->file,
                              error))
        return error_prefix(error, "%s: ", found->path);
    library->path = realpath(found->path, NULL);
    library->origin = strdup(found->origin);
    if (!library->path)
        library->path = strdup(found->path);
    return (library->path && library->origin) || error_set_no_memory(error);
}

static bool is_read(const struct libraries *libraries, const struct file *file)
{
    for (size_t i = 0; i < libraries->count; i++)
        if (libraries->items[i].device == file->device && libraries->items[i].inode == file->inode)
            return true;
    return false;
}

/* Is it let in? Then its file stays open. *is_refused: the error is that it is not. */
static bool admit(struct libraries *libraries, struct library *library, struct search_found *found,
                  bool *is_refused, struct error *error)
{
    if (!libraries->admit)
        return true;
    if (!libraries->admit(libraries->admit_context, library->name, found->path, &found->file,
                          error)) {
        *is_refused = true;
        return false;
    }
    library->file = found->file;
    return true;
}

/* Reads what was found, and adds it. */
static bool add_found(struct libraries *libraries, const char *name, size_t needer,
                      struct search_found *found, bool *is_refused, struct error *error)
{
    *is_refused = false;
    if (is_read(libraries, &found->file))
        return true;
    struct library library = {.name = name, .needed_by = needer, .file = FILE_NONE};
    struct library *item = NULL;
    if (!admit(libraries, &library, found, is_refused, error))
        return false;
    if (read_library(&library, found, error))
        item = add_item(libraries, error);
    if (library.file.descriptor >= 0)
        found->file.descriptor = -1;
    if (!item) {
        free_library(&library, false);
        return false;
    }
    *item = library;
    return true;
}

/* Notes the name that the library read last has itself. */
static bool add_soname(struct walk *walk, struct error *error)
{
    const char *soname = walk->libraries->items[walk->libraries->count - 1].dynamic.soname;
    bool is_new;
    return !soname || add_name(walk, soname, &is_new, error);
}

static bool visit(struct walk *walk, size_t needer, const char *name, struct error *error)
{
    bool is_new;
    ERROR_AUTO reason = {0};
    struct search_found found;
    if (!add_name(walk, name, &is_new, error))
        return false;
    if (!is_new || (walk->is_loaded && walk->is_loaded(walk->context, name)))
        return true;
    const char *path = walk->libraries->items[needer].path;
    if (!search_find(&walk->search, walk->libraries, needer, name, &found, &reason))
        return add_missing(walk->libraries, name, path, &reason, error);
    bool is_refused;
    bool is_added = add_found(walk->libraries, name, needer, &found, &is_refused, &reason);
    search_found_free(&found);
    if (is_refused)
        return error_set(error, reason.code, "%s", error_text(&reason));
    return is_added ? add_soname(walk, error)
                    : add_missing(walk->libraries, name, path, &reason, error);
}

/* Adds the root, whose path is absolute. */
static bool add_root(struct walk *walk, const char *path, const struct module *module,
                     const struct dynamic *dynamic, struct error *error)
{
    struct library *root = add_item(walk->libraries, error);
    if (!root)
        return false;
    root->module = *module;
    root->dynamic = *dynamic;
    root->path = strdup(path);
    if (!root->path)
        return error_set_no_memory(error);
    root->name = root->path;
    const char *slash = strrchr(root->path, '/');
    root->origin = strndup(root->path, slash > root->path ? (size_t)(slash - root->path) : 1);
    return root->origin ? add_soname(walk, error) : error_set_no_memory(error);
}

static bool walk_all(struct walk *walk, struct error *error)
{
    const char *name;
    for (size_t i = 0; i < walk->libraries->count; i++)
        for (size_t j = 0; (name = dynamic_needed(&walk->libraries->items[i].dynamic, j)); j++)
            if (!visit(walk, i, name, error))
                return false;
    return true;
}

bool libraries_read_of(struct libraries *libraries, const char *path, const struct file *file,
                       const struct module *module, const struct dynamic *dynamic,
                       libraries_is_loaded *is_loaded, void *context, struct error *error)
{
    struct walk walk = {.libraries = libraries, .is_loaded = is_loaded, .context = context};
    bool is_read_all = add_root(&walk, path, module, dynamic, error);
    if (is_read_all) {
        libraries->items[0].device = file->device;
        libraries->items[0].inode = file->inode;
        search_start(&walk.search, &libraries->items[0]);
        is_read_all = walk_all(&walk, error);
        search_end(&walk.search);
    }
    free(walk.names);
    return is_read_all;
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

void libraries_free(struct libraries *libraries)
{
    for (size_t i = 0; i < libraries->count; i++)
        free_library(&libraries->items[i], i == 0);
    for (size_t i = 0; i < libraries->missing_count; i++)
        free(libraries->missing[i].reason);
    free(libraries->items);
    free(libraries->missing);
    *libraries = (struct libraries){0};
}

const struct library *libraries_find(const struct libraries *libraries, const char *name,
                                     const char *version)
{
    struct dynamic_symbol symbol;
    for (size_t i = 0; i < libraries->count; i++)
        if (dynamic_find(&libraries->items[i].dynamic, name, version, &symbol))
            return &libraries->items[i];
    return NULL;
}
