/* SPDX-License-Identifier: MIT */
/* The memory image of a Go module, read from its file. */
#include "gofile/memory_image_p.h"

#include "base/hash.h"
#include "base/search.h"
#include "base/table.h"
#include "elf/dynamic.h"

#include <assert.h>
#include <elf.h>
#include <stdlib.h>

#ifndef DT_RELR
#define DT_RELR   36
#define DT_RELRSZ 35
#endif

/* Far above any real module; they bound the work on a hostile one. Names may overlap: together they
 * may be NAMES_PER_STRING times as long as the string table. */
enum { REGIONS_MAX = 64, NAMES_PER_STRING = 16 };
#define SIZE_MAX_READ (UINT64_C(1) << 30)

/* The target of a pointer to a symbol that the file does not define. */
#define ELSEWHERE UINT64_MAX

struct image_region {
    uint64_t address;
    struct bytes bytes;
};

struct image_pointer {
    uint64_t address, target;
};

struct go_image {
    struct image_region regions[REGIONS_MAX]; /* by address */
    size_t region_count;
    size_t part_count; /* includes parts within a region, which do not become one */
    uint64_t size;     /* of all parts; at most the file's */
    size_t code_count;
    struct bytes symbols, strings;
    struct table names;             /* the defined symbols */
    struct image_pointer *pointers; /* by address */
    size_t pointer_count;
};

static bool image_set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "it is damaged: %s", what);
}

/* ---- memory ---- */

struct image_key {
    const struct go_image *image;
    uint64_t address;
};

static bool image_region_starts(const void *context, size_t item)
{
    const struct image_key *key = context;
    return key->image->regions[item].address <= key->address;
}

/* Returns how many regions start at this address or before it. */
static size_t image_regions_until(const struct go_image *image, uint64_t address)
{
    return search_first(image->region_count, image_region_starts,
                        &(struct image_key){image, address});
}

/* Regions overlap in hostile files only; the one that starts last counts. */
const uint8_t *go_image_bytes(const struct go_image *image, uint64_t address, uint64_t size)
{
    size_t count = image_regions_until(image, address);
    if (!count)
        return NULL;
    const struct image_region *region = &image->regions[count - 1];
    uint64_t offset = address - region->address;
    bool is_within = range_is_within(offset, size, 1, region->bytes.size);
    return is_within ? region->bytes.data + offset : NULL;
}

static bool image_add_region(struct go_image *image, const struct file *file, uint64_t address,
                             struct elf_part part, struct error *error)
{
    if (!part.size)
        return true;
    if (image->part_count++ == REGIONS_MAX)
        return image_set_damaged(error, "too many segments");
    if (part.size > file->size - image->size)
        return image_set_damaged(error, "segments overlap in the file");
    if (part.size > SIZE_MAX_READ - image->size)
        return error_set(error, PLUGIN_UNSUPPORTED, "it has more than 1 GiB of loaded data");
    if (address > UINT64_MAX - part.size)
        return image_set_damaged(error, "segment beyond the end of the address space");
    image->size += part.size;
    if (go_image_bytes(image, address, part.size))
        return true;
    uint8_t *data = malloc((size_t)part.size);
    if (!data)
        return error_set_no_memory(error);
    assert(image->region_count < REGIONS_MAX);
    size_t place = image_regions_until(image, address);
    memmove(&image->regions[place + 1], &image->regions[place],
            (image->region_count - place) * sizeof *image->regions);
    image->regions[place] = (struct image_region){address, {data, (size_t)part.size}};
    image->region_count++;
    return file_read(file, part.offset, (size_t)part.size, data, error);
}

/* Adds the sections without code of a segment with code. */
static bool image_add_sections(struct go_image *image, const struct elf *elf,
                               const struct file *file, const struct elf_segment *segment,
                               struct error *error)
{
    if (++image->code_count > REGIONS_MAX)
        return image_set_damaged(error, "too many segments");
    for (size_t i = 0; i < elf->section_count; i++) {
        struct elf_section section;
        if (!elf_section(elf, i, &section, error))
            return false;
        bool is_data = section.flags & SHF_ALLOC && !(section.flags & SHF_EXECINSTR);
        if (!is_data || section.part.offset < segment->part.offset)
            continue;
        uint64_t offset = section.part.offset - segment->part.offset;
        if (range_is_within(offset, section.part.size, 1, segment->part.size) &&
            section.address - segment->address == offset &&
            !image_add_region(image, file, section.address, section.part, error))
            return false;
    }
    return true;
}

static bool image_read_memory(struct go_image *image, const struct elf *elf,
                              const struct file *file, struct error *error)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        Elf64_Phdr header;
        if (!elf_segment(elf, i, &segment, error))
            return false;
        bytes_item(elf->segments, i, &header, sizeof header);
        if (segment.type != PT_LOAD)
            continue;
        bool is_added = header.p_flags & PF_X
                            ? image_add_sections(image, elf, file, &segment, error)
                            : image_add_region(image, file, segment.address, segment.part, error);
        if (!is_added)
            return false;
    }
    return true;
}

static bool image_copy(const struct go_image *image, uint64_t address, void *value, size_t size)
{
    const uint8_t *bytes = go_image_bytes(image, address, size);
    if (bytes)
        memcpy(value, bytes, size);
    return bytes;
}

bool go_image_u16(const struct go_image *image, uint64_t address, uint16_t *value)
{
    return image_copy(image, address, value, sizeof *value);
}

bool go_image_u64(const struct go_image *image, uint64_t address, uint64_t *value)
{
    return image_copy(image, address, value, sizeof *value);
}

bool go_image_string(const struct go_image *image, uint64_t address, size_t limit,
                     struct bytes *string)
{
    uint64_t data, size;
    if (!go_image_u64(image, address + 8, &size) || size > limit ||
        !go_image_pointer(image, address, &data))
        return false;
    *string = (struct bytes){size ? go_image_bytes(image, data, size) : NULL, (size_t)size};
    return !size || string->data;
}

/* ---- symbols ---- */

static size_t image_symbol_count(const struct go_image *image)
{
    return image->symbols.size / sizeof(Elf64_Sym);
}

static Elf64_Sym image_symbol(const struct go_image *image, size_t index)
{
    Elf64_Sym symbol;
    bytes_item(image->symbols, index, &symbol, sizeof symbol);
    return symbol;
}

static const char *image_name(const struct go_image *image, Elf64_Sym symbol)
{
    assert(symbol.st_name < image->strings.size); /* by image_check_names */
    return (const char *)image->strings.data + symbol.st_name;
}

static bool image_is_defined(Elf64_Sym symbol)
{
    return symbol.st_shndx != SHN_UNDEF && symbol.st_value;
}

static bool image_find_symbols(struct go_image *image, const struct elf *elf, struct bytes dynamic,
                               struct error *error)
{
    uint64_t address, size, strings;
    if (!dynamic_entry(elf, dynamic, DT_STRTAB, &strings) ||
        !dynamic_entry(elf, dynamic, DT_STRSZ, &size))
        return true;
    image->strings = (struct bytes){go_image_bytes(image, strings, size), (size_t)size};
    if (!image->strings.data || !size || image->strings.data[size - 1])
        return image_set_damaged(error, "invalid dynamic string table (DT_STRTAB)");
    if (!dynamic_entry(elf, dynamic, DT_SYMTAB, &address))
        return true;
    for (size_t i = 0; i < elf->section_count; i++) {
        struct elf_section section;
        if (!elf_section(elf, i, &section, error))
            return false;
        if (section.type != SHT_DYNSYM || section.address != address)
            continue;
        image->symbols =
            (struct bytes){go_image_bytes(image, address, section.size), (size_t)section.size};
        if (!image->symbols.data || section.size / sizeof(Elf64_Sym) > UINT32_MAX)
            return image_set_damaged(error, "invalid dynamic symbol table (DT_SYMTAB)");
        return true;
    }
    return true;
}

static bool image_check_names(const struct go_image *image, size_t *defined, struct error *error)
{
    uint64_t left = (uint64_t)image->strings.size * NAMES_PER_STRING;
    for (size_t i = 0; i < image_symbol_count(image); i++) {
        Elf64_Sym symbol = image_symbol(image, i);
        if (symbol.st_name >= image->strings.size)
            return image_set_damaged(error, "symbol name outside the string table");
        size_t length = strlen(image_name(image, symbol));
        if (length > left)
            return image_set_damaged(error, "symbol names overlap");
        left -= length;
        *defined += image_is_defined(symbol);
    }
    return true;
}

static bool image_read_symbols(struct go_image *image, const struct elf *elf, struct bytes dynamic,
                               struct error *error)
{
    size_t defined = 0;
    if (!image_find_symbols(image, elf, dynamic, error) ||
        !image_check_names(image, &defined, error))
        return false;
    if (!table_reserve(&image->names, NULL, defined))
        return error_set_no_memory(error);
    for (size_t i = 1; i < image_symbol_count(image); i++) {
        Elf64_Sym symbol = image_symbol(image, i);
        if (!image_is_defined(symbol))
            continue;
        if (table_add(&image->names, hash_name(image_name(image, symbol)), (uint32_t)i) >
            TABLE_PROBES_MAX)
            return image_set_damaged(error, "too many symbol-name hash collisions");
    }
    return true;
}

const char *go_image_symbol(const struct go_image *image, size_t index, uint64_t *address,
                            uint64_t *size)
{
    if (index >= image_symbol_count(image))
        return NULL;
    Elf64_Sym symbol = image_symbol(image, index);
    *address = image_is_defined(symbol) ? symbol.st_value : 0;
    *size = symbol.st_size;
    return image_name(image, symbol);
}

bool go_image_find(const struct go_image *image, const char *name, uint64_t *address,
                   uint64_t *size)
{
    struct table_probe probe = {.hash = hash_name(name)};
    for (uint32_t item; table_next(&image->names, &probe, &item);) {
        Elf64_Sym symbol = image_symbol(image, item);
        if (strcmp(image_name(image, symbol), name) != 0)
            continue;
        *address = symbol.st_value;
        *size = symbol.st_size;
        return true;
    }
    return false;
}

/* ---- pointers ---- */

/* Finds a table by its entries in the dynamic section; empty if there is none. */
static bool image_find_table(const struct go_image *image, const struct elf *elf,
                             struct bytes dynamic, int64_t address_tag, int64_t size_tag,
                             struct bytes *table, struct error *error)
{
    uint64_t address, size;
    *table = (struct bytes){0};
    if (!dynamic_entry(elf, dynamic, address_tag, &address) ||
        !dynamic_entry(elf, dynamic, size_tag, &size) || !size)
        return true;
    *table = (struct bytes){go_image_bytes(image, address, size), (size_t)size};
    return table->data || image_set_damaged(error, "relocations outside the loaded data");
}

static bool image_add_pointer(struct go_image *image, uint64_t address, uint64_t target,
                              size_t capacity, struct error *error)
{
    if (image->pointer_count == capacity)
        return image_set_damaged(error, "too many relocations");
    image->pointers[image->pointer_count++] = (struct image_pointer){address, target};
    return true;
}

/* Adds the relocations with addends (DT_RELA). Types other than RELATIVE and the absolute one
 * (R_*_GLOB_DAT, ...) are not pointers in Go's tables. */
static bool image_add_rela(struct go_image *image, const struct elf *elf, struct bytes table,
                           size_t capacity, struct error *error)
{
    bool is_arm = elf->machine == EM_AARCH64;
    uint32_t relative = is_arm ? R_AARCH64_RELATIVE : R_X86_64_RELATIVE;
    uint32_t absolute = is_arm ? R_AARCH64_ABS64 : R_X86_64_64;
    for (size_t i = 0; i < table.size / sizeof(Elf64_Rela); i++) {
        Elf64_Rela entry;
        bytes_item(table, i, &entry, sizeof entry);
        uint64_t type = ELF64_R_TYPE(entry.r_info), symbol_index = ELF64_R_SYM(entry.r_info);
        uint64_t target = (uint64_t)entry.r_addend;
        if (type != relative && type != absolute)
            continue;
        if (type == absolute) {
            if (symbol_index >= image_symbol_count(image))
                return image_set_damaged(error, "invalid symbol index in a relocation");
            Elf64_Sym symbol = image_symbol(image, (size_t)symbol_index);
            target = image_is_defined(symbol) ? target + symbol.st_value : ELSEWHERE;
        }
        if (!image_add_pointer(image, entry.r_offset, target, capacity, error))
            return false;
    }
    return true;
}

static bool image_add_in_place(struct go_image *image, uint64_t address, size_t capacity,
                               struct error *error)
{
    uint64_t target;
    if (!go_image_u64(image, address, &target))
        return image_set_damaged(error, "relocation outside the loaded data");
    return image_add_pointer(image, address, target, capacity, error);
}

/* Adds the packed relative relocations (DT_RELR of the gABI), whose addends are in place. An even
 * word is an address; the upper 63 bits of an odd one stand for the 63 words after the last. */
static bool image_add_relr(struct go_image *image, struct bytes table, size_t capacity,
                           struct error *error)
{
    uint64_t next = 0;
    for (size_t i = 0; i < table.size / sizeof(uint64_t); i++) {
        uint64_t word;
        bytes_item(table, i, &word, sizeof word);
        if (!(word & 1)) {
            if (!image_add_in_place(image, word, capacity, error))
                return false;
            next = word + 8;
            continue;
        }
        for (uint64_t bits = word >> 1, at = next; bits; bits >>= 1, at += 8)
            if (bits & 1 && !image_add_in_place(image, at, capacity, error))
                return false;
        next += 63 * UINT64_C(8);
    }
    return true;
}

/* Sorts by address: a stable radix sort, eleven bits at a time. Linkers sort relocations by type
 * and symbol first, and there are thousands. */
static bool image_sort_pointers(struct go_image *image, struct error *error)
{
    enum { DIGIT = 11, DIGITS = 1 << DIGIT };
    size_t count = image->pointer_count;
    struct image_pointer *from = image->pointers, *to = malloc((count + 1) * sizeof *to);
    if (!to)
        return error_set_no_memory(error);
    for (int shift = 0; shift < 64; shift += DIGIT) {
        size_t starts[DIGITS + 1] = {0};
        for (size_t i = 0; i < count; i++)
            starts[(from[i].address >> shift) % DIGITS + 1]++;
        if (count && starts[(from[0].address >> shift) % DIGITS + 1] == count)
            continue;
        for (size_t i = 1; i < DIGITS; i++)
            starts[i] += starts[i - 1];
        for (size_t i = 0; i < count; i++)
            to[starts[(from[i].address >> shift) % DIGITS]++] = from[i];
        struct image_pointer *swap = from;
        from = to;
        to = swap;
    }
    free(to);
    image->pointers = from;
    return true;
}

static bool image_read_pointers(struct go_image *image, const struct elf *elf, struct bytes dynamic,
                                struct error *error)
{
    struct bytes rela, relr;
    if (!image_find_table(image, elf, dynamic, DT_RELA, DT_RELASZ, &rela, error) ||
        !image_find_table(image, elf, dynamic, DT_RELR, DT_RELRSZ, &relr, error))
        return false;
    size_t capacity = rela.size / sizeof(Elf64_Rela);
    /* A word of DT_RELR stands for up to 63 pointers, but each word of the image is one at most. */
    if (relr.size)
        capacity += (size_t)(image->size / 8);
    image->pointers = malloc((capacity + 1) * sizeof *image->pointers);
    if (!image->pointers)
        return error_set_no_memory(error);
    return image_add_rela(image, elf, rela, capacity, error) &&
           image_add_relr(image, relr, capacity, error) && image_sort_pointers(image, error);
}

static bool image_pointer_is_before(const void *context, size_t item)
{
    const struct image_key *key = context;
    return key->image->pointers[item].address < key->address;
}

bool go_image_pointer(const struct go_image *image, uint64_t address, uint64_t *pointer)
{
    uint64_t in_place;
    if (!go_image_u64(image, address, &in_place))
        return false;
    size_t index = search_first(image->pointer_count, image_pointer_is_before,
                                &(struct image_key){image, address});
    bool is_relocated = index < image->pointer_count && image->pointers[index].address == address;
    *pointer = is_relocated ? image->pointers[index].target : 0;
    return is_relocated ? *pointer != ELSEWHERE : !in_place;
}

bool go_image_pointer_number(const struct go_image *image, size_t index, uint64_t *address,
                             uint64_t *target)
{
    if (index >= image->pointer_count)
        return false;
    *address = image->pointers[index].address;
    *target = image->pointers[index].target;
    return true;
}

/* ---- all of it ---- */

static bool image_read_dynamic(struct go_image *image, const struct elf *elf, struct error *error)
{
    struct bytes dynamic = {0};
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        if (!elf_segment(elf, i, &segment, error))
            return false;
        if (segment.type != PT_DYNAMIC)
            continue;
        dynamic.data = go_image_bytes(image, segment.address, segment.part.size);
        dynamic.size = (size_t)segment.part.size;
        if (!dynamic.data)
            return image_set_damaged(error, "dynamic section outside the loaded data");
    }
    return image_read_symbols(image, elf, dynamic, error) &&
           image_read_pointers(image, elf, dynamic, error);
}

bool go_image_is_supported(const struct elf *elf)
{
    return elf->is_64 && (elf->machine == EM_X86_64 || elf->machine == EM_AARCH64);
}

struct go_image *go_image_read(const struct elf *elf, const struct file *file, struct error *error)
{
    if (!go_image_is_supported(elf)) {
        error_set(error, PLUGIN_UNSUPPORTED, "Go modules are supported on amd64 and arm64 only");
        return NULL;
    }
    struct go_image *image = calloc(1, sizeof *image);
    if (!image) {
        error_set_no_memory(error);
        return NULL;
    }
    if (image_read_memory(image, elf, file, error) && image_read_dynamic(image, elf, error))
        return image;
    go_image_free(image);
    return NULL;
}

void go_image_free(struct go_image *image)
{
    if (!image)
        return;
    for (size_t i = 0; i < image->region_count; i++)
        free((void *)image->regions[i].bytes.data);
    table_deinit(&image->names);
    free(image->pointers);
    free(image);
}
