/* A Go module of any size, laid out as by Go 1.19, built from start to end. File offsets equal
 * addresses. */
#ifndef TESTS_GOFILE_GO_LARGE_H
#define TESTS_GOFILE_GO_LARGE_H

#include "src/gofile/type_descriptor_p.h"
#include "src/module/module.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef DT_RELR
#define DT_RELR   36
#define DT_RELRSZ 35
#endif

/* The start of the file, and the offsets of the fields of runtime.moduledata in Go 1.19. */
struct go_large_start {
    Elf64_Ehdr header;
    Elf64_Phdr segments[2];
    Elf64_Dyn dynamic[6];
    uint8_t functions[8];
    uint64_t hash[2];
    uint64_t data[53];
};

enum { DATA_TYPES = 280 / 8, DATA_SYMBOLS = 384 / 8, DATA_PATH = 408 / 8 };

struct go_large {
    uint8_t *bytes;
    size_t size, capacity;
    uint64_t *pointers; /* places of pointers */
    size_t pointer_count, pointer_capacity;
    Elf64_Sym *symbols; /* the dynamic ones, whose names are offsets in `strings` */
    size_t symbol_count, symbol_capacity;
    char *strings;
    size_t strings_size, strings_capacity;
    uint32_t (*table)[2]; /* of Go's symbols */
    size_t table_count, table_capacity;
};

/* Makes room for `more` items after `count`. */
static void *go_large_room(void *items, size_t count, size_t more, size_t *capacity, size_t size)
{
    if (count + more <= *capacity)
        return items;
    *capacity = 2 * (count + more);
    void *larger = realloc(items, *capacity * size);
    if (!larger)
        abort();
    return larger;
}

/* Adds zeroed bytes, aligned; returns their offset. */
static uint64_t go_large_add(struct go_large *large, size_t size)
{
    size_t at = (large->size + 7) & ~(size_t)7;
    large->bytes =
        go_large_room(large->bytes, large->size, at - large->size + size, &large->capacity, 1);
    memset(large->bytes + large->size, 0, at - large->size + size);
    large->size = at + size;
    return at;
}

static void go_large_set(struct go_large *large, uint64_t at, uint64_t value, size_t size)
{
    memcpy(large->bytes + at, &value, size);
}

static void go_large_point(struct go_large *large, uint64_t at, uint64_t target)
{
    go_large_set(large, at, target, 8);
    large->pointers = go_large_room(large->pointers, large->pointer_count, 1,
                                    &large->pointer_capacity, sizeof *large->pointers);
    large->pointers[large->pointer_count++] = at;
}

/* Adds a Go name (abi.Name); returns its offset. */
static uint64_t go_large_name(struct go_large *large, const char *name, size_t length)
{
    uint64_t at = go_large_add(large, length + 4), lengths = at + 1;
    for (size_t left = length; left; left >>= 7)
        large->bytes[lengths++] = (uint8_t)((left & 0x7F) | (left >> 7 ? 0x80 : 0));
    memcpy(large->bytes + lengths, name, length);
    return at;
}

/* Adds a string to the dynamic string table; returns its offset there. */
static uint32_t go_large_string(struct go_large *large, const char *string)
{
    size_t at = large->strings_size, size = strlen(string) + 1;
    large->strings = go_large_room(large->strings, at, size, &large->strings_capacity, 1);
    memcpy(large->strings + at, string, size);
    large->strings_size += size;
    return (uint32_t)at;
}

static void go_large_symbol(struct go_large *large, uint32_t name, uint64_t address)
{
    large->symbols = go_large_room(large->symbols, large->symbol_count, 1, &large->symbol_capacity,
                                   sizeof *large->symbols);
    large->symbols[large->symbol_count++] = (Elf64_Sym){
        .st_name = name, .st_shndx = address ? 1 : SHN_UNDEF, .st_value = address, .st_size = 16};
}

#define GO_LARGE_AT(member) offsetof(struct go_large_start, member)

static struct go_large go_large_start(void)
{
    static const uint8_t functions[] = {0xf0, 0xff, 0xff, 0xff, 0, 0, 1, 8};
    struct go_large large = {0};
    go_large_add(&large, sizeof(struct go_large_start));
    memcpy(large.bytes + GO_LARGE_AT(functions), functions, sizeof functions);
    go_large_point(&large, GO_LARGE_AT(hash), GO_LARGE_AT(functions));
    go_large_set(&large, GO_LARGE_AT(hash[1]), 8, 8);
    go_large_symbol(&large, go_large_string(&large, ""), 0);
    go_large_symbol(&large, go_large_string(&large, "go.link.pkghash.runtime"), GO_LARGE_AT(hash));
    return large;
}

/* Adds a type descriptor with so many words after the common part. */
static uint64_t go_large_type(struct go_large *large, enum go_kind kind, uint64_t size,
                              uint8_t alignment, uint64_t name, size_t words)
{
    uint64_t at = go_large_add(large, 48 + words * 8);
    go_large_set(large, at, size, 8);
    large->bytes[at + 21] = alignment;
    large->bytes[at + 23] = (uint8_t)kind;
    go_large_set(large, at + 40, name - sizeof(Elf64_Ehdr), 4);
    return at;
}

/* Adds a struct whose members have one name and one byte each, `stride` bytes apart. */
static uint64_t go_large_struct(struct go_large *large, uint64_t name, size_t count,
                                uint64_t stride, uint64_t type)
{
    uint64_t at = go_large_type(large, GO_STRUCT, count * stride, 1, name, 4);
    uint64_t fields = go_large_add(large, count * 24);
    go_large_point(large, at + 56, fields);
    go_large_set(large, at + 64, count, 8);
    go_large_set(large, at + 72, count, 8);
    for (size_t i = 0; i < count; i++) {
        go_large_point(large, fields + i * 24, name);
        go_large_point(large, fields + i * 24 + 8, type);
        go_large_set(large, fields + i * 24 + 16, i * stride, 8);
    }
    return at;
}

/* Adds a func with so many parameters of one type. */
static uint64_t go_large_func(struct go_large *large, uint64_t name, uint16_t count, uint64_t type)
{
    uint64_t at = go_large_type(large, GO_FUNC, 8, 8, name, 1 + (size_t)count);
    go_large_set(large, at + 48, count, 2);
    for (size_t i = 0; i < count; i++)
        go_large_point(large, at + 56 + i * 8, type);
    return at;
}

/* Adds an exported Go symbol of this type, and its dynamic symbol in the plugin "p". */
static void go_large_export(struct go_large *large, const char *name, uint64_t type)
{
    char full[64];
    snprintf(full, sizeof full, "p.%s", name);
    go_large_symbol(large, go_large_string(large, full), GO_LARGE_AT(hash));
    large->table = go_large_room(large->table, large->table_count, 1, &large->table_capacity,
                                 sizeof *large->table);
    uint32_t *entry = large->table[large->table_count++];
    entry[0] = (uint32_t)(go_large_name(large, name, strlen(name)) - sizeof(Elf64_Ehdr));
    entry[1] = (uint32_t)(type - sizeof(Elf64_Ehdr));
}

static uint64_t go_large_copy(struct go_large *large, const void *bytes, size_t size)
{
    uint64_t at = go_large_add(large, size);
    if (size)
        memcpy(large->bytes + at, bytes, size);
    return at;
}

/* Adds the relocations of all pointers (DT_RELR). They were added in order, except those of the
 * start. */
static uint64_t go_large_relocations(struct go_large *large, size_t *size)
{
    uint64_t *words = calloc(2 * large->pointer_count + 1, sizeof *words), next = 0;
    size_t count = 0;
    if (!words)
        abort();
    for (size_t i = 0; i < large->pointer_count; i++) {
        uint64_t at = large->pointers[i];
        bool is_bit = count && at >= next && at - next < 63 * 8;
        if (is_bit && words[count - 1] & 1) {
            words[count - 1] |= UINT64_C(2) << (at - next) / 8;
        } else if (is_bit) {
            words[count++] = 1 | UINT64_C(2) << (at - next) / 8;
        } else if (count && words[count - 1] & 1 && at >= next + 63 * 8 &&
                   at - next - 63 * 8 < 63 * 8) {
            next += 63 * 8;
            words[count++] = 1 | UINT64_C(2) << (at - next) / 8;
        } else {
            words[count++] = at;
            next = at + 8;
        }
    }
    *size = count * sizeof *words;
    uint64_t at = go_large_copy(large, words, *size);
    free(words);
    return at;
}

static void go_large_end_start(struct go_large *large, uint64_t symbols, uint64_t strings,
                               uint64_t relocations, size_t relocations_size)
{
    struct go_large_start *start = (void *)large->bytes;
    start->header = (Elf64_Ehdr){.e_type = ET_DYN,
                                 .e_machine = EM_X86_64,
                                 .e_phoff = GO_LARGE_AT(segments),
                                 .e_phentsize = sizeof *start->segments,
                                 .e_phnum = 2,
                                 .e_shoff = large->size - 4 * sizeof(Elf64_Shdr),
                                 .e_shentsize = sizeof(Elf64_Shdr),
                                 .e_shnum = 4,
                                 .e_shstrndx = 2};
    memcpy(start->header.e_ident, ELFMAG, SELFMAG);
    start->header.e_ident[EI_CLASS] = ELFCLASS64;
    start->header.e_ident[EI_DATA] = ELFDATA2LSB;
    start->header.e_ident[EI_VERSION] = EV_CURRENT;
    start->segments[0] = (Elf64_Phdr){
        .p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = large->size, .p_memsz = large->size};
    start->segments[1] = (Elf64_Phdr){.p_type = PT_DYNAMIC,
                                      .p_offset = GO_LARGE_AT(dynamic),
                                      .p_vaddr = GO_LARGE_AT(dynamic),
                                      .p_filesz = sizeof start->dynamic,
                                      .p_memsz = sizeof start->dynamic};
    const Elf64_Dyn dynamic[] = {{.d_tag = DT_STRTAB, .d_un.d_val = strings},
                                 {.d_tag = DT_STRSZ, .d_un.d_val = large->strings_size},
                                 {.d_tag = DT_SYMTAB, .d_un.d_val = symbols},
                                 {.d_tag = DT_RELR, .d_un.d_val = relocations},
                                 {.d_tag = DT_RELRSZ, .d_un.d_val = relocations_size},
                                 {.d_tag = DT_NULL}};
    memcpy(start->dynamic, dynamic, sizeof dynamic);
}

/* Ends the module. Returns a file in memory, at least of this size. */
static struct file go_large_end(struct go_large *large, size_t size)
{
    static const char names[] = "\0.note.go.buildid";
    uint64_t table = go_large_copy(large, large->table, large->table_count * 8);
    go_large_point(large, GO_LARGE_AT(data), GO_LARGE_AT(functions));
    go_large_point(large, GO_LARGE_AT(data[DATA_TYPES]), sizeof(Elf64_Ehdr));
    go_large_point(large, GO_LARGE_AT(data[DATA_TYPES + 1]), table);
    go_large_point(large, GO_LARGE_AT(data[DATA_SYMBOLS]), table);
    go_large_set(large, GO_LARGE_AT(data[DATA_SYMBOLS + 1]), large->table_count, 8);
    go_large_set(large, GO_LARGE_AT(data[DATA_SYMBOLS + 2]), large->table_count, 8);
    go_large_point(large, GO_LARGE_AT(data[DATA_PATH]), go_large_copy(large, "p", 1));
    go_large_set(large, GO_LARGE_AT(data[DATA_PATH + 1]), 1, 8);
    size_t symbols_size = large->symbol_count * sizeof *large->symbols, relocations_size;
    uint64_t symbols = go_large_copy(large, large->symbols, symbols_size);
    uint64_t strings = go_large_copy(large, large->strings, large->strings_size);
    uint64_t relocations = go_large_relocations(large, &relocations_size);
    uint64_t at = go_large_copy(large, names, sizeof names);
    const Elf64_Shdr sections[] = {
        {0},
        {.sh_type = SHT_DYNSYM,
         .sh_flags = SHF_ALLOC,
         .sh_addr = symbols,
         .sh_offset = symbols,
         .sh_size = symbols_size},
        {.sh_type = SHT_STRTAB, .sh_offset = at, .sh_size = sizeof names},
        {.sh_name = 1, .sh_type = SHT_NOTE, .sh_offset = at, .sh_size = 1}};
    if (large->size + sizeof sections < size)
        go_large_add(large, (size - large->size - sizeof sections) & ~(size_t)7);
    go_large_copy(large, sections, sizeof sections);
    go_large_end_start(large, symbols, strings, relocations, relocations_size);
    struct file file = {.descriptor = memfd_create("go", 0), .size = large->size};
    for (size_t done = 0; done < large->size;) {
        ssize_t count = write(file.descriptor, large->bytes + done, large->size - done);
        if (count <= 0)
            abort();
        done += (size_t)count;
    }
    free(large->bytes);
    free(large->pointers);
    free(large->symbols);
    free(large->strings);
    free(large->table);
    return file;
}

#endif
