/* What the macros of packages leave in the module: variables, found by their names in the debug
 * information. */
#include "dwarf/die.h"
#include "model/model.h"

#include <dwarf.h>
#include <stdlib.h>

static const char package_name[] = "plugin_package_", import_prefix[] = "plugin_import_",
                  init_prefix[] = "plugin_init_record_", uses_prefix[] = "plugin_uses_";

/* Reads PREFIX, a number, and then what is left. */
static bool read_name(const char *name, const char *prefix, uint64_t *number, const char **rest)
{
    size_t length = strlen(prefix), digits;
    if (strncmp(name, prefix, length) != 0)
        return false;
    name += length;
    digits = strspn(name, "0123456789");
    if (!digits || digits > 18)
        return false;
    *number = strtoull(name, NULL, 10);
    *rest = name + digits;
    return true;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool set_dropped(Dwarf_Die *die, const char *macro, struct error *error)
{
    uint32_t line;
    const char *file = die_declared_in(die, &line);
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "what %s left at %s:%u is not in the file; link it without --gc-sections",
                     macro, base_name(file), line);
}

static bool note_mark(struct stamp *stamp, Dwarf_Die *die, const char *macro, uint64_t number,
                      struct error *error)
{
    struct stamp_packages *packages = &stamp->packages;
    bool is_package = number == UINT64_MAX;
    struct stamp_mark **marks = is_package ? &packages->marks : &packages->imports;
    size_t *count = is_package ? &packages->mark_count : &packages->import_count;
    size_t *capacity = is_package ? &packages->mark_capacity : &packages->import_capacity;
    uint64_t address;
    if (!die_address(die, &address))
        return true; /* with -flto, another DIE says where it is */
    if (stamp_is_in_section(stamp, FORMAT_BUILT_IN_MARKS, address))
        return true;
    const char *path = address ? stamp_string_at(stamp, address) : NULL;
    if (!path || !*path)
        return set_dropped(die, macro, error);
    struct stamp_mark *larger = stamp_grow(*marks, *count, capacity, sizeof *larger);
    if (!larger)
        return error_set_no_memory(error);
    *marks = larger;
    larger[(*count)++] = (struct stamp_mark){die_home(stamp->dwarf, die), number, path};
    return true;
}

static bool note_init(struct stamp *stamp, Dwarf_Die *die, uint64_t number, struct error *error)
{
    struct stamp_packages *packages = &stamp->packages;
    struct stamp_init init = {.number = number};
    if (!die_address(die, &init.record) ||
        stamp_is_in_section(stamp, FORMAT_BUILT_IN_INITS, init.record))
        return true;
    if (!init.record)
        return set_dropped(die, "PLUGIN_INIT", error);
    init.home = die_home(stamp->dwarf, die);
    init.file = base_name(die_declared_in(die, &init.line));
    struct stamp_init *larger =
        stamp_grow(packages->inits, packages->init_count, &packages->init_capacity, sizeof *larger);
    if (!larger)
        return error_set_no_memory(error);
    packages->inits = larger;
    larger[packages->init_count++] = init;
    return true;
}

bool stamp_note_record(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    uint64_t number;
    const char *rest, *name = die_string(die, DW_AT_name);
    if (dwarf_tag(die) != DW_TAG_variable || !name || strncmp(name, "plugin_", 7) != 0)
        return true;
    if (!strcmp(name, package_name))
        return note_mark(stamp, die, "PLUGIN_PACKAGE", UINT64_MAX, error);
    if (read_name(name, import_prefix, &number, &rest) && !*rest)
        return note_mark(stamp, die, "PLUGIN_IMPORT", number, error);
    if (read_name(name, init_prefix, &number, &rest) && !*rest)
        return note_init(stamp, die, number, error);
    if (read_name(name, uses_prefix, &number, &rest) && *rest == '_' && rest[1])
        return stamp_note_uses(stamp, die, rest + 1, error);
    return true;
}

/* ---- inits ---- */

static int by_record(const void *a, const void *b)
{
    const struct stamp_init *x = a, *y = b;
    return x->record < y->record ? -1 : x->record > y->record;
}

/* Each init leaves a record, of members as large as a pointer, in a section of their own: are they
 * all described? */
static bool check_inits(struct stamp *stamp, struct error *error)
{
    Elf_Scn *section = NULL;
    size_t members = sizeof(struct plugin_init_) / sizeof(void *);
    while ((section = stamp_next_section(stamp->elf, section, "plugin_inits"))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return set_libelf_error(error, "cannot read its sections");
        size_t inits = header.sh_size / (members * stamp->pointer_size), described = 0;
        for (size_t i = 0; i < stamp->packages.init_count; i++)
            described += stamp->packages.inits[i].record >= header.sh_addr &&
                         stamp->packages.inits[i].record - header.sh_addr < header.sh_size;
        if (described < inits)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "%zu of its %zu inits have no debug information; compile every file "
                             "with -g",
                             inits - described, inits);
    }
    return true;
}

/* A function that the compiler merged with another one has no debug information of its own, so it
 * is the record that says where it is. */
bool stamp_read_inits(struct stamp *stamp, struct error *error)
{
    size_t count = stamp->packages.init_count;
    struct stamp_init *inits = stamp->packages.inits;
    if (!check_inits(stamp, error))
        return false;
    if (!count)
        return true;
    qsort(inits, count, sizeof *inits, by_record);
    uint64_t *addresses = calloc(count * 2, sizeof *addresses);
    if (!addresses)
        return error_set_no_memory(error);
    for (size_t i = 0; i < count; i++)
        addresses[i] = inits[i].record;
    bool done = stamp_read_pointers(stamp, addresses, addresses + count, count, error);
    for (size_t i = 0; done && i < count; i++) {
        inits[i].address = addresses[count + i];
        if (!inits[i].address)
            done = error_set(error, PLUGIN_NOT_PLUGIN, "the init at %s:%u has no address",
                             inits[i].file, inits[i].line);
    }
    free(addresses);
    return done;
}
