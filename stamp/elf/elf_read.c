/* SPDX-License-Identifier: MIT */
/* Reads the module's ELF header, sections and relocations. */
#include "elf/elf_file.h"
#include "model/image.h"
#include "src/base/hash.h"
#include "src/module/content.h"

#include <errno.h>
#include <sys/stat.h>

bool error_set_libelf(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_SYSTEM, "%s: libelf: %s", what, elf_errmsg(-1));
}

/* ---- sections ---- */

Elf_Scn *section_next_named(Elf *elf, Elf_Scn *section, const char *name)
{
    size_t names;
    if (elf_getshdrstrndx(elf, &names) != 0)
        return NULL;
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr header;
        const char *own =
            gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
        if (own && !strcmp(own, name))
            break;
    }
    return section;
}

Elf_Scn *section_of_type(Elf *elf, uint32_t type, GElf_Shdr *header)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section)))
        if (gelf_getshdr(section, header) && header->sh_type == type)
            break;
    return section;
}

unsigned stamp_machine(const struct stamp *stamp)
{
    GElf_Ehdr header;
    return gelf_getehdr(stamp->elf, &header) ? header.e_machine : EM_NONE;
}

bool stamp_is_in_section(const struct stamp *stamp, const char *name, uint64_t address)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while ((section = section_next_named(stamp->elf, section, name)))
        if (gelf_getshdr(section, &header) && address >= header.sh_addr &&
            address - header.sh_addr < header.sh_size)
            return true;
    return false;
}

/* ---- relocations ---- */

static bool relocations_next_section(struct relocations *relocations)
{
    GElf_Shdr *header = &relocations->header;
    while ((relocations->section = elf_nextscn(relocations->elf, relocations->section))) {
        if (!gelf_getshdr(relocations->section, header) || !header->sh_entsize ||
            (header->sh_type != SHT_RELA && header->sh_type != SHT_REL))
            continue;
        relocations->data = elf_getdata(relocations->section, NULL);
        relocations->count = relocations->data ? header->sh_size / header->sh_entsize : 0;
        relocations->index = 0;
        return true;
    }
    return false;
}

bool relocations_next(struct relocations *relocations, GElf_Rela *relocation)
{
    for (;;) {
        while (relocations->index == relocations->count)
            if (!relocations_next_section(relocations))
                return false;
        int index = (int)relocations->index++;
        if (relocations->header.sh_type == SHT_RELA) {
            if (gelf_getrela(relocations->data, index, relocation))
                return true;
            continue;
        }
        GElf_Rel narrow;
        if (gelf_getrel(relocations->data, index, &narrow)) {
            *relocation = (GElf_Rela){narrow.r_offset, narrow.r_info, 0};
            return true;
        }
    }
}

/* ---- the file as a whole ---- */

static bool check_header(struct stamp *stamp, struct error *error)
{
    GElf_Ehdr header;
    if (elf_kind(stamp->elf) != ELF_K_ELF || !gelf_getehdr(stamp->elf, &header))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not an ELF file");
    bool is_little = header.e_ident[EI_DATA] == ELFDATA2LSB;
    if (is_little != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__))
        return error_set(
            error, PLUGIN_UNSUPPORTED,
            "its byte order differs from this machine's; stamp it on a machine of its byte order");
    if (header.e_type == ET_REL)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is a relocatable object; stamp it after the link");
    if (header.e_type != ET_DYN && header.e_type != ET_EXEC)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is neither a shared library nor an executable");
    stamp->pointer_size = header.e_ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;
    return true;
}

bool stamp_open_elf(struct stamp *stamp, int descriptor, struct error *error)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    stamp->elf = elf_begin(descriptor, ELF_C_READ, NULL);
    if (!stamp->elf)
        return error_set_libelf(error, "cannot read it");
    if (!check_header(stamp, error))
        return false;
    /* The headers only: an earlier stamp may be damaged, and will be replaced. */
    struct stamp_image *image = arena_alloc_zeroed(&stamp->arena, 1, sizeof *image);
    if (!image)
        return error_set_no_memory(error);
    stamp->image = image;
    image->file = (struct file){.descriptor = descriptor, .size = (uint64_t)status.st_size};
    if (!module_read_headers(&image->module, &image->file, &stamp->arena, error))
        return error_prefix_damaged(error);
    stamp->is_executable = image->module.is_executable;
    return content_hash(&image->module, &image->file, &stamp->content, error);
}
