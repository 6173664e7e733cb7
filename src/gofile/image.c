/* The memory of a Go module, read from its file. The names of its dynamic symbols are in a hash
 * table, and its pointers are sorted by address: both are asked for often. */
#include "gofile/image.h"

#include "base/hash.h"
#include "elf/dynamic.h"

#include <elf.h>
#include <stdlib.h>

#ifndef DT_RELR
#define DT_RELR   36
#define DT_RELRSZ 35
#endif

/* More than any module has, so that nothing takes long. Names may overlap, and different ones may
 * hash alike: all names together may be so many times as long as their strings, and a symbol so
 * many slots away from its own. */
enum { REGIONS_MAX = 64, NAMES_PER_STRING = 16, SLOTS_AWAY_MAX = 128 };
#define SIZE_MAX_READ (UINT64_C(1) << 30)

/* The target of a pointer to what the file does not define. */
#define ELSEWHERE UINT64_MAX

struct region {
    uint64_t address;
    struct bytes bytes;
};

struct pointer {
    uint64_t address, target;
};

/* A defined symbol in the hash table. Long names may differ in their last characters only, so the
 * whole hashes are compared first. */
struct slot {
    uint32_t index; /* 0: empty */
    uint32_t hash;
};

struct go_image {
    struct region regions[REGIONS_MAX]; /* by address */
    size_t region_count;
    size_t part_count; /* those that lie within another one are no regions */
    uint64_t size;     /* of all regions: at most the file's */
    size_t code_count;
    struct bytes symbols, strings;
    struct slot *slots; /* by name */
    size_t slot_count;
    struct pointer *pointers; /* by address */
    size_t pointer_count;
};

static bool set_damaged(struct error *error, const char *what)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "it is damaged: %s", what);
}

/* ---- memory ---- */

/* How many regions start at this address or before it. */
static size_t regions_until(const struct go_image *image, uint64_t address)
{
    size_t low = 0, high = image->region_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (image->regions[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Linkers make no regions that overlap; of those that do, the one that starts last counts. */
const uint8_t *go_image_bytes(const struct go_image *image, uint64_t address, uint64_t size)
{
    size_t count = regions_until(image, address);
    if (!count)
        return NULL;
    const struct region *region = &image->regions[count - 1];
    uint64_t offset = address - region->address;
    return range_is_within(offset, size, 1, region->bytes.size) ? region->bytes.data + offset
                                                                : NULL;
}

static bool add_region(struct go_image *image, const struct file *file, uint64_t address,
                       struct elf_part part, struct error *error)
{
    if (!part.size)
        return true;
    if (image->part_count++ == REGIONS_MAX)
        return set_damaged(error, "it is loaded in more parts than any linker makes");
    if (part.size > file->size - image->size)
        return set_damaged(error, "parts of it are loaded more than once");
    if (part.size > SIZE_MAX_READ - image->size)
        return error_set(error, PLUGIN_UNSUPPORTED, "it holds more than 1 GiB of data");
    if (address > UINT64_MAX - part.size)
        return set_damaged(error, "a part of it is loaded beyond the end of memory");
    image->size += part.size;
    if (go_image_bytes(image, address, part.size))
        return true;
    uint8_t *data = malloc((size_t)part.size);
    if (!data)
        return error_set_no_memory(error);
    size_t place = regions_until(image, address);
    memmove(&image->regions[place + 1], &image->regions[place],
            (image->region_count - place) * sizeof *image->regions);
    image->regions[place] = (struct region){address, {data, (size_t)part.size}};
    image->region_count++;
    return file_read(file, part.offset, (size_t)part.size, data, error);
}

/* Of a segment with code in it, the sections that hold none. */
static bool add_sections(struct go_image *image, const struct elf *elf, const struct file *file,
                         const struct elf_segment *segment, struct error *error)
{
    if (++image->code_count > REGIONS_MAX)
        return set_damaged(error, "it is loaded in more parts than any linker makes");
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
            !add_region(image, file, section.address, section.part, error))
            return false;
    }
    return true;
}

static bool read_memory(struct go_image *image, const struct elf *elf, const struct file *file,
                        struct error *error)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        struct elf_segment segment;
        Elf64_Phdr header;
        if (!elf_segment(elf, i, &segment, error))
            return false;
        bytes_item(elf->segments, i, &header, sizeof header);
        if (segment.type != PT_LOAD)
            continue;
        if (header.p_flags & PF_X ? !add_sections(image, elf, file, &segment, error)
                                  : !add_region(image, file, segment.address, segment.part, error))
            return false;
    }
    return true;
}

static bool copy(const struct go_image *image, uint64_t address, void *value, size_t size)
{
    const uint8_t *bytes = go_image_bytes(image, address, size);
    if (bytes)
        memcpy(value, bytes, size);
    return bytes;
}

bool go_image_u16(const struct go_image *image, uint64_t address, uint16_t *value)
{
    return copy(image, address, value, sizeof *value);
}

bool go_image_u32(const struct go_image *image, uint64_t address, uint32_t *value)
{
    return copy(image, address, value, sizeof *value);
}

bool go_image_u64(const struct go_image *image, uint64_t address, uint64_t *value)
{
    return copy(image, address, value, sizeof *value);
}

/* ---- symbols ---- */

static size_t symbol_count(const struct go_image *image)
{
    return image->symbols.size / sizeof(Elf64_Sym);
}

static Elf64_Sym symbol_at(const struct go_image *image, size_t index)
{
    Elf64_Sym symbol;
    bytes_item(image->symbols, index, &symbol, sizeof symbol);
    return symbol;
}

/* read_symbols checked all names. */
static const char *name_of(const struct go_image *image, Elf64_Sym symbol)
{
    return (const char *)image->strings.data + symbol.st_name;
}

static bool is_defined(Elf64_Sym symbol)
{
    return symbol.st_shndx != SHN_UNDEF && symbol.st_value;
}

static bool find_symbols(struct go_image *image, const struct elf *elf, struct bytes dynamic,
                         struct error *error)
{
    uint64_t address, size, strings;
    if (!dynamic_entry(elf, dynamic, DT_STRTAB, &strings) ||
        !dynamic_entry(elf, dynamic, DT_STRSZ, &size))
        return true;
    image->strings = (struct bytes){go_image_bytes(image, strings, size), (size_t)size};
    if (!image->strings.data || !size || image->strings.data[size - 1])
        return set_damaged(error, "the names of its dynamic symbols are not there");
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
            return set_damaged(error, "its dynamic symbols are not there");
        return true;
    }
    return true;
}

static bool check_names(const struct go_image *image, size_t *defined, struct error *error)
{
    uint64_t left = (uint64_t)image->strings.size * NAMES_PER_STRING;
    for (size_t i = 0; i < symbol_count(image); i++) {
        Elf64_Sym symbol = symbol_at(image, i);
        if (symbol.st_name >= image->strings.size)
            return set_damaged(error, "a symbol's name lies outside its strings");
        size_t length = strlen(name_of(image, symbol));
        if (length > left)
            return set_damaged(error, "the names of its symbols overlap");
        left -= length;
        *defined += is_defined(symbol);
    }
    return true;
}

static bool insert(struct go_image *image, uint32_t index, const char *name)
{
    uint32_t hash = hash_name(name);
    size_t mask = image->slot_count - 1, at = hash & mask;
    for (int away = 0; away < SLOTS_AWAY_MAX; away++, at = (at + 1) & mask)
        if (!image->slots[at].index) {
            image->slots[at] = (struct slot){index, hash};
            return true;
        }
    return false;
}

static bool read_symbols(struct go_image *image, const struct elf *elf, struct bytes dynamic,
                         struct error *error)
{
    size_t defined = 0;
    if (!find_symbols(image, elf, dynamic, error) || !check_names(image, &defined, error))
        return false;
    /* At least half of the slots stay empty, so that a search ends soon. */
    image->slot_count = 2;
    while (image->slot_count < 2 * defined)
        image->slot_count *= 2;
    image->slots = calloc(image->slot_count, sizeof *image->slots);
    if (!image->slots)
        return error_set_no_memory(error);
    for (size_t i = 1; i < symbol_count(image); i++) {
        Elf64_Sym symbol = symbol_at(image, i);
        if (is_defined(symbol) && !insert(image, (uint32_t)i, name_of(image, symbol)))
            return set_damaged(error, "the names of its symbols were made to hash alike");
    }
    return true;
}

const char *go_image_symbol(const struct go_image *image, size_t index, uint64_t *address,
                            uint64_t *size)
{
    if (index >= symbol_count(image))
        return NULL;
    Elf64_Sym symbol = symbol_at(image, index);
    *address = is_defined(symbol) ? symbol.st_value : 0;
    *size = symbol.st_size;
    return name_of(image, symbol);
}

bool go_image_find(const struct go_image *image, const char *name, uint64_t *address,
                   uint64_t *size)
{
    uint32_t hash = hash_name(name);
    size_t mask = image->slot_count - 1, at = hash & mask;
    for (int away = 0; away < SLOTS_AWAY_MAX; away++, at = (at + 1) & mask) {
        const struct slot *slot = &image->slots[at];
        if (!slot->index)
            return false;
        if (slot->hash == hash && !strcmp(go_image_symbol(image, slot->index, address, size), name))
            return true;
    }
    return false;
}

/* ---- pointers ---- */

/* A table that two entries of the dynamic section describe; empty if there is none. */
static bool find_table(const struct go_image *image, const struct elf *elf, struct bytes dynamic,
                       int64_t address_tag, int64_t size_tag, struct bytes *table,
                       struct error *error)
{
    uint64_t address, size;
    *table = (struct bytes){0};
    if (!dynamic_entry(elf, dynamic, address_tag, &address) ||
        !dynamic_entry(elf, dynamic, size_tag, &size) || !size)
        return true;
    *table = (struct bytes){go_image_bytes(image, address, size), (size_t)size};
    return table->data || set_damaged(error, "its relocations are not there");
}

static bool add_pointer(struct go_image *image, uint64_t address, uint64_t target, size_t capacity)
{
    if (image->pointer_count == capacity)
        return false;
    image->pointers[image->pointer_count++] = (struct pointer){address, target};
    return true;
}

/* Relocations with addends, of which those that are no pointers in Go's tables (R_*_GLOB_DAT, ...)
 * do not count. */
static bool add_with_addends(struct go_image *image, const struct elf *elf, struct bytes table,
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
            if (symbol_index >= symbol_count(image))
                return set_damaged(error, "a relocation is to a symbol that is not there");
            Elf64_Sym symbol = symbol_at(image, (size_t)symbol_index);
            target = is_defined(symbol) ? target + symbol.st_value : ELSEWHERE;
        }
        if (!add_pointer(image, entry.r_offset, target, capacity))
            return set_damaged(error, "it has more relocations than pointers");
    }
    return true;
}

static bool add_in_place(struct go_image *image, uint64_t address, size_t capacity,
                         struct error *error)
{
    uint64_t target;
    if (!go_image_u64(image, address, &target))
        return set_damaged(error, "a relocation is of a place outside of it");
    return add_pointer(image, address, target, capacity) ||
           set_damaged(error, "it has more relocations than pointers");
}

/* Packed relocations (DT_RELR of the gABI): the pointers lie in place. An even word is the address
 * of one; the bits of an odd one, but for its lowest, are of the 63 words after the last. */
static bool add_packed(struct go_image *image, struct bytes table, size_t capacity,
                       struct error *error)
{
    uint64_t next = 0;
    for (size_t i = 0; i < table.size / sizeof(uint64_t); i++) {
        uint64_t word;
        bytes_item(table, i, &word, sizeof word);
        if (!(word & 1)) {
            if (!add_in_place(image, word, capacity, error))
                return false;
            next = word + 8;
            continue;
        }
        for (uint64_t bits = word >> 1, at = next; bits; bits >>= 1, at += 8)
            if (bits & 1 && !add_in_place(image, at, capacity, error))
                return false;
        next += 63 * UINT64_C(8);
    }
    return true;
}

/* By address, eleven bits at a time, from the lowest; equal ones keep their order. Linkers sort
 * relocations by kind and symbol first, and there are thousands. */
static bool sort_pointers(struct go_image *image, struct error *error)
{
    enum { DIGIT = 11, DIGITS = 1 << DIGIT };
    size_t count = image->pointer_count;
    struct pointer *from = image->pointers, *to = malloc((count + 1) * sizeof *to);
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
        struct pointer *swap = from;
        from = to;
        to = swap;
    }
    free(to);
    image->pointers = from;
    return true;
}

static bool read_pointers(struct go_image *image, const struct elf *elf, struct bytes dynamic,
                          struct error *error)
{
    struct bytes with_addends, packed;
    if (!find_table(image, elf, dynamic, DT_RELA, DT_RELASZ, &with_addends, error) ||
        !find_table(image, elf, dynamic, DT_RELR, DT_RELRSZ, &packed, error))
        return false;
    size_t capacity = with_addends.size / sizeof(Elf64_Rela);
    /* Every word of the packed ones stands for up to 63, of those that there are. */
    if (packed.size)
        capacity += (size_t)(image->size / 8);
    image->pointers = malloc((capacity + 1) * sizeof *image->pointers);
    if (!image->pointers)
        return error_set_no_memory(error);
    return add_with_addends(image, elf, with_addends, capacity, error) &&
           add_packed(image, packed, capacity, error) && sort_pointers(image, error);
}

/* The number of the first pointer at this address or behind it. */
static size_t first_pointer(const struct go_image *image, uint64_t address)
{
    size_t low = 0, high = image->pointer_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (image->pointers[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool go_image_pointer(const struct go_image *image, uint64_t address, uint64_t *pointer)
{
    uint64_t in_place;
    if (!go_image_u64(image, address, &in_place))
        return false;
    size_t index = first_pointer(image, address);
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

static bool read_dynamic(struct go_image *image, const struct elf *elf, struct error *error)
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
            return set_damaged(error, "its dynamic section is not loaded");
    }
    return read_symbols(image, elf, dynamic, error) && read_pointers(image, elf, dynamic, error);
}

bool go_image_is_supported(const struct elf *elf)
{
    return elf->is_64 && (elf->machine == EM_X86_64 || elf->machine == EM_AARCH64);
}

struct go_image *go_image_read(const struct elf *elf, const struct file *file, struct error *error)
{
    if (!go_image_is_supported(elf)) {
        error_set(error, PLUGIN_UNSUPPORTED, "Go's modules are read on amd64 and arm64 only");
        return NULL;
    }
    struct go_image *image = calloc(1, sizeof *image);
    if (!image) {
        error_set_no_memory(error);
        return NULL;
    }
    if (read_memory(image, elf, file, error) && read_dynamic(image, elf, error))
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
    free(image->slots);
    free(image->pointers);
    free(image);
}
