/* Reading a module's dynamic tables, and the libraries that it needs. */
#include "libraries/libraries.h"

#include "base/array.h"
#include "base/hash.h"
#include "libraries/library_search.h"

#include <elf.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- the dynamic tables of a file ---- */

/* A table that the dynamic loader finds by its entry in the dynamic section, which says where the
 * table starts; the section header says how long it is. */
struct table {
    uint32_t type; /* of its section */
    const char *name;
    bool is_found;
    struct elf_part part;
};

enum { SYMBOLS, STRINGS, VERSIONS, WANTED, DEFINED, TABLE_COUNT };

static bool set_damaged(struct error *error, const char *table, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its dynamic section is damaged: %s %s", table,
                     what);
}

/* Does the loader map these bytes of the file to this address, to be read? */
static bool is_mapped(const struct elf *elf, uint64_t address, struct elf_part part)
{
    ERROR_AUTO ignored = {0};
    bool is_there = false;
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        if (elf_segment_type(elf, i) != PT_LOAD)
            continue;
        if (!elf_segment(elf, i, &segment, &ignored))
            return false;
        if (address < segment.address ||
            !range_is_within(address - segment.address, part.size, 1, segment.part.size))
            continue;
        /* A later segment is mapped over an earlier one. */
        is_there = (segment.flags & PF_R) &&
                   part.offset == segment.part.offset + (address - segment.address);
    }
    return is_there;
}

static bool set_lost(struct error *error, const char *table, uint64_t address)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "its dynamic section is damaged: %s is at address %#" PRIx64
                     ", where no section of its kind starts",
                     table, address);
}

static bool is_type_of_table(uint32_t type)
{
    return type == SHT_DYNSYM || type == SHT_STRTAB || type == SHT_GNU_versym ||
           type == SHT_GNU_verneed || type == SHT_GNU_verdef;
}

/* Takes the section for the table that it is, by the address that the dynamic section states. */
static bool match_section(const struct elf *elf, const struct elf_section *section,
                          struct table table[TABLE_COUNT],
                          const struct dynamic_entry entry[TABLE_COUNT], struct error *error)
{
    for (size_t k = 0; k < TABLE_COUNT; k++) {
        if (!entry[k].is_found || table[k].is_found || section->type != table[k].type ||
            section->address != entry[k].value || !(section->flags & SHF_ALLOC))
            continue;
        table[k].part = section->part;
        table[k].is_found = true;
        if (!is_mapped(elf, section->address, section->part))
            return set_damaged(error, table[k].name, "is not where its section is loaded");
    }
    return true;
}

/* Finds the sections of all tables that the dynamic section names. */
static bool find_tables(const struct elf *elf, struct bytes entries,
                        struct table table[TABLE_COUNT], struct error *error)
{
    struct dynamic_entry entry[TABLE_COUNT] = {
        [SYMBOLS] = {.tag = DT_SYMTAB},  [STRINGS] = {.tag = DT_STRTAB},
        [VERSIONS] = {.tag = DT_VERSYM}, [WANTED] = {.tag = DT_VERNEED},
        [DEFINED] = {.tag = DT_VERDEF},
    };
    struct elf unnamed = *elf; /* the sections' names are not asked for */
    unnamed.names = (struct bytes){NULL, 0};
    dynamic_find_entries(elf, entries, entry, TABLE_COUNT);
    for (size_t i = 0; i < elf->section_count; i++) {
        struct elf_section section;
        if (is_type_of_table(elf_section_type(elf, i)) &&
            (!elf_section(&unnamed, i, &section, error) ||
             !match_section(elf, &section, table, entry, error)))
            return false;
    }
    for (size_t k = 0; k < TABLE_COUNT; k++)
        if (entry[k].is_found && !table[k].is_found)
            return set_lost(error, table[k].name, entry[k].value);
    return true;
}

static bool read_tables(struct dynamic_tables *tables, const struct table table[TABLE_COUNT],
                        const struct file *file, struct arena *arena, struct error *error)
{
    struct bytes *parts[TABLE_COUNT] = {&tables->symbols, &tables->strings, &tables->versions,
                                        &tables->wanted, &tables->defined};
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        size_t size = (size_t)table[i].part.size;
        uint8_t *block = arena_alloc(arena, size);
        if (!block)
            return error_set_no_memory(error);
        *parts[i] = (struct bytes){block, size};
        if (!file_read(file, table[i].part.offset, size, block, error))
            return false;
    }
    return true;
}

bool library_read_dynamic(struct dynamic *dynamic, const struct module *module,
                          const struct file *file, struct arena *arena, struct error *error)
{
    struct table table[TABLE_COUNT] = {
        [SYMBOLS] = {.type = SHT_DYNSYM, .name = "DT_SYMTAB"},
        [STRINGS] = {.type = SHT_STRTAB, .name = "DT_STRTAB"},
        [VERSIONS] = {.type = SHT_GNU_versym, .name = "DT_VERSYM"},
        [WANTED] = {.type = SHT_GNU_verneed, .name = "DT_VERNEED"},
        [DEFINED] = {.type = SHT_GNU_verdef, .name = "DT_VERDEF"},
    };
    const struct elf *elf = &module->elf;
    *dynamic = (struct dynamic){0};
    struct dynamic_tables *tables = &dynamic->tables;
    if (!module->dynamic.data)
        return dynamic_read(dynamic, elf, tables, arena, error);
    if (!module->dynamic.size || !is_mapped(elf, module->dynamic_address, module->dynamic_part))
        return set_damaged(error, "it", "is not loaded");
    if (!elf->section_count)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it has no section headers, by which its dynamic symbols are found");
    tables->entries = module->dynamic;
    return find_tables(elf, tables->entries, table, error) &&
           read_tables(tables, table, file, arena, error) &&
           dynamic_read(dynamic, elf, tables, arena, error);
}

/* ---- the libraries ---- */

/* Names may hash alike: so many slots away from its own may one be. */
enum { NAMES_MAX = 4096, SLOTS_AWAY_MAX = 128 };

/* A file that is no library: the next name that leads to it needs no second look. */
struct unreadable {
    dev_t device;
    ino_t inode;
    enum plugin_code code;
    const char *reason;
};

/* The libraries being read. */
struct walk {
    struct libraries *libraries;
    libraries_is_loaded *is_loaded;
    void *context;
    struct library_search search;
    /* What is there, by the names that it was asked for by and has itself. Open addressing. */
    const char **names;
    size_t name_count, slot_count;
    struct unreadable *unreadable;
    size_t unreadable_count, unreadable_capacity;
};

/* Where the name is, or would be; NULL if that is too far away. */
static const char **name_slot(struct walk *walk, const char *name)
{
    size_t slot = hash_name(name) % walk->slot_count;
    for (int away = 0; away < SLOTS_AWAY_MAX; away++, slot = (slot + 1) % walk->slot_count)
        if (!walk->names[slot] || !strcmp(walk->names[slot], name))
            return &walk->names[slot];
    return NULL;
}

static bool set_alike(struct error *error)
{
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "the names of the libraries that it needs were made to hash alike");
}

/* Makes room for one more name: most plugins need few libraries. */
static bool grow_names(struct walk *walk, struct error *error)
{
    if (2 * walk->name_count < walk->slot_count)
        return true;
    struct walk larger = *walk;
    larger.slot_count = walk->slot_count ? 2 * walk->slot_count : 32;
    larger.names =
        arena_alloc_zeroed(walk->libraries->arena, larger.slot_count, sizeof *larger.names);
    if (!larger.names)
        return error_set_no_memory(error);
    bool is_alike = false;
    for (size_t i = 0; i < walk->slot_count && !is_alike; i++) {
        const char **slot = walk->names[i] ? name_slot(&larger, walk->names[i]) : NULL;
        is_alike = walk->names[i] && !slot;
        if (slot)
            *slot = walk->names[i];
    }
    *walk = larger;
    return !is_alike || set_alike(error);
}

/* Notes a name; *is_new is false if it was there. */
static bool add_name(struct walk *walk, const char *name, bool *is_new, struct error *error)
{
    if (!grow_names(walk, error))
        return false;
    const char **slot = name_slot(walk, name);
    if (!slot)
        return set_alike(error);
    *is_new = !*slot;
    if (*slot)
        return true;
    if (walk->name_count == NAMES_MAX)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it needs more than %d libraries", NAMES_MAX);
    walk->name_count++;
    *slot = name;
    return true;
}

static char *copy_string(const struct libraries *libraries, const char *string)
{
    return arena_strndup(libraries->arena, string, strlen(string));
}

/* Lists a library as missing, for this reason, unless the reason is the system's. */
static bool add_missing(struct libraries *libraries, const char *name, const char *needer,
                        const struct error *reason, struct error *error)
{
    if (reason->text.failed || reason->code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    if (reason->code == PLUGIN_SYSTEM)
        return error_set(error, PLUGIN_SYSTEM, "%s: %s", name, error_text(reason));
    const char *copy = copy_string(libraries, error_text(reason));
    struct missing_library *missing =
        copy ? array_add(libraries->arena, libraries->missing, libraries->missing_count,
                         libraries->missing_capacity)
             : NULL;
    if (!missing)
        return error_set_no_memory(error);
    *missing = (struct missing_library){name, needer, copy};
    return true;
}

static struct library *add_item(struct libraries *libraries, struct error *error)
{
    struct library *item =
        array_add(libraries->arena, libraries->items, libraries->count, libraries->capacity);
    if (item)
        *item = (struct library){.file = FILE_NONE};
    else
        error_set_no_memory(error);
    return item;
}

static bool is_library(const struct module *module, struct error *error)
{
    if (module->elf.type != ET_DYN || module->is_executable)
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not a shared library");
    return true;
}

/* Reads a library from its file. */
static bool read_library(struct libraries *libraries, struct library *library,
                         struct library_found *found, struct error *error)
{
    struct arena *arena = libraries->arena;
    char path[PATH_MAX];
    struct module *module = arena_alloc_zeroed(arena, 1, sizeof *module);
    library->module = module;
    library->path = copy_string(libraries, realpath(found->path, path) ? path : found->path);
    library->origin = found->origin;
    library->device = found->file.device;
    library->inode = found->file.inode;
    if (!module || !library->path)
        return error_set_no_memory(error);
    if (module_read(module, &found->file, arena, error) && is_library(module, error) &&
        library_read_dynamic(&library->dynamic, module, &found->file, arena, error))
        return true;
    module_deinit(module);
    return error_prefix(error, "%s: ", found->path);
}

static bool is_read(const struct libraries *libraries, const struct file *file)
{
    for (size_t i = 0; i < libraries->count; i++)
        if (libraries->items[i].device == file->device && libraries->items[i].inode == file->inode)
            return true;
    return false;
}

static const struct unreadable *find_unreadable(const struct walk *walk, const struct file *file)
{
    for (size_t i = 0; i < walk->unreadable_count; i++)
        if (walk->unreadable[i].device == file->device && walk->unreadable[i].inode == file->inode)
            return &walk->unreadable[i];
    return NULL;
}

/* Remembers why the file is no library. For want of memory it is read again, and so is what the
 * system had no room for. */
static void add_unreadable(struct walk *walk, const struct file *file, const struct error *reason)
{
    if (reason->code == PLUGIN_SYSTEM || reason->code == PLUGIN_NO_MEMORY)
        return;
    const char *copy = copy_string(walk->libraries, error_text(reason));
    struct unreadable *added = copy ? array_add(walk->libraries->arena, walk->unreadable,
                                                walk->unreadable_count, walk->unreadable_capacity)
                                    : NULL;
    if (added)
        *added = (struct unreadable){file->device, file->inode, reason->code, copy};
}

/* Reads what was found, and adds it. *is_refused: it is not admitted. An admitted file stays open.
 */
static bool add_found(struct walk *walk, const char *name, size_t needer,
                      struct library_found *found, bool *is_refused, struct error *error)
{
    struct libraries *libraries = walk->libraries;
    const struct unreadable *unreadable = find_unreadable(walk, &found->file);
    const struct file file = found->file; /* before another one takes its place */
    *is_refused = false;
    if (is_read(libraries, &file))
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
    struct library *library = add_item(libraries, error);
    if (!library)
        return false;
    library->name = name;
    library->needed_by = needer;
    if (!read_library(libraries, library, found, error)) {
        libraries->count--;
        add_unreadable(walk, &file, error);
        return false;
    }
    if (libraries->admit) {
        library->file = found->file;
        found->file = (struct file)FILE_NONE;
    }
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
    if (!add_name(walk, name, &is_new, error))
        return false;
    if (!is_new || (walk->is_loaded && walk->is_loaded(walk->context, name)))
        return true;
    const char *path = walk->libraries->items[needer].path;
    struct library_found found;
    if (!library_search_find(&walk->search, walk->libraries, needer, name, &found, &reason))
        return add_missing(walk->libraries, name, path, &reason, error);
    bool is_refused;
    bool is_added = add_found(walk, name, needer, &found, &is_refused, &reason);
    file_close(&found.file);
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
    root->module = module;
    root->dynamic = *dynamic;
    root->path = copy_string(walk->libraries, path);
    if (!root->path)
        return error_set_no_memory(error);
    root->name = root->path;
    const char *slash = strrchr(root->path, '/');
    root->origin = arena_strndup(walk->libraries->arena, root->path,
                                 slash > root->path ? (size_t)(slash - root->path) : 1);
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
    if (!add_root(&walk, path, module, dynamic, error))
        return false;
    libraries->items[0].device = file->device;
    libraries->items[0].inode = file->inode;
    library_search_init(&walk.search, &libraries->items[0]);
    return walk_all(&walk, error);
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
    struct dynamic_symbol symbol;
    for (size_t i = 0; i < libraries->count; i++)
        if (dynamic_find(&libraries->items[i].dynamic, name, version, &symbol))
            return &libraries->items[i];
    return NULL;
}
