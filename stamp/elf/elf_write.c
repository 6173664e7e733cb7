/* SPDX-License-Identifier: MIT */
/* Writes the stamp's two sections into an ELF file. They go behind everything else, and the
 * sections' names and headers behind them:
 *
 *     the file as linked | .BTF | .plugin | .shstrtab | section headers
 *
 * Nothing that is loaded moves. An earlier stamp is also behind everything else and is overwritten:
 * the same input gives the same bytes, stamped before or not.
 *
 * libelf reads the headers. The sections are written without it, because elf_update writes every
 * section anew and must be told the place of each. */
#include "elf/elf_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char own_names[] = FORMAT_BTF_SECTION "\0" FORMAT_SECTION;

struct layout {
    Elf *elf;
    int descriptor;
    GElf_Ehdr header;
    GElf_Shdr *sections; /* with room for two more */
    size_t section_count, names_index;
    char *names; /* the sections' names, those of the stamp's own last */
    size_t names_size;
    uint64_t end; /* where the next part is written */
};

static bool layout_read_sections(struct layout *layout, struct error *error)
{
    if (!gelf_getehdr(layout->elf, &layout->header) ||
        elf_getshdrnum(layout->elf, &layout->section_count) != 0 ||
        elf_getshdrstrndx(layout->elf, &layout->names_index) != 0)
        return error_set_libelf(error, "cannot read its headers");
    if (!layout->section_count || !layout->names_index)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it has no section headers, which the stamp needs");
    /* From here on the count moves into section 0 (System V ABI, chapter 4). */
    if (layout->section_count + 2 >= SHN_LORESERVE)
        return error_set(error, PLUGIN_UNSUPPORTED, "it has too many sections");
    layout->sections = calloc(layout->section_count + 2, sizeof *layout->sections);
    if (!layout->sections)
        return error_set_no_memory(error);
    for (size_t i = 0; i < layout->section_count; i++)
        if (!gelf_getshdr(elf_getscn(layout->elf, i), &layout->sections[i]))
            return error_set_libelf(error, "cannot read its section headers");
    return true;
}

static const char *layout_section_name(const struct layout *layout, size_t index)
{
    const char *name =
        elf_strptr(layout->elf, layout->names_index, layout->sections[index].sh_name);
    return name ? name : "";
}

/* Moves the end behind a part of the file that stays in place. A part beyond the file's end is
 * refused: the copy would grow to its size. */
static bool layout_add_part(struct layout *layout, uint64_t size, uint64_t offset,
                            uint64_t part_size, struct error *error)
{
    if (!range_is_within(offset, part_size, 1, size))
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is truncated or damaged: a segment or a section ends beyond its "
                         "%" PRIu64 " bytes",
                         size);
    if (offset + part_size > layout->end)
        layout->end = offset + part_size;
    return true;
}

/* Does the stamp write this section anew? */
static bool layout_is_own(const struct layout *layout, size_t index)
{
    const char *name = layout_section_name(layout, index);
    return index == layout->names_index || !strcmp(name, FORMAT_SECTION) ||
           !strcmp(name, FORMAT_BTF_SECTION);
}

/* Finds the end of the parts that the stamp leaves in place, or of all parts. */
static bool layout_find_end(struct layout *layout, bool of_all, struct error *error)
{
    size_t count;
    struct stat status;
    if (fstat(layout->descriptor, &status) != 0)
        return error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    uint64_t size = (uint64_t)status.st_size;
    if (elf_getphdrnum(layout->elf, &count) != 0)
        return error_set_libelf(error, "cannot read its program headers");
    layout->end = layout->header.e_phoff + count * layout->header.e_phentsize;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(layout->elf, (int)i, &segment))
            return error_set_libelf(error, "cannot read its program headers");
        if (!layout_add_part(layout, size, segment.p_offset, segment.p_filesz, error))
            return false;
    }
    for (size_t i = 0; i < layout->section_count; i++) {
        const GElf_Shdr *section = &layout->sections[i];
        if (section->sh_type != SHT_NOBITS && (of_all || !layout_is_own(layout, i)) &&
            !layout_add_part(layout, size, section->sh_offset, section->sh_size, error))
            return false;
    }
    const GElf_Ehdr *header = &layout->header;
    return !of_all || layout_add_part(layout, size, header->e_shoff,
                                      layout->section_count * header->e_shentsize, error);
}

/* Appends the stamp's names to the sections' names, unless an earlier stamp did. */
static bool layout_add_names(struct layout *layout, struct error *error)
{
    Elf_Data *data = elf_rawdata(elf_getscn(layout->elf, layout->names_index), NULL);
    if (!data)
        return error_set_libelf(error, "cannot read its sections' names");
    size_t size = data->d_size;
    if (size >= sizeof own_names &&
        !memcmp((char *)data->d_buf + size - sizeof own_names, own_names, sizeof own_names))
        size -= sizeof own_names;
    layout->names = malloc(size + sizeof own_names);
    if (!layout->names)
        return error_set_no_memory(error);
    if (size)
        memcpy(layout->names, data->d_buf, size);
    memcpy(layout->names + size, own_names, sizeof own_names);
    layout->names_size = size + sizeof own_names;
    return true;
}

static bool layout_write_at(const struct layout *layout, uint64_t offset, const void *bytes,
                            size_t size, struct error *error)
{
    for (const char *at = bytes; size;) {
        ssize_t count = pwrite(layout->descriptor, at, size, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
        at += count;
        offset += (uint64_t)count;
        size -= (size_t)count;
    }
    return true;
}

/* Writes bytes, aligned, at the end, and sets their place in the section header, if it is not NULL.
 * Fills the gap with zeros: the copy may have other bytes there. */
static bool layout_append(struct layout *layout, GElf_Shdr *section, const void *bytes, size_t size,
                          uint64_t alignment, struct error *error)
{
    static const char zeros[8];
    uint64_t offset = align_up(layout->end, alignment);
    if (!layout_write_at(layout, layout->end, zeros, (size_t)(offset - layout->end), error) ||
        !layout_write_at(layout, offset, bytes, size, error))
        return false;
    layout->end = offset + size;
    if (section) {
        section->sh_offset = offset;
        section->sh_size = size;
        section->sh_addralign = alignment;
    }
    return true;
}

/* Returns the header of an earlier stamp's section, or a new one. */
static GElf_Shdr *layout_own_section(struct layout *layout, const char *name)
{
    size_t i = 0;
    while (i < layout->section_count && strcmp(layout_section_name(layout, i), name) != 0)
        i++;
    if (i == layout->section_count)
        layout->section_count++;
    return &layout->sections[i];
}

static bool layout_append_own(struct layout *layout, const char *name, struct bytes bytes,
                              size_t name_offset, struct error *error)
{
    GElf_Shdr *section = layout_own_section(layout, name);
    *section = (GElf_Shdr){.sh_name = (GElf_Word)name_offset, .sh_type = SHT_PROGBITS};
    return layout_append(layout, section, bytes.data, bytes.size, 8, error);
}

static Elf32_Shdr narrow_section(const GElf_Shdr *section)
{
    return (Elf32_Shdr){section->sh_name,
                        section->sh_type,
                        (Elf32_Word)section->sh_flags,
                        (Elf32_Addr)section->sh_addr,
                        (Elf32_Off)section->sh_offset,
                        (Elf32_Word)section->sh_size,
                        section->sh_link,
                        section->sh_info,
                        (Elf32_Word)section->sh_addralign,
                        (Elf32_Word)section->sh_entsize};
}

/* Writes the section headers, and their place into the ELF header. */
static bool layout_write_headers(struct layout *layout, struct error *error)
{
    bool is_64 = layout->header.e_ident[EI_CLASS] == ELFCLASS64;
    uint64_t start = align_up(layout->end, 8);
    if (!layout_append(layout, NULL, NULL, 0, 8, error))
        return false;
    for (size_t i = 0; i < layout->section_count; i++) {
        Elf32_Shdr narrow = narrow_section(&layout->sections[i]);
        if (!(is_64 ? layout_append(layout, NULL, &layout->sections[i], sizeof *layout->sections, 1,
                                    error)
                    : layout_append(layout, NULL, &narrow, sizeof narrow, 1, error)))
            return false;
    }
    uint16_t count = (uint16_t)layout->section_count;
    uint32_t narrow_start = (uint32_t)start;
    if (is_64)
        return layout_write_at(layout, offsetof(Elf64_Ehdr, e_shoff), &start, sizeof start,
                               error) &&
               layout_write_at(layout, offsetof(Elf64_Ehdr, e_shnum), &count, sizeof count, error);
    return layout_write_at(layout, offsetof(Elf32_Ehdr, e_shoff), &narrow_start,
                           sizeof narrow_start, error) &&
           layout_write_at(layout, offsetof(Elf32_Ehdr, e_shnum), &count, sizeof count, error);
}

static bool layout_write(struct layout *layout, struct bytes btf, struct bytes meta,
                         struct error *error)
{
    if (!layout_read_sections(layout, error) || !layout_find_end(layout, false, error) ||
        !layout_add_names(layout, error))
        return false;
    size_t btf_name = layout->names_size - sizeof own_names;
    size_t meta_name = btf_name + sizeof FORMAT_BTF_SECTION;
    if (!layout_append_own(layout, FORMAT_BTF_SECTION, btf, btf_name, error) ||
        !layout_append_own(layout, FORMAT_SECTION, meta, meta_name, error) ||
        !layout_append(layout, &layout->sections[layout->names_index], layout->names,
                       layout->names_size, 1, error) ||
        !layout_write_headers(layout, error))
        return false;
    if (ftruncate(layout->descriptor, (off_t)layout->end) != 0)
        return error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
    return true;
}

bool stamp_find_elf_end(int descriptor, uint64_t *end, struct error *error)
{
    struct layout layout = {.elf = elf_begin(descriptor, ELF_C_READ, NULL),
                            .descriptor = descriptor};
    bool done = layout.elf
                    ? layout_read_sections(&layout, error) && layout_find_end(&layout, true, error)
                    : error_set_libelf(error, "cannot read it");
    *end = layout.end;
    elf_end(layout.elf);
    free(layout.sections);
    return done;
}

bool stamp_write_elf(int descriptor, struct bytes btf, struct bytes meta, struct error *error)
{
    struct layout layout = {.elf = elf_begin(descriptor, ELF_C_READ, NULL),
                            .descriptor = descriptor};
    bool done = layout.elf ? layout_write(&layout, btf, meta, error)
                           : error_set_libelf(error, "cannot read the copy");
    elf_end(layout.elf);
    free(layout.sections);
    free(layout.names);
    return done;
}
