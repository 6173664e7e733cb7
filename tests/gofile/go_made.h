/* A small Go module, laid out by hand as by Go's linker. File offsets equal addresses. */
#ifndef TESTS_GOFILE_GO_MADE_H
#define TESTS_GOFILE_GO_MADE_H

#include "src/gofile/type_descriptor_p.h"

#include <assert.h>
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef DT_RELR
#define DT_RELR   36
#define DT_RELRSZ 35
#endif

/* The types of the module. */
enum {
    INT,
    STRING,
    POINTER,
    SLICE,
    ARRAY,
    MAP,
    CHANNEL,
    STRUCT,
    FUNC,
    DATA, /* runtime.moduledata */
    TYPES
};

struct descriptor {
    uint64_t size, pointers;
    uint32_t hash;
    uint8_t flags, alignment, field_alignment, kind;
    uint64_t equal, gc;
    uint32_t name, pointer_to_this;
    uint64_t more[8]; /* what the kind has of its own */
};

struct field {
    uint64_t name, type, offset;
};

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segments[66]; /* most are unused */
    Elf64_Dyn dynamic[8];
    Elf64_Sym symbols[9];
    Elf64_Rela relocations[64];
    uint64_t packed[2];
    char strings[256];
    struct descriptor types[TYPES];
    struct field fields[3], data_fields[6];
    uint8_t names[512];
    uint32_t table[2][2]; /* of the symbols: name and type, as offsets from types */
    uint64_t data[9];     /* moduledata: functions, types (2), symbols (3), path (2), next */
    uint64_t hashes[2][2], version[2];
    uint64_t plain[4]; /* words that a test points from */
    uint8_t functions[8];
    char texts[64];
    uint8_t build[256];
    Elf64_Shdr sections[6];
    char section_names[64];
    /* Used items of the arrays above. */
    uint64_t relocation_count, string_size, name_size, text_size;
};

#define AT(member) offsetof(struct image, member)

/* The address of the code, which is not in the file. */
enum { CODE = 1 << 20, CODE_SEGMENT = 65 };

static char *place(struct image *image, uint64_t at)
{
    return (char *)image + at;
}

/* Adds a relocated pointer. */
static void point(struct image *image, uint64_t at, uint64_t target)
{
    assert(image->relocation_count < sizeof image->relocations / sizeof *image->relocations);
    image->relocations[image->relocation_count++] =
        (Elf64_Rela){at, ELF64_R_INFO(0, R_X86_64_RELATIVE), (int64_t)target};
}

/* Adds a Go name (abi.Name); returns its address. */
static uint64_t add_name(struct image *image, const char *name)
{
    uint64_t at = image->name_size;
    image->names[at + 1] = (uint8_t)strlen(name);
    memcpy(image->names + at + 2, name, strlen(name));
    image->name_size += strlen(name) + 2;
    return AT(names) + at;
}

/* Writes a Go string at an address. */
static void add_text(struct image *image, uint64_t at, const char *text, size_t size)
{
    memcpy(image->texts + image->text_size, text, size);
    memcpy(place(image, at + 8), &size, sizeof size);
    point(image, at, AT(texts) + image->text_size);
    image->text_size += size;
}

static void add_symbol(struct image *image, int number, const char *name, uint64_t address)
{
    Elf64_Sym *symbol = &image->symbols[number];
    symbol->st_name = (uint32_t)image->string_size;
    symbol->st_shndx = address ? 1 : SHN_UNDEF;
    symbol->st_value = address;
    symbol->st_size = 16;
    memcpy(image->strings + image->string_size, name, strlen(name));
    image->string_size += strlen(name) + 1;
}

static uint64_t type_at(int type)
{
    return AT(types) + (uint64_t)type * sizeof(struct descriptor);
}

static void add_type(struct image *image, int type, enum go_kind kind, uint64_t size,
                     uint8_t alignment, const char *name)
{
    struct descriptor *descriptor = &image->types[type];
    descriptor->size = size;
    descriptor->alignment = alignment;
    /* The high bits of the kind are flags. A name with a star is that of the pointer to the type.
     */
    descriptor->kind = (uint8_t)(kind | 0x20);
    descriptor->flags = *name == '*' && kind != GO_POINTER ? 2 | 4 : 0;
    descriptor->name = (uint32_t)(add_name(image, name) - AT(types));
}

/* Returns the address of a word after the 48 bytes that all descriptors have. */
static uint64_t more_at(int type, int word)
{
    return type_at(type) + 48 + (uint64_t)word * 8;
}

static void add_field(struct image *image, uint64_t at, const char *name, int type, uint64_t offset)
{
    point(image, at, add_name(image, name));
    point(image, at + 8, type_at(type));
    memcpy(place(image, at + 16), &offset, sizeof offset);
}

static void add_types(struct image *image)
{
    static const struct {
        const char *name;
        int type;
        uint64_t offset;
    } data[] = {{"pcHeader", POINTER, 0}, {"types", INT, 8},          {"etypes", INT, 16},
                {"ptab", SLICE, 24},      {"pluginpath", STRING, 48}, {"next", POINTER, 64}};
    add_type(image, INT, GO_INT, 8, 8, "*int");
    add_type(image, STRING, GO_STRING, 16, 8, "*string");
    add_type(image, POINTER, GO_POINTER, 8, 8, "*int");
    add_type(image, SLICE, GO_SLICE, 24, 8, "[]int");
    add_type(image, ARRAY, GO_ARRAY, 24, 8, "[3]int");
    add_type(image, MAP, GO_MAP, 8, 8, "map[string]int");
    add_type(image, CHANNEL, GO_CHAN, 8, 8, "chan int");
    add_type(image, STRUCT, GO_STRUCT, 24, 8, "*main.\303\211");
    add_type(image, FUNC, GO_FUNC, 8, 8, "func(string, ...int) int");
    add_type(image, DATA, GO_STRUCT, 72, 8, "*runtime.moduledata");
    for (int type = POINTER; type <= ARRAY; type++)
        point(image, more_at(type, 0), type_at(INT));
    image->types[ARRAY].more[2] = 3;
    point(image, more_at(MAP, 0), type_at(STRING));
    point(image, more_at(MAP, 1), type_at(INT));
    point(image, more_at(CHANNEL, 0), type_at(INT));
    point(image, more_at(STRUCT, 1), AT(fields));
    image->types[STRUCT].more[2] = image->types[STRUCT].more[3] = 2;
    add_field(image, AT(fields[0]), "A", INT, 0);
    add_field(image, AT(fields[1]), "\303\234", STRING, 8);
    /* Two parameters, one result, variadic; the uncommon type (two words) precedes the types. */
    image->types[FUNC].more[0] = 2 | UINT64_C(0x8001) << 16;
    image->types[FUNC].flags = 1;
    point(image, more_at(FUNC, 3), type_at(STRING));
    point(image, more_at(FUNC, 4), type_at(SLICE));
    point(image, more_at(FUNC, 5), type_at(INT));
    point(image, more_at(DATA, 1), AT(data_fields));
    image->types[DATA].more[2] = image->types[DATA].more[3] = sizeof data / sizeof *data;
    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        add_field(image, AT(data_fields) + i * sizeof(struct field), data[i].name, data[i].type,
                  data[i].offset);
}

static void add_data(struct image *image)
{
    static const uint8_t functions[] = {0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8};
    memcpy(image->functions, functions, sizeof functions);
    point(image, AT(data[0]), AT(functions));
    point(image, AT(data[1]), AT(types));
    point(image, AT(data[2]), AT(table));
    point(image, AT(data[3]), AT(table));
    image->data[4] = image->data[5] = 2;
    add_text(image, AT(data[6]), "x/p%2eq", 7);
    image->table[0][0] = (uint32_t)(add_name(image, "V") - AT(types));
    image->table[0][1] = (uint32_t)(type_at(POINTER) - AT(types));
    image->table[1][0] = (uint32_t)(add_name(image, "F") - AT(types));
    image->table[1][1] = (uint32_t)(type_at(FUNC) - AT(types));
    add_text(image, AT(hashes[0]), "\1\2", 2);
    add_text(image, AT(hashes[1]), "\3", 1);
    add_text(image, AT(version), "go1.20.1", 8);
}

static void add_build(struct image *image)
{
    static const char lines[] = "0123456789abcdef"
                                "path\tx/p.q\nbuild\t-buildmode=plugin\nbuild\t-trimpath=true\n"
                                "build\t-tags=a,b\nbuild\tCGO_ENABLED=1\nbuild\tGOAMD64=v3\n"
                                "0123456789abcdef";
    uint8_t *at = image->build;
    memcpy(at, "\xff Go buildinf:\x08\x02", 16);
    memcpy(at + 32, "\x08go1.24.4", 9);
    at[41] = (uint8_t)((sizeof lines - 1) | 0x80);
    at[42] = (uint8_t)((sizeof lines - 1) >> 7);
    memcpy(at + 43, lines, sizeof lines - 1);
}

static void add_section(struct image *image, int number, const char *name, uint32_t type,
                        uint64_t flags, uint64_t at, uint64_t size)
{
    static uint32_t name_at;
    if (number == 1)
        name_at = 1;
    memcpy(image->section_names + name_at, name, strlen(name));
    image->sections[number] = (Elf64_Shdr){.sh_name = name_at,
                                           .sh_type = type,
                                           .sh_flags = flags,
                                           .sh_addr = flags & SHF_ALLOC ? at : 0,
                                           .sh_offset = at,
                                           .sh_size = size};
    name_at += (uint32_t)strlen(name) + 1;
}

static void add_headers(struct image *image)
{
    Elf64_Ehdr *header = &image->header;
    memcpy(header->e_ident, ELFMAG, SELFMAG);
    header->e_ident[EI_CLASS] = ELFCLASS64;
    header->e_ident[EI_DATA] = ELFDATA2LSB;
    header->e_ident[EI_VERSION] = EV_CURRENT;
    header->e_type = ET_DYN;
    header->e_machine = EM_X86_64;
    header->e_phoff = AT(segments);
    header->e_phentsize = sizeof *image->segments;
    header->e_phnum = sizeof image->segments / sizeof *image->segments;
    header->e_shoff = AT(sections);
    header->e_shentsize = sizeof *image->sections;
    header->e_shnum = sizeof image->sections / sizeof *image->sections;
    header->e_shstrndx = 4;
    image->segments[0] = (Elf64_Phdr){
        .p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = AT(sections), .p_memsz = AT(sections)};
    image->segments[1] = (Elf64_Phdr){.p_type = PT_DYNAMIC,
                                      .p_flags = PF_R,
                                      .p_offset = AT(dynamic),
                                      .p_vaddr = AT(dynamic),
                                      .p_filesz = sizeof image->dynamic,
                                      .p_memsz = sizeof image->dynamic};
    image->segments[CODE_SEGMENT] =
        (Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = CODE};
    add_section(image, 1, ".rodata", SHT_PROGBITS, SHF_ALLOC, AT(dynamic), AT(build) - AT(dynamic));
    add_section(image, 2, ".dynsym", SHT_DYNSYM, SHF_ALLOC, AT(symbols), sizeof image->symbols);
    add_section(image, 3, ".go.buildinfo", SHT_PROGBITS, SHF_ALLOC, AT(build), sizeof image->build);
    add_section(image, 4, ".shstrtab", SHT_STRTAB, 0, AT(section_names),
                sizeof image->section_names);
    add_section(image, 5, ".note.go.buildid", SHT_NOTE, SHF_ALLOC, AT(texts), 4);
}

static void make_image(struct image *image)
{
    memset(image, 0, sizeof *image);
    image->string_size = 1;
    add_headers(image);
    add_types(image);
    add_data(image);
    add_build(image);
    add_symbol(image, 1, "outside", 0);
    add_symbol(image, 2, "type:runtime.moduledata", type_at(DATA));
    add_symbol(image, 3, "go:link.pkghash.x/p.q", AT(hashes[0]));
    add_symbol(image, 4, "go.link.pkghash.runtime", AT(hashes[1]));
    add_symbol(image, 5, "go:link.pkghashbytes.fmt", AT(texts));
    add_symbol(image, 6, "x/p%2eq.V", AT(plain));
    add_symbol(image, 7, "x/p%2eq.F", CODE);
    add_symbol(image, 8, "runtime.buildVersion", AT(version));
    const Elf64_Dyn dynamic[] = {{.d_tag = DT_STRTAB, .d_un.d_val = AT(strings)},
                                 {.d_tag = DT_STRSZ, .d_un.d_val = sizeof image->strings},
                                 {.d_tag = DT_SYMTAB, .d_un.d_val = AT(symbols)},
                                 {.d_tag = DT_RELA, .d_un.d_val = AT(relocations)},
                                 {.d_tag = DT_RELASZ, .d_un.d_val = sizeof image->relocations},
                                 {.d_tag = DT_RELR, .d_un.d_val = AT(packed)},
                                 {.d_tag = DT_RELRSZ, .d_un.d_val = 0},
                                 {.d_tag = DT_NULL}};
    memcpy(image->dynamic, dynamic, sizeof dynamic);
}

#endif
