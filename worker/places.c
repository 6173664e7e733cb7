/* SPDX-License-Identifier: MIT */
/* Where in the plugin a signal came: the file and the function, for the claim. Async-signal-safe:
 * it reads the files themselves, which are mapped for that at the start, and the dynamic loader's
 * list for debuggers. Nothing else that it knows would be true in a constructor, too. */
#include "worker/frames.h"
#include "worker/registers.h"
#include "worker/worker.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

extern ElfW(Dyn) _DYNAMIC[]; /* of this program; musl's headers have it not */

struct place_file {
    const uint8_t *bytes; /* NULL: not mapped */
    size_t size;
};

/* A place in a file. */
struct place {
    uint32_t number; /* of the file */
    uintptr_t address;
};

/* Set before the first file is mapped to run. */
static struct place_file *files;
static uint32_t first, count; /* of those with code of the plugin */
static const struct r_debug *loaded;

void places_prepare(uint32_t own, uint32_t all)
{
    files = calloc(all, sizeof *files);
    first = own;
    count = files ? all : 0;
    for (uint32_t i = first; i < count; i++) {
        struct stat status;
        if (fstat((int)(START_FILES + i), &status) != 0)
            continue;
        void *made =
            mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, (int)(START_FILES + i), 0);
        if (made != MAP_FAILED)
            files[i] = (struct place_file){made, (size_t)status.st_size};
    }
    for (const ElfW(Dyn) *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == DT_DEBUG)
            loaded = (const struct r_debug *)entry->d_un.d_ptr;
}

/* ---- reading a file ---- */

static const void *part(const struct place_file *file, uint64_t offset, uint64_t size)
{
    bool is_within = offset <= file->size && size <= file->size - offset;
    return is_within ? file->bytes + offset : NULL;
}

static bool has_code_at(const struct place_file *file, uintptr_t address)
{
    const ElfW(Ehdr) *header = part(file, 0, sizeof *header);
    const ElfW(Phdr) *segments =
        header ? part(file, header->e_phoff, (uint64_t)header->e_phnum * sizeof *segments) : NULL;
    for (size_t i = 0; segments && i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && segments[i].p_flags & PF_X &&
            address - segments[i].p_vaddr < segments[i].p_memsz)
            return true;
    return false;
}

static const ElfW(Sym) *
    find_symbol(const struct place_file *file, const ElfW(Shdr) * table, uintptr_t address)
{
    const ElfW(Sym) *symbols = part(file, table->sh_offset, table->sh_size);
    for (size_t i = 0; symbols && i < table->sh_size / sizeof *symbols; i++)
        if (ELF64_ST_TYPE(symbols[i].st_info) == STT_FUNC && symbols[i].st_shndx != SHN_UNDEF &&
            address - symbols[i].st_value < symbols[i].st_size)
            return &symbols[i];
    return NULL;
}

/* Copies the name of the function; leaves it empty if it is not known. */
static void copy_name(const struct place_file *file, uintptr_t address, char *name, size_t size)
{
    const ElfW(Ehdr) *header = part(file, 0, sizeof *header);
    const ElfW(Shdr) *tables =
        header ? part(file, header->e_shoff, (uint64_t)header->e_shnum * sizeof *tables) : NULL;
    const ElfW(Sym) *symbol = NULL;
    for (size_t i = 0; tables && !symbol && i < header->e_shnum; i++) {
        bool has_symbols = tables[i].sh_type == SHT_SYMTAB || tables[i].sh_type == SHT_DYNSYM;
        symbol = has_symbols ? find_symbol(file, &tables[i], address) : NULL;
        const ElfW(Shdr) *strings =
            symbol && tables[i].sh_link < header->e_shnum ? &tables[tables[i].sh_link] : NULL;
        const char *from = strings ? part(file, strings->sh_offset + symbol->st_name, size) : NULL;
        for (size_t k = 0; from && k + 1 < size && from[k]; k++)
            name[k] = from[k];
    }
}

/* ---- finding the place ---- */

/* Which file the dynamic loader has by this name, see map_file of worker.c. */
static bool number_of(const char *name, uint32_t *number)
{
    const char *digits = strstr(name, "/fd/");
    uint32_t descriptor = 0;
    if (!digits)
        return false;
    for (digits += strlen("/fd/"); *digits >= '0' && *digits <= '9'; digits++)
        descriptor = descriptor * 10 + (uint32_t)(*digits - '0');
    *number = descriptor - START_FILES;
    return !*digits && *number >= first && *number < count && files[*number].bytes;
}

static bool find(uintptr_t code, struct place *place)
{
    for (const struct link_map *map = loaded ? loaded->r_map : NULL; map; map = map->l_next)
        if (map->l_name && number_of(map->l_name, &place->number) &&
            has_code_at(&files[place->number], code - map->l_addr)) {
            place->address = code - map->l_addr;
            return true;
        }
    return false;
}

static bool find_frame(uintptr_t code, void *place)
{
    return find(code, place);
}

void places_claim(struct channel_claim *claim, const void *context)
{
    struct place place;
    /* If it is not in the plugin, it called the C library, or what is no function. */
    claim->has_place = false;
    if (!find(registers_code(context), &place) && !frames_search(find_frame, &place) &&
        !find(registers_caller(context) - 1, &place))
        return;
    claim->file = place.number;
    claim->address = place.address;
    memset(claim->function, 0, sizeof claim->function);
    copy_name(&files[place.number], place.address, claim->function, sizeof claim->function);
    claim->has_place = true;
}
