/* The reader of what the dynamic loader reads of a module. */
#include "elf/dynamic.h"

#include "base/arena.h"
#include "base/hash.h"

#include <elf.h>
#include <limits.h>
#include <stdlib.h>

enum {
    VERSION_NUMBER = 0x7FFF, /* of an entry of SHT_GNU_versym, the part that is the number */
    VERSION_HIDDEN = 0x8000, /* and the flag that it is not the default version of its name */
    VERSION_NUMBERS = VERSION_NUMBER + 1,
    FIRST_VERSION = VER_NDX_GLOBAL + 1,
};

/* Names may overlap, and different ones may hash alike. So that neither makes the reading of a file
 * take long, all its names together may be this many times as long as the string table, and a
 * symbol may be this many slots away from its own. */
enum { NAMES_PER_STRING = 16, SLOTS_AWAY_MAX = 128 };

/* Nor may a name that each symbol may have to be compared with be longer than any is: that of a
 * version, and that of a library, which is a path. */
enum { VERSION_NAME_MAX = 256, LIBRARY_NAME_MAX = PATH_MAX };

static bool set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "its dynamic section is damaged: %s", what);
}

/* The string at this offset; NULL if it lies outside. trim_strings made all that start within end
 * within. */
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

/* Takes a name's length off what is left for all names. */
static bool spend(uint64_t *left, const char *name)
{
    size_t length = strlen(name);
    if (length > *left)
        return false;
    *left -= length;
    return true;
}

static uint64_t names_limit(const struct dynamic *dynamic)
{
    return (uint64_t)dynamic->tables.strings.size * NAMES_PER_STRING;
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
    for (size_t i = 0; i < entries.size / entry_size(elf->is_64); i++) {
        Elf64_Dyn entry = entry_at(elf->is_64, entries, i);
        if (entry.d_tag == DT_NULL)
            return;
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

static bool read_needed(struct dynamic *dynamic, const char *name, uint64_t *left,
                        struct error *error)
{
    if (!spend(left, name))
        return set_damaged(error, "the names of the libraries that it needs overlap");
    if (is_longer(name, LIBRARY_NAME_MAX))
        return set_damaged(error, "the name of a library is longer than any path");
    dynamic->needed[dynamic->needed_count++] = name;
    return true;
}

static bool read_entry(struct dynamic *dynamic, Elf64_Dyn entry, uint64_t *left,
                       struct error *error)
{
    const char *string = NULL;
    if (entry.d_tag == DT_NEEDED || entry.d_tag == DT_SONAME || entry.d_tag == DT_RPATH ||
        entry.d_tag == DT_RUNPATH) {
        string = string_at(dynamic, entry.d_un.d_val);
        if (!string)
            return set_damaged(error, "a name lies outside its strings");
    }
    if (entry.d_tag == DT_NEEDED)
        return read_needed(dynamic, string, left, error);
    if (entry.d_tag == DT_SONAME)
        dynamic->soname = string;
    if (entry.d_tag == DT_RUNPATH ||
        (entry.d_tag == DT_RPATH && (!dynamic->runpath || dynamic->is_rpath))) {
        dynamic->runpath = string;
        dynamic->is_rpath = entry.d_tag == DT_RPATH;
    }
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
        needed += entry.d_tag == DT_NEEDED;
    }
    if (entries.size && end == count)
        return set_damaged(error, "it does not end");
    dynamic->needed = arena_alloc_zeroed(dynamic->arena, needed + 1, sizeof *dynamic->needed);
    if (!dynamic->needed)
        return error_set_no_memory(error);
    uint64_t left = names_limit(dynamic);
    for (size_t i = 0; i < end; i++)
        if (!read_entry(dynamic, entry_at(dynamic->is_64, entries, i), &left, error))
            return false;
    return true;
}

const char *dynamic_needed(const struct dynamic *dynamic, size_t index)
{
    return index < dynamic->needed_count ? dynamic->needed[index] : NULL;
}

/* ---- versions ---- */

/* Makes room for the version of this number: most modules have few. */
static bool reserve_version(struct dynamic *dynamic, size_t number, struct error *error)
{
    size_t capacity = dynamic->version_capacity;
    if (number >= capacity) {
        size_t larger_capacity = number < VERSION_NUMBERS / 2 ? 2 * number : VERSION_NUMBERS;
        struct dynamic_version *larger =
            arena_resize(dynamic->arena, dynamic->version_names, capacity * sizeof *larger,
                         larger_capacity * sizeof *larger);
        if (!larger)
            return error_set_no_memory(error);
        memset(larger + capacity, 0, (larger_capacity - capacity) * sizeof *larger);
        dynamic->version_names = larger;
        dynamic->version_capacity = larger_capacity;
    }
    if (dynamic->version_count <= number)
        dynamic->version_count = number + 1;
    return true;
}

static bool add_version(struct dynamic *dynamic, uint16_t number, uint32_t name,
                        const char *library, struct error *error)
{
    if ((number & VERSION_NUMBER) < FIRST_VERSION)
        return set_damaged(error, "a version has a number that stands for none");
    if (!reserve_version(dynamic, number & VERSION_NUMBER, error))
        return false;
    struct dynamic_version *version = &dynamic->version_names[number & VERSION_NUMBER];
    if (version->name)
        return set_damaged(error, "two versions have the same number");
    *version = (struct dynamic_version){string_at(dynamic, name), library};
    if (!version->name)
        return set_damaged(error, "a version's name lies outside its strings");
    return !is_longer(version->name, VERSION_NAME_MAX) ||
           set_damaged(error, "a version's name is longer than any is");
}

/* Copies a record of a chain of versions out of its table. */
static bool copy_record(struct bytes table, uint64_t offset, void *record, size_t size,
                        struct error *error)
{
    struct bytes slice;
    if (!bytes_slice(table, offset, 1, size, &slice))
        return set_damaged(error, "a version lies outside its table");
    bytes_item(slice, 0, record, size);
    return true;
}

/* The versions of one library. The chain ends, at the latest, when numbers repeat. The records are
 * the same in both classes. */
static bool read_wanted_of(struct dynamic *dynamic, uint64_t offset, const char *library,
                           struct error *error)
{
    for (;;) {
        Elf64_Vernaux version;
        if (!copy_record(dynamic->tables.wanted, offset, &version, sizeof version, error) ||
            !add_version(dynamic, version.vna_other, version.vna_name, library, error))
            return false;
        if (!version.vna_next)
            return true;
        offset += version.vna_next;
    }
}

/* As the dynamic loader does, this follows the chain, and not the count. It only leads forward. */
static bool read_wanted(struct dynamic *dynamic, struct error *error)
{
    for (uint64_t offset = 0;;) {
        Elf64_Verneed need;
        if (!copy_record(dynamic->tables.wanted, offset, &need, sizeof need, error))
            return false;
        const char *library = string_at(dynamic, need.vn_file);
        if (need.vn_version != VER_NEED_CURRENT || !library)
            return set_damaged(error, "a library of which it wants versions is not readable");
        if (is_longer(library, LIBRARY_NAME_MAX))
            return set_damaged(error, "the name of a library is longer than any path");
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
        if (!copy_record(table, offset, &definition, sizeof definition, error))
            return false;
        if (definition.vd_version != VER_DEF_CURRENT)
            return set_damaged(error, "a version that it defines is not readable");
        /* The first name is its own, the others are those that it follows. The base version is the
         * module's name; what has it has no version. */
        if (!(definition.vd_flags & VER_FLG_BASE) &&
            (!copy_record(table, offset + definition.vd_aux, &name, sizeof name, error) ||
             !add_version(dynamic, definition.vd_ndx, name.vda_name, NULL, error)))
            return false;
        if (!definition.vd_next)
            return true;
        offset += definition.vd_next;
    }
}

static bool read_versions(struct dynamic *dynamic, struct error *error)
{
    const struct dynamic_tables *tables = &dynamic->tables;
    return reserve_version(dynamic, FIRST_VERSION - 1, error) &&
           (!tables->wanted.size || read_wanted(dynamic, error)) &&
           (!tables->defined.size || read_defined(dynamic, error));
}

bool dynamic_has_version(const struct dynamic *dynamic, const char *version)
{
    for (size_t i = FIRST_VERSION; i < dynamic->version_count; i++) {
        const struct dynamic_version *own = &dynamic->version_names[i];
        if (own->name && !own->library && !strcmp(own->name, version))
            return true;
    }
    return false;
}

/* ---- symbols ---- */

/* The entry of SHT_GNU_versym. A module without that table defines all of its symbols, and wants
 * all others, without versions. */
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

/* Can it be bound to a symbol of another module? (STB_ and STV_ are the same in both classes.) */
static inline bool is_global(Elf64_Sym symbol)
{
    int binding = ELF64_ST_BIND(symbol.st_info), visibility = ELF64_ST_VISIBILITY(symbol.st_other);
    return (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE) &&
           (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

/* Would the dynamic loader bind others to it? */
static inline bool is_defined(Elf64_Sym symbol, const char *name)
{
    int type = ELF64_ST_TYPE(symbol.st_info);
    return *name && symbol.st_shndx != SHN_UNDEF && is_global(symbol) &&
           (symbol.st_value || symbol.st_shndx == SHN_ABS || type == STT_TLS) &&
           (type <= STT_FUNC || type == STT_COMMON || type == STT_TLS || type == STT_GNU_IFUNC);
}

static inline bool is_wanted(Elf64_Sym symbol, const char *name)
{
    return *name && symbol.st_shndx == SHN_UNDEF && is_global(symbol);
}

struct dynamic_symbol dynamic_symbol(const struct dynamic *dynamic, uint32_t index)
{
    Elf64_Sym symbol = symbol_at(dynamic, index);
    uint16_t version = version_at(dynamic, index);
    const struct dynamic_version *named = &dynamic->version_names[version & VERSION_NUMBER];
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

bool dynamic_is_wanted(const struct dynamic *dynamic, uint32_t index)
{
    Elf64_Sym symbol = symbol_at(dynamic, index);
    return is_wanted(symbol, string_at(dynamic, symbol.st_name));
}

bool dynamic_is_plain(const struct dynamic *dynamic, uint32_t index, const char *name,
                      size_t length)
{
    if (index >= dynamic->symbol_count)
        return false;
    Elf64_Sym symbol = symbol_at(dynamic, index);
    return length < dynamic->tables.strings.size - symbol.st_name &&
           bytes_equal(string_at(dynamic, symbol.st_name), name, length + 1) &&
           !dynamic->version_names[version_at(dynamic, index) & VERSION_NUMBER].name &&
           ELF64_ST_TYPE(symbol.st_info) != STT_TLS;
}

static bool insert(struct dynamic *dynamic, uint32_t index, const char *name)
{
    size_t mask = dynamic->slot_count - 1, slot = hash_name(name) & mask;
    for (int away = 0; away < SLOTS_AWAY_MAX; away++, slot = (slot + 1) & mask)
        if (!dynamic->slots[slot]) {
            dynamic->slots[slot] = index;
            return true;
        }
    return false;
}

/* At least half of the slots stay empty, so that a search ends soon. */
static bool make_slots(struct dynamic *dynamic, struct error *error)
{
    dynamic->slot_count = 2;
    while (dynamic->slot_count < 2 * (size_t)dynamic->symbol_count)
        dynamic->slot_count *= 2;
    dynamic->slots =
        arena_alloc_zeroed(dynamic->arena, dynamic->slot_count, sizeof *dynamic->slots);
    return dynamic->slots || error_set_no_memory(error);
}

static bool read_symbol(struct dynamic *dynamic, uint32_t index, uint64_t *left,
                        struct error *error)
{
    Elf64_Sym symbol = symbol_at(dynamic, index);
    const char *name = string_at(dynamic, symbol.st_name);
    if (!name)
        return set_damaged(error, "a symbol's name lies outside its strings");
    if (!spend(left, name))
        return set_damaged(error, "the names of its symbols overlap");
    if ((version_at(dynamic, index) & VERSION_NUMBER) >= dynamic->version_count)
        return set_damaged(error, "a symbol has a version that is not there");
    return !index || !is_defined(symbol, name) || insert(dynamic, index, name) ||
           set_damaged(error, "the names of its symbols were made to hash alike");
}

static bool read_symbols(struct dynamic *dynamic, struct error *error)
{
    const struct dynamic_tables *tables = &dynamic->tables;
    size_t size = dynamic->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
    size_t count = tables->symbols.size / size;
    if (tables->symbols.size % size != 0 || count > UINT32_MAX)
        return set_damaged(error, "its symbols have another size");
    if (tables->versions.size && tables->versions.size != count * sizeof(uint16_t))
        return set_damaged(error, "it does not have a version for each of its symbols");
    dynamic->symbol_count = (uint32_t)count;
    uint64_t left = names_limit(dynamic);
    if (!make_slots(dynamic, error))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_symbol(dynamic, i, &left, error))
            return false;
    return true;
}

/* Would the dynamic loader take this definition, whatever others of the name there are, for a
 * reference without a version? Such a reference is older than the module's second version. */
static bool is_oldest(const struct dynamic *dynamic, uint32_t index)
{
    return (version_at(dynamic, index) & VERSION_NUMBER) <= FIRST_VERSION;
}

bool dynamic_find(const struct dynamic *dynamic, const char *name, const char *version,
                  struct dynamic_symbol *symbol)
{
    bool is_found = false;
    size_t mask = dynamic->slot_count - 1;
    size_t slot = dynamic->slot_count ? hash_name(name) & mask : 0;
    int away_max = dynamic->slot_count ? SLOTS_AWAY_MAX : 0;
    for (int away = 0; away < away_max && dynamic->slots[slot]; away++, slot = (slot + 1) & mask) {
        uint32_t index = dynamic->slots[slot];
        struct dynamic_symbol candidate = dynamic_symbol(dynamic, index);
        if (strcmp(candidate.name, name) != 0)
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
    return read_entries(dynamic, error) && read_versions(dynamic, error) &&
           read_symbols(dynamic, error);
}
