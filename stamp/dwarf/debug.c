/* The sections of the debug information. */
#include "dwarf/die.h"
#include "model/model.h"

#include <stdio.h>

/* The section ".NAME", or ".zNAME", as older tools call it when it is compressed. */
static Elf_Scn *find_debug_section(Elf *elf, const char *name)
{
    char full[32];
    snprintf(full, sizeof full, ".%s", name);
    Elf_Scn *section = stamp_next_section(elf, NULL, full);
    snprintf(full, sizeof full, ".z%s", name);
    return section ? section : stamp_next_section(elf, NULL, full);
}

static bool section_holds(Elf *elf, const char *section_name, const char *string)
{
    /* libdw has decompressed in place what it uses. */
    Elf_Scn *section = find_debug_section(elf, section_name);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    return data && data->d_buf && memmem(data->d_buf, data->d_size, string, strlen(string) + 1);
}

bool stamp_debug_holds(const struct stamp *stamp, const char *string)
{
    return section_holds(stamp->elf, "debug_str", string) ||
           section_holds(stamp->elf, "debug_info", string);
}

bool stamp_has_debug_info(const struct stamp *stamp)
{
    return find_debug_section(stamp->elf, "debug_info");
}

bool stamp_open_dwarf(struct stamp *stamp, struct error *error)
{
    if (!stamp_has_debug_info(stamp))
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it has no debug information, from which the types are read; compile it "
                         "with -g, and strip it only after the stamp");
    stamp->dwarf = dwarf_begin_elf(stamp->elf, DWARF_C_READ, NULL);
    if (!stamp->dwarf)
        return set_libdw_error(error, "its debug information cannot be read");
    stamp->has_packages = stamp_debug_holds(stamp, "plugin_package_");
    return true;
}
