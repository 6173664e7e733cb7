/* SPDX-License-Identifier: MIT */
/* The module's memory before its code runs: the file's bytes in its segments, relocated. */
#include "elf/elf_file.h"

#include <assert.h>
#include <stdlib.h>

/* Returns the file's bytes from an address to the end of its segment. libelf reads a segment once,
 * and nothing else of the file, which may be larger than memory. */
static struct bytes bytes_at(const struct stamp *stamp, uint64_t address)
{
    size_t count = 0;
    if (elf_getphdrnum(stamp->elf, &count) != 0)
        return (struct bytes){0};
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(stamp->elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
            address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
            continue;
        Elf_Data *data = elf_getdata_rawchunk(stamp->elf, (int64_t)segment.p_offset,
                                              segment.p_filesz, ELF_T_BYTE);
        uint64_t offset = address - segment.p_vaddr;
        if (data && data->d_buf)
            return (struct bytes){(const uint8_t *)data->d_buf + offset,
                                  data->d_size - (size_t)offset};
    }
    return (struct bytes){0};
}

bool stamp_is_constant(const struct stamp *stamp, uint64_t address)
{
    size_t count = 0;
    bool is_constant = false;
    if (elf_getphdrnum(stamp->elf, &count) != 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(stamp->elf, (int)i, &segment) && address >= segment.p_vaddr &&
            address - segment.p_vaddr < segment.p_memsz)
            is_constant |= segment.p_type == PT_GNU_RELRO ||
                           (segment.p_type == PT_LOAD && !(segment.p_flags & PF_W));
    }
    return is_constant;
}

const char *stamp_string_at(const struct stamp *stamp, uint64_t address)
{
    return bytes_string(bytes_at(stamp, address), 0);
}

static uint64_t pointer_at(const struct stamp *stamp, uint64_t address)
{
    struct bytes bytes = bytes_at(stamp, address);
    uint64_t wide = 0;
    uint32_t narrow = 0;
    if (bytes.size < stamp->pointer_size)
        return 0;
    if (stamp->pointer_size == sizeof wide) {
        memcpy(&wide, bytes.data, sizeof wide);
        return wide;
    }
    memcpy(&narrow, bytes.data, sizeof narrow);
    return narrow;
}

static int address_by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* S + A, or B + A: linked at address 0, the module has the base B = 0. */
static uint64_t relocated_value(Elf *elf, const GElf_Shdr *header, const GElf_Rela *relocation)
{
    GElf_Shdr symbols_header;
    GElf_Sym symbol = {0};
    size_t index = GELF_R_SYM(relocation->r_info);
    Elf_Scn *symbols = elf_getscn(elf, header->sh_link);
    if (index && symbols && gelf_getshdr(symbols, &symbols_header))
        gelf_getsym(elf_getdata(symbols, NULL), (int)index, &symbol);
    return symbol.st_value + (uint64_t)relocation->r_addend;
}

void stamp_read_pointers(const struct stamp *stamp, const uint64_t *addresses, uint64_t *pointers,
                         size_t count)
{
    struct relocations relocations = {.elf = stamp->elf};
    GElf_Rela relocation;
    for (size_t i = 0; i < count; i++) {
        assert(!i || addresses[i - 1] <= addresses[i]);
        pointers[i] = pointer_at(stamp, addresses[i]);
    }
    while (count && relocations_next(&relocations, &relocation)) {
        if (relocations.header.sh_type != SHT_RELA)
            continue; /* the addend of SHT_REL is in place */
        const uint64_t *found =
            bsearch(&relocation.r_offset, addresses, count, sizeof *found, address_by_value);
        if (found && !pointers[found - addresses])
            pointers[found - addresses] =
                relocated_value(stamp->elf, &relocations.header, &relocation);
    }
}
