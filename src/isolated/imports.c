/* SPDX-License-Identifier: MIT */
#include "isolated/imports_p.h"
#include "isolated/sealed_memory.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENTS = 5, DYNAMICS = 7, FILE_MAX = 1 << 26 };

/* Where the parts are; addresses are offsets in the file. */
struct layout {
    uint64_t symbols, hash, strings, code, dynamic, table, size;
    uint64_t strings_size, page;
    uint32_t count; /* of functions */
};

static const char *import_name(const struct plan *plan, uint32_t index)
{
    return plan_name(plan, plan_function(plan, plan->symbol_count + index)->name);
}

static struct layout lay_out(const struct plan *plan, size_t page)
{
    struct layout layout = {
        .count = plan->import_count, .page = page, .strings_size = sizeof "plugin-imports" + 1};
    for (uint32_t i = 0; i < layout.count; i++)
        layout.strings_size += strlen(import_name(plan, i)) + 1;
    layout.symbols = align_up(sizeof(Elf64_Ehdr) + SEGMENTS * sizeof(Elf64_Phdr), 8);
    layout.hash = layout.symbols + (layout.count + 1) * sizeof(Elf64_Sym);
    layout.strings = layout.hash + (2 + 2 * (layout.count + 1)) * sizeof(Elf64_Word);
    layout.code = align_up(layout.strings + layout.strings_size, page);
    layout.dynamic = align_up(layout.code + (uint64_t)layout.count * IMPORTS_ENTRY, page);
    /* The table has its own pages, which nobody can write once it is filled. */
    layout.table = align_up(layout.dynamic + DYNAMICS * sizeof(Elf64_Dyn), page);
    layout.size = align_up(layout.table + layout.count * sizeof(uint64_t), page);
    return layout;
}

static void put_headers(uint8_t *file, const struct layout *layout)
{
    Elf64_Ehdr header = {.e_type = ET_DYN,
                         .e_machine = imports_machine,
                         .e_version = EV_CURRENT,
                         .e_phoff = sizeof header,
                         .e_ehsize = sizeof header,
                         .e_phentsize = sizeof(Elf64_Phdr),
                         .e_phnum = SEGMENTS};
    memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    const struct {
        uint32_t type, flags;
        uint64_t start, end;
    } segments[SEGMENTS] = {
        {PT_LOAD, PF_R, 0, layout->strings + layout->strings_size},
        {PT_LOAD, PF_R | PF_X, layout->code, layout->dynamic},
        {PT_LOAD, PF_R | PF_W, layout->dynamic, layout->size},
        {PT_DYNAMIC, PF_R | PF_W, layout->dynamic, layout->dynamic + DYNAMICS * sizeof(Elf64_Dyn)},
        {PT_GNU_STACK, PF_R | PF_W, 0, 0}};
    memcpy(file, &header, sizeof header);
    for (size_t i = 0; i < SEGMENTS; i++) {
        uint64_t size = segments[i].end - segments[i].start;
        Elf64_Phdr program = {.p_type = segments[i].type,
                              .p_flags = segments[i].flags,
                              .p_offset = segments[i].start,
                              .p_vaddr = segments[i].start,
                              .p_paddr = segments[i].start,
                              .p_filesz = size,
                              .p_memsz = size,
                              .p_align = segments[i].type == PT_LOAD ? layout->page : 8};
        memcpy(file + sizeof header + i * sizeof program, &program, sizeof program);
    }
}

/* The hash of DT_HASH. */
static uint32_t hash(const char *name)
{
    uint32_t value = 0;
    for (; *name; name++) {
        value = (value << 4) + (unsigned char)*name;
        uint32_t top = value & 0xf0000000;
        value = (value ^ top >> 24) & ~top;
    }
    return value;
}

static void put_symbols(uint8_t *file, const struct layout *layout, const struct plan *plan)
{
    Elf64_Sym *symbols = (Elf64_Sym *)(file + layout->symbols);
    Elf64_Word *table = (Elf64_Word *)(file + layout->hash);
    Elf64_Word buckets = layout->count + 1, *bucket = table + 2, *chain = bucket + buckets;
    char *strings = (char *)(file + layout->strings);
    Elf64_Word at = sizeof "plugin-imports" + 1;
    memcpy(strings + 1, "plugin-imports", sizeof "plugin-imports");
    table[0] = buckets;
    table[1] = layout->count + 1;
    for (uint32_t i = 0; i < layout->count; i++) {
        const char *name = import_name(plan, i);
        size_t length = strlen(name) + 1;
        symbols[i + 1] = (Elf64_Sym){.st_name = at,
                                     .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                                     .st_shndx = 1, /* defined; there are no sections */
                                     .st_value = layout->code + (uint64_t)i * IMPORTS_ENTRY,
                                     .st_size = IMPORTS_ENTRY};
        memcpy(strings + at, name, length);
        at += (Elf64_Word)length;
        Elf64_Word *first = &bucket[hash(name) % buckets];
        chain[i + 1] = *first;
        *first = i + 1;
    }
}

static void put_code(uint8_t *file, const struct layout *layout)
{
    for (uint64_t i = 0; i < layout->count; i++) {
        uint64_t at = layout->code + i * IMPORTS_ENTRY;
        imports_put_entry(file + at, at, layout->table + i * sizeof(uint64_t));
    }
}

static void put_dynamic(uint8_t *file, const struct layout *layout)
{
    const Elf64_Dyn dynamic[DYNAMICS] = {{DT_SONAME, {1}},
                                         {DT_HASH, {layout->hash}},
                                         {DT_STRTAB, {layout->strings}},
                                         {DT_STRSZ, {layout->strings_size}},
                                         {DT_SYMTAB, {layout->symbols}},
                                         {DT_SYMENT, {sizeof(Elf64_Sym)}},
                                         {DT_NULL, {0}}};
    memcpy(file + layout->dynamic, dynamic, sizeof dynamic);
}

int imports_make(const struct plan *plan, size_t page, uint32_t *code, uint32_t *table,
                 struct error *error)
{
    struct layout layout = lay_out(plan, page);
    if (layout.size > FILE_MAX) {
        error_set(error, PLUGIN_UNSUPPORTED, "it imports too much from the host");
        return -1;
    }
    uint8_t *file = calloc(1, layout.size);
    if (!file) {
        error_set_no_memory(error);
        return -1;
    }
    put_headers(file, &layout);
    put_symbols(file, &layout, plan);
    put_code(file, &layout);
    put_dynamic(file, &layout);
    *code = (uint32_t)layout.code;
    *table = (uint32_t)layout.table;
    int made = sealed_memory("plugin-imports", file, layout.size);
    if (made < 0)
        error_set(error, PLUGIN_SYSTEM, "cannot write what it imports from the host: %s",
                  strerror(errno));
    free(file);
    return made;
}
