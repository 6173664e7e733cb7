/* SPDX-License-Identifier: MIT */
/* The reader of what the dynamic loader reads of a module (System V ABI, chapter 5). */
#include "elf/dynamic.h"

#include "base/arena.h"
#include "base/budget.h"
#include "base/hash.h"

#include <assert.h>
#include <elf.h>
#include <limits.h>

enum {
    VERSION_INDEX = 0x7FFF,  /* mask of the index in an entry of SHT_GNU_versym */
    VERSION_HIDDEN = 0x8000, /* flag: not the default version of its name */
    VERSION_INDICES = VERSION_INDEX + 1,
    FIRST_VERSION = VER_NDX_GLOBAL + 1,
};

/* Names may overlap in the string table. This bounds the length of all of them, in lengths of the
 * table. */
enum { NAMES_PER_STRING = 16 };

/* Bounds of names that are compared with many others. */
enum { VERSION_NAME_MAX = 256, LIBRARY_NAME_MAX = PATH_MAX };

static bool dynamic_set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its dynamic section is damaged: %s", what);
}

/* The string at this offset; NULL if it is outside the string table. After trim_strings, each
 * string that starts in the table ends in it. */
static const char *string_at(const struct dynamic *dynamic, uint64_t offset)
{
    struct bytes strings = dynamic->tables.strings;
    return offset < strings.size ? (const char *)strings.data + offset : NULL;
}

static void trim_strings(struct bytes *strings)
{
    const uint8_t *last = strings->size ? memrchr(strings->data, '\0', strings->size) : NULL;
    strings->size = last ? (size_t)(last - strings->data) + 1 : 0;
}

static bool is_longer(const char *name, size_t length)
{
    return strnlen(name, length + 1) > length;
}

static struct budget names_budget(const struct dynamic *dynamic)
{
    return (struct budget){(uint64_t)dynamic->tables.strings.size * NAMES_PER_STRING};
}

/* ---- the dynamic section ---- */

static inline size_t entry_size(bool is_64)
{
    return is_64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
}

static inline Elf64_Dyn entry_at(bool is_64, struct bytes entries, size_t index)
{
    Elf64_Dyn entry;
    if (is_64) {
        bytes_item(entries, index, &entry, sizeof entry);
        return entry;
    }
    Elf32_Dyn narrow;
    bytes_item(entries, index, &narrow, sizeof narrow);
    return (Elf64_Dyn){.d_tag = narrow.d_tag, .d_un.d_val = narrow.d_un.d_val};
}

void dynamic_find_entries(const struct elf *elf, struct bytes entries, struct dynamic_entry *wanted,
                          size_t count)
{
    uint64_t tags = 0; /* a bit for each that is wanted, modulo 64 */
    for (size_t k = 0; k < count; k++)
        tags |= UINT64_C(1) << (wanted[k].tag & 63);
    for (size_t i = 0; i < entries.size / entry_size(elf->is_64); i++) {
        Elf64_Dyn entry = entry_at(elf->is_64, entries, i);
        if (entry.d_tag == DT_NULL)
            return;
        if (!(tags >> (entry.d_tag & 63) & 1))
            continue;
        for (size_t k = 0; k < count; k++)
            if (entry.d_tag == wanted[k].tag) {
                wanted[k].value = entry.d_un.d_val;
                wanted[k].is_found = true;
            }
    }
}

bool dynamic_entry(const struct elf *elf, struct bytes entries, int64_t tag, uint64_t *value)
{
    struct dynamic_entry wanted = {.tag = tag};
    dynamic_find_entries(elf, entries, &wanted, 1);
    if (wanted.is_found)
        *value = wanted.value;
    return wanted.is_found;
}

bool dynamic_is_executable(const struct elf *elf, struct bytes entries)
{
    uint64_t flags;
    return dynamic_entry(elf, entries, DT_FLAGS_1, &flags) && flags & DF_1_PIE;
}

static bool is_library_tag(int64_t tag)
{
    return tag == DT_NEEDED || tag == DT_FILTER || tag == DT_AUXILIARY;
}

static bool read_needed(struct dynamic *dynamic, const char *name, int64_t tag,
                        struct budget *names, struct error *error)
{
    if (!budget_spend(names, strlen(name)))
        return dynamic_set_damaged(error, "library names overlap");
    if (is_longer(name, LIBRARY_NAME_MAX))
        return dynamic_set_damaged(error, "a library name is longer than PATH_MAX");
    dynamic->needed[dynamic->needed_count++] = (struct dynamic_library){name, tag};
    return true;
}

static bool read_entry(struct dynamic *dynamic, Elf64_Dyn entry, struct budget *names,
                       struct error *error)
{
    const char *string = NULL;
    if (is_library_tag(entry.d_tag) || entry.d_tag == DT_SONAME || entry.d_tag == DT_RPATH ||
        entry.d_tag == DT_RUNPATH || entry.d_tag == DT_AUDIT || entry.d_tag == DT_DEPAUDIT) {
        string = string_at(dynamic, entry.d_un.d_val);
        if (!string)
            return dynamic_set_damaged(error, "a string offset lies outside the string table");
    }
    if (is_library_tag(entry.d_tag))
        return read_needed(dynamic, string, entry.d_tag, names, error);
    if (entry.d_tag == DT_AUDIT)
        dynamic->audit = string;
    if (entry.d_tag == DT_DEPAUDIT)
        dynamic->dependency_audit = string;
    if (entry.d_tag == DT_FLAGS_1) {
        dynamic->is_no_open = entry.d_un.d_val & DF_1_NOOPEN;
        dynamic->is_no_default = entry.d_un.d_val & DF_1_NODEFLIB;
    }
    if (entry.d_tag == DT_SONAME)
        dynamic->soname = string;
    if (entry.d_tag == DT_RUNPATH ||
        (entry.d_tag == DT_RPATH && (!dynamic->runpath || dynamic->is_rpath))) {
        dynamic->runpath = string;
        dynamic->is_rpath = entry.d_tag == DT_RPATH;
    }
    if (entry.d_tag == DT_TEXTREL || (entry.d_tag == DT_FLAGS && entry.d_un.d_val & DF_TEXTREL))
        dynamic->has_code_relocations = true;
    if (entry.d_tag == DT_SYMBOLIC || (entry.d_tag == DT_FLAGS && entry.d_un.d_val & DF_SYMBOLIC))
        dynamic->is_symbolic = true;
    return true;
}

static bool read_entries(struct dynamic *dynamic, struct error *error)
{
    struct bytes entries = dynamic->tables.entries;
    size_t count = entries.size / entry_size(dynamic->is_64), end = 0, needed = 0;
    for (; end < count; end++) {
        Elf64_Dyn entry = entry_at(dynamic->is_64, entries, end);
        if (entry.d_tag == DT_NULL)
            break;
        needed += is_library_tag(entry.d_tag);
    }
    if (entries.size && end == count)
        return dynamic_set_damaged(error, "it has no DT_NULL entry");
    dynamic->needed = arena_alloc_zeroed(dynamic->arena, needed + 1, sizeof *dynamic->needed);
    if (!dynamic->needed)
        return error_set_no_memory(error);
    struct budget names = names_budget(dynamic);
    for (size_t i = 0; i < end; i++)
        if (!read_entry(dynamic, entry_at(dynamic->is_64, entries, i), &names, error))
            return false;
    return true;
}

const char *dynamic_needed(const struct dynamic *dynamic, size_t index)
{
    return index < dynamic->needed_count ? dynamic->needed[index].name : NULL;
}

int64_t dynamic_needed_tag(const struct dynamic *dynamic, size_t index)
{
    return dynamic->needed[index].tag;
}

/* ---- versions ---- */

/* Makes room for the version of this index: most modules have few. */
static bool reserve_version(struct dynamic *dynamic, size_t index, struct error *error)
{
    size_t capacity = dynamic->version_capacity;
    if (index >= capacity) {
        size_t larger_capacity = index < VERSION_INDICES / 2 ? 2 * index : VERSION_INDICES;
        struct dynamic_version *larger =
            arena_resize(dynamic->arena, dynamic->version_names, capacity * sizeof *larger,
                         larger_capacity * sizeof *larger);
        if (!larger)
            return error_set_no_memory(error);
        memset(larger + capacity, 0, (larger_capacity - capacity) * sizeof *larger);
        dynamic->version_names = larger;
        dynamic->version_capacity = larger_capacity;
    }
    if (dynamic->version_count <= index)
        dynamic->version_count = index + 1;
    return true;
}

static bool add_version(struct dynamic *dynamic, uint16_t entry, uint32_t name, const char *library,
                        struct error *error)
{
    size_t index = entry & VERSION_INDEX;
    if (index < FIRST_VERSION)
        return dynamic_set_damaged(error, "reserved version index");
    if (!reserve_version(dynamic, index, error))
        return false;
    struct dynamic_version *version = &dynamic->version_names[index];
    if (version->name)
        return dynamic_set_damaged(error, "duplicate version index");
    *version = (struct dynamic_version){string_at(dynamic, name), library};
    if (!version->name)
        return dynamic_set_damaged(error, "a version name lies outside the string table");
    return !is_longer(version->name, VERSION_NAME_MAX) ||
           dynamic_set_damaged(error, "a version name is longer than 256 bytes");
}

/* Copies an entry of a chain of versions out of its section. */
static bool copy_version_entry(struct bytes table, uint64_t offset, void *record, size_t size,
                               struct error *error)
{
    struct bytes slice;
    if (!bytes_slice(table, offset, 1, size, &slice))
        return dynamic_set_damaged(error, "a version entry lies outside its section");
    bytes_item(slice, 0, record, size);
    return true;
}

/* Reads the versions of one library. The chain ends because no index may occur twice. Entries of
 * versions are the same in both classes. */
static bool read_wanted_of(struct dynamic *dynamic, uint64_t offset, const char *library,
                           struct error *error)
{
    for (;;) {
        Elf64_Vernaux version;
        if (!copy_version_entry(dynamic->tables.wanted, offset, &version, sizeof version, error) ||
            !add_version(dynamic, version.vna_other, version.vna_name, library, error))
            return false;
        if (!version.vna_next)
            return true;
        offset += version.vna_next;
    }
}

/* Follows vn_next, as the dynamic loader does, not DT_VERNEEDNUM. The chain only leads forward. */
static bool read_wanted(struct dynamic *dynamic, struct error *error)
{
    for (uint64_t offset = 0;;) {
        Elf64_Verneed need;
        if (!copy_version_entry(dynamic->tables.wanted, offset, &need, sizeof need, error))
            return false;
        const char *library = string_at(dynamic, need.vn_file);
        if (need.vn_version != VER_NEED_CURRENT || !library)
            return dynamic_set_damaged(error, "invalid version need entry (SHT_GNU_verneed)");
        if (is_longer(library, LIBRARY_NAME_MAX))
            return dynamic_set_damaged(error, "a library name is longer than PATH_MAX");
        if (!read_wanted_of(dynamic, offset + need.vn_aux, library, error))
            return false;
        if (!need.vn_next)
            return true;
        offset += need.vn_next;
    }
}

static bool read_defined(struct dynamic *dynamic, struct error *error)
{
    for (uint64_t offset = 0;;) {
        Elf64_Verdef definition;
        Elf64_Verdaux name;
        struct bytes table = dynamic->tables.defined;
        if (!copy_version_entry(table, offset, &definition, sizeof definition, error))
            return false;
        if (definition.vd_version != VER_DEF_CURRENT)
            return dynamic_set_damaged(error, "invalid version definition entry (SHT_GNU_verdef)");
        /* The first name is the version's own, the others are its predecessors. The base version
         * names the module; its symbols count as unversioned. */
        if (!(definition.vd_flags & VER_FLG_BASE) &&
            (!copy_version_entry(table, offset + definition.vd_aux, &name, sizeof name, error) ||
             !add_version(dynamic, definition.vd_ndx, name.vda_name, NULL, error)))
            return false;
        if (!definition.vd_next)
            return true;
        offset += definition.vd_next;
    }
}

/* ---- symbols ---- */

/* The symbol's entry in SHT_GNU_versym. Without that section, all symbols are unversioned. */
static inline uint16_t version_at(const struct dynamic *dynamic, uint32_t index)
{
    uint16_t version = VER_NDX_GLOBAL;
    if (dynamic->tables.versions.size)
        bytes_item(dynamic->tables.versions, index, &version, sizeof version);
    return version;
}

static inline Elf64_Sym symbol_at(const struct dynamic *dynamic, uint32_t index)
{
    Elf64_Sym symbol;
    if (dynamic->is_64) {
        bytes_item(dynamic->tables.symbols, index, &symbol, sizeof symbol);
        return symbol;
    }
    Elf32_Sym narrow;
    bytes_item(dynamic->tables.symbols, index, &narrow, sizeof narrow);
    return (Elf64_Sym){.st_name = narrow.st_name,
                       .st_info = narrow.st_info,
                       .st_other = narrow.st_other,
                       .st_shndx = narrow.st_shndx,
                       .st_value = narrow.st_value};
}

/* Can it bind, or be bound to, a symbol of another module? */
static inline bool is_global(Elf64_Sym symbol)
{
    int binding = ELF64_ST_BIND(symbol.st_info), visibility = ELF64_ST_VISIBILITY(symbol.st_other);
    return (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE) &&
           (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

/* Does the dynamic loader bind other modules' references to it? */
static inline bool is_defined(Elf64_Sym symbol, const char *name)
{
    int type = ELF64_ST_TYPE(symbol.st_info);
    return symbol.st_shndx != SHN_UNDEF && *name && is_global(symbol) &&
           (symbol.st_value || symbol.st_shndx == SHN_ABS || type == STT_TLS) &&
           (type <= STT_FUNC || type == STT_COMMON || type == STT_TLS || type == STT_GNU_IFUNC);
}

static inline bool is_wanted(Elf64_Sym symbol, const char *name)
{
    return symbol.st_shndx == SHN_UNDEF && *name && is_global(symbol);
}

struct dynamic_symbol dynamic_symbol(const struct dynamic *dynamic, uint32_t index)
{
    assert(index < dynamic->symbol_count);
    Elf64_Sym symbol = symbol_at(dynamic, index);
    uint16_t version = version_at(dynamic, index);
    const struct dynamic_version *named = &dynamic->version_names[version & VERSION_INDEX];
    const char *name = string_at(dynamic, symbol.st_name);
    return (struct dynamic_symbol){
        .name = name,
        .version = named->name,
        .library = named->library,
        .address = symbol.st_value,
        .type = ELF64_ST_TYPE(symbol.st_info),
        .is_defined = is_defined(symbol, name),
        .is_wanted = is_wanted(symbol, name),
        .is_weak = ELF64_ST_BIND(symbol.st_info) == STB_WEAK,
        .is_default = !(version & VERSION_HIDDEN),
    };
}

const char *dynamic_symbol_name(const struct dynamic *dynamic, uint32_t index)
{
    return string_at(dynamic, symbol_at(dynamic, index).st_name);
}

bool dynamic_is_wanted(const struct dynamic *dynamic, uint32_t index)
{
    Elf64_Sym symbol = symbol_at(dynamic, index);
    return is_wanted(symbol, string_at(dynamic, symbol.st_name));
}

void dynamic_find_unwanted(const struct dynamic *dynamic, bool *unwanted)
{
    for (uint32_t i = 1; i < dynamic->symbol_count; i++)
        unwanted[i] = !dynamic_is_wanted(dynamic, i);
}

bool dynamic_is_plain(const struct dynamic *dynamic, uint32_t index, const char *name,
                      size_t length)
{
    if (index >= dynamic->symbol_count)
        return false;
    Elf64_Sym symbol = symbol_at(dynamic, index);
    return length < dynamic->tables.strings.size - symbol.st_name &&
           bytes_equal(string_at(dynamic, symbol.st_name), name, length + 1) &&
           !dynamic->version_names[version_at(dynamic, index) & VERSION_INDEX].name &&
           ELF64_ST_TYPE(symbol.st_info) != STT_TLS;
}

static bool index_symbol(struct dynamic *dynamic, uint32_t index, const char *name,
                         struct error *error)
{
    return table_add(&dynamic->by_name, hash_name(name), index) <= TABLE_PROBES_MAX ||
           dynamic_set_damaged(error, "too many symbol-name hash collisions");
}

/* Indexes the symbol unless the module's own table has it; *is_whole: that has each so far. */
static bool read_symbol(struct dynamic *dynamic, uint32_t index, struct budget *names,
                        bool *is_whole, struct error *error)
{
    Elf64_Sym symbol = symbol_at(dynamic, index);
    const char *name = string_at(dynamic, symbol.st_name);
    if (!name)
        return dynamic_set_damaged(error, "a symbol name lies outside the string table");
    if (!budget_spend(names, strlen(name)))
        return dynamic_set_damaged(error, "symbol names overlap");
    if ((version_at(dynamic, index) & VERSION_INDEX) >= dynamic->version_count)
        return dynamic_set_damaged(error, "undefined version index");
    if (is_wanted(symbol, name))
        dynamic->wanted_end = index + 1;
    if (!index || gnu_hash_has(&dynamic->hash, index) || !is_defined(symbol, name))
        return true;
    *is_whole = false;
    return gnu_hash_is_present(&dynamic->hash) || index_symbol(dynamic, index, name, error);
}

/* Makes an index of our own, since the module's table lacks a symbol. The dynamic loader does not
 * find that one, but others may. */
static bool index_symbols(struct dynamic *dynamic, struct error *error)
{
    dynamic->hash = (struct gnu_hash){0};
    if (!table_reserve(&dynamic->by_name, dynamic->arena, dynamic->symbol_count))
        return error_set_no_memory(error);
    for (uint32_t i = 1; i < dynamic->symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(dynamic, i);
        if (symbol.is_defined && !index_symbol(dynamic, i, symbol.name, error))
            return false;
    }
    return true;
}

static bool read_symbols(struct dynamic *dynamic, struct error *error)
{
    const struct dynamic_tables *tables = &dynamic->tables;
    size_t size = dynamic->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    size_t count = tables->symbols.size / size;
    if (tables->symbols.size % size != 0 || count > UINT32_MAX)
        return dynamic_set_damaged(error, "invalid symbol table size");
    if (tables->versions.size && tables->versions.size != count * sizeof(uint16_t))
        return dynamic_set_damaged(error, "SHT_GNU_versym does not have one entry per symbol");
    dynamic->symbol_count = (uint32_t)count;
    bool is_whole = true;
    bool is_hashed =
        gnu_hash_read(&dynamic->hash, tables->hash, dynamic->symbol_count, dynamic->is_64);
    if (!is_hashed && !table_reserve(&dynamic->by_name, dynamic->arena, count))
        return error_set_no_memory(error);
    struct budget names = names_budget(dynamic);
    for (uint32_t i = 0; i < count; i++)
        if (!read_symbol(dynamic, i, &names, &is_whole, error))
            return false;
    return !is_hashed || is_whole || index_symbols(dynamic, error);
}

/* Does the dynamic loader prefer this definition for an unversioned reference? Such a reference is
 * older than the module's second version. */
static bool is_oldest(const struct dynamic *dynamic, uint32_t index)
{
    return (version_at(dynamic, index) & VERSION_INDEX) <= FIRST_VERSION;
}

bool dynamic_find(const struct dynamic *dynamic, const char *name, const char *version,
                  struct dynamic_symbol *symbol)
{
    return dynamic_find_name(dynamic, dynamic_name(name), version, symbol);
}

bool dynamic_find_name(const struct dynamic *dynamic, struct dynamic_name name, const char *version,
                       struct dynamic_symbol *symbol)
{
    bool is_found = false, is_hashed = gnu_hash_is_present(&dynamic->hash);
    struct table_probe probe = {.hash = is_hashed ? 0 : hash_name(name.string)};
    uint32_t index = 0;
    while (is_hashed ? gnu_hash_next(&dynamic->hash, name.gnu_hash, &index)
                     : table_next(&dynamic->by_name, &probe, &index)) {
        struct dynamic_symbol candidate = dynamic_symbol(dynamic, index);
        if (!candidate.is_defined || strcmp(candidate.name, name.string) != 0)
            continue;
        bool is_best = version ? candidate.version && !strcmp(candidate.version, version)
                               : is_oldest(dynamic, index);
        bool is_good = candidate.is_default && (!version || !candidate.version);
        if (is_best || (is_good && !is_found))
            *symbol = candidate;
        if (is_best)
            return true;
        is_found |= is_good;
    }
    return is_found;
}

/* ---- all of it ---- */

bool dynamic_read(struct dynamic *dynamic, const struct elf *elf,
                  const struct dynamic_tables *tables, struct arena *arena, struct error *error)
{
    *dynamic = (struct dynamic){.is_64 = elf->is_64, .tables = *tables, .arena = arena};
    trim_strings(&dynamic->tables.strings);
    return read_entries(dynamic, error) && reserve_version(dynamic, FIRST_VERSION - 1, error) &&
           (!tables->wanted.size || read_wanted(dynamic, error)) &&
           (!tables->defined.size || read_defined(dynamic, error)) && read_symbols(dynamic, error);
}
