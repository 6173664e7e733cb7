/* The probes, which the uses of plugin_as left. */
#include "dwarf/die.h"
#include "model/model.h"

#include <dwarf.h>
#include <stdlib.h>

static const char probe_name[] = "plugin_probe_";

/* A probe has a name, which DWARF keeps as a string. */
bool stamp_has_probes(const struct stamp *stamp)
{
    return stamp_debug_holds(stamp, probe_name);
}

bool stamp_is_probe(Dwarf_Die *die)
{
    Dwarf_Attribute location;
    if (dwarf_tag(die) != DW_TAG_variable || !dwarf_attr(die, DW_AT_location, &location))
        return false;
    const char *name = die_string(die, DW_AT_name);
    return name && !strcmp(name, probe_name);
}

bool stamp_note_probe(struct stamp *stamp, Dwarf_Die *die, struct error *error)
{
    uint64_t address;
    if (!die_address(die, &address))
        return true; /* an inlined copy that says nothing about where it is */
    struct stamp_probe *probes =
        stamp_grow(stamp->probes, stamp->probe_count, &stamp->probe_capacity, sizeof *probes);
    if (!probes)
        return error_set_no_memory(error);
    stamp->probes = probes;
    probes[stamp->probe_count++] = (struct stamp_probe){.address = address, .die = *die};
    return true;
}

static int by_address(const void *a, const void *b)
{
    uint64_t x = ((const struct stamp_probe *)a)->address;
    uint64_t y = ((const struct stamp_probe *)b)->address;
    return x < y ? -1 : x > y;
}

/* Each use of plugin_as in C leaves a pointer in a section of its own: are they all described? */
static bool check_probes(struct stamp *stamp, struct error *error)
{
    Elf_Scn *section = NULL;
    while ((section = stamp_next_section(stamp->elf, section, "plugin_probes"))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return set_libelf_error(error, "cannot read its sections");
        size_t uses = header.sh_size / stamp->pointer_size, described = 0;
        for (size_t i = 0; i < stamp->probe_count; i++)
            described += stamp->probes[i].address >= header.sh_addr &&
                         stamp->probes[i].address - header.sh_addr < header.sh_size;
        if (described < uses)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "%zu of its %zu uses of plugin_as have no debug information, which "
                             "says what type they ask for; compile every file with -g",
                             uses - described, uses);
    }
    return true;
}

bool stamp_sort_probes(struct stamp *stamp, struct error *error)
{
    if (stamp->probe_count)
        qsort(stamp->probes, stamp->probe_count, sizeof *stamp->probes, by_address);
    /* A function that was inlined describes its probe more than once. */
    size_t kept = 0;
    for (size_t i = 0; i < stamp->probe_count; i++)
        if (!kept || stamp->probes[i].address != stamp->probes[kept - 1].address)
            stamp->probes[kept++] = stamp->probes[i];
    stamp->probe_count = kept;
    return check_probes(stamp, error);
}
