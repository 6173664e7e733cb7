/* A dynamic section with all that the reader knows, and views of it. */
#ifndef TESTS_ELF_DYNAMIC_MADE_H
#define TESTS_ELF_DYNAMIC_MADE_H

#include "src/base/arena.h"
#include "src/elf/dynamic.h"
#include "tests/common/check.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 16, STRINGS_SIZE = 1024 };

/* Symbols of the made module, by number. */
enum { AREA_2 = 1, AREA_1, PRINTF, PLAIN, PRIVATE, MAYBE, ONLY_HIDDEN, THREAD, SYMBOL_COUNT };

/* Versions, by number; 0 and 1 are none. */
enum { MADE_1 = 2, MADE_2, GLIBC, HIDDEN = 0x8000 };

struct definition {
    Elf64_Verdef head;
    Elf64_Verdaux name;
};

/* The tables of a module, to be damaged. */
struct made {
    struct elf elf;
    Elf64_Dyn entries[SLOTS];
    size_t entry_count;
    Elf64_Sym symbols[SLOTS];
    size_t symbol_count;
    uint16_t versions[SLOTS];
    size_t version_count;
    char strings[STRINGS_SIZE];
    size_t strings_size;
    struct {
        Elf64_Verneed head;
        Elf64_Vernaux name;
    } wanted;
    size_t wanted_size;
    struct definition defined[3];
    size_t defined_size;
};

static inline uint32_t add_string(struct made *made, const char *string)
{
    size_t at = made->strings_size;
    made->strings_size += strlen(string) + 1;
    assert_true(made->strings_size <= STRINGS_SIZE);
    strcpy(made->strings + at, string);
    return (uint32_t)at;
}

static inline void add_entry(struct made *made, int64_t tag, uint64_t value)
{
    assert_true(made->entry_count < SLOTS);
    made->entries[made->entry_count++] = (Elf64_Dyn){.d_tag = tag, .d_un.d_val = value};
}

static inline void add_symbol(struct made *made, const char *name, int bind, int type,
                              uint16_t section, uint64_t value, int version)
{
    assert_true(made->symbol_count < SLOTS);
    made->versions[made->symbol_count] = (uint16_t)version;
    made->version_count++;
    made->symbols[made->symbol_count++] =
        (Elf64_Sym){.st_name = add_string(made, name),
                    .st_info = (unsigned char)ELF64_ST_INFO(bind, type),
                    .st_shndx = section,
                    .st_value = value};
}

static inline void set_definition(struct made *made, size_t index, int number, int flags,
                                  const char *name)
{
    bool is_last = index + 1 == COUNT(made->defined);
    made->defined[index] = (struct definition){{.vd_version = VER_DEF_CURRENT,
                                                .vd_flags = (Elf64_Half)flags,
                                                .vd_ndx = (Elf64_Half)number,
                                                .vd_cnt = 1,
                                                .vd_aux = sizeof(Elf64_Verdef),
                                                .vd_next = is_last ? 0 : sizeof(struct definition)},
                                               {.vda_name = add_string(made, name)}};
    made->defined_size = (index + 1) * sizeof(struct definition);
}

static inline struct made valid(void)
{
    struct made made = {.elf = {.is_64 = true}};
    add_string(&made, "");
    add_entry(&made, DT_NEEDED, add_string(&made, "libc.so.6"));
    add_entry(&made, DT_NEEDED, add_string(&made, "libm.so.6"));
    add_entry(&made, DT_SONAME, add_string(&made, "libmade.so.1"));
    add_entry(&made, DT_RUNPATH, add_string(&made, "/opt/lib"));
    add_entry(&made, DT_NULL, 0);
    add_symbol(&made, "", STB_LOCAL, STT_NOTYPE, SHN_UNDEF, 0, 0);
    add_symbol(&made, "area", STB_GLOBAL, STT_FUNC, 7, 0x200, MADE_2);
    add_symbol(&made, "area", STB_GLOBAL, STT_FUNC, 7, 0x100, MADE_1 | HIDDEN);
    add_symbol(&made, "printf", STB_GLOBAL, STT_FUNC, SHN_UNDEF, 0, GLIBC);
    add_symbol(&made, "plain", STB_WEAK, STT_OBJECT, 8, 0x300, VER_NDX_GLOBAL);
    add_symbol(&made, "private", STB_GLOBAL, STT_FUNC, 7, 0x400, VER_NDX_GLOBAL);
    made.symbols[PRIVATE].st_other = STV_HIDDEN;
    add_symbol(&made, "maybe", STB_WEAK, STT_NOTYPE, SHN_UNDEF, 0, VER_NDX_GLOBAL);
    add_symbol(&made, "only_hidden", STB_GLOBAL, STT_FUNC, 7, 0x500, MADE_2 | HIDDEN);
    add_symbol(&made, "thread", STB_GLOBAL, STT_TLS, 9, 0, MADE_2);
    set_definition(&made, 0, VER_NDX_GLOBAL, VER_FLG_BASE, "libmade.so.1");
    set_definition(&made, 1, MADE_1, 0, "MADE_1");
    set_definition(&made, 2, MADE_2, 0, "MADE_2");
    made.wanted.head = (Elf64_Verneed){.vn_version = VER_NEED_CURRENT,
                                       .vn_cnt = 1,
                                       .vn_file = add_string(&made, "libc.so.6"),
                                       .vn_aux = sizeof(Elf64_Verneed)};
    made.wanted.name =
        (Elf64_Vernaux){.vna_other = GLIBC, .vna_name = add_string(&made, "GLIBC_2.2.5")};
    made.wanted_size = sizeof made.wanted;
    return made;
}

/* A view, and copies of exactly the bytes that it is of, so that ASan sees a read beyond them. */
struct view {
    struct arena arena;
    struct dynamic dynamic;
    void *copies[6];
    struct error error;
    bool is_read;
};

static inline struct bytes copy(struct view *view, size_t index, const void *bytes, size_t size)
{
    view->copies[index] = malloc(size ? size : 1);
    assert_non_null(view->copies[index]);
    if (size)
        memcpy(view->copies[index], bytes, size);
    return (struct bytes){view->copies[index], size};
}

static inline void read_view(struct view *view, const struct made *made)
{
    *view = (struct view){0};
    struct dynamic_tables tables = {
        .entries = copy(view, 0, made->entries, made->entry_count * sizeof *made->entries),
        .symbols = copy(view, 1, made->symbols, made->symbol_count * sizeof *made->symbols),
        .strings = copy(view, 2, made->strings, made->strings_size),
        .versions = copy(view, 3, made->versions, made->version_count * sizeof *made->versions),
        .wanted = copy(view, 4, &made->wanted, made->wanted_size),
        .defined = copy(view, 5, made->defined, made->defined_size),
    };
    view->is_read = dynamic_read(&view->dynamic, &made->elf, &tables, &view->arena, &view->error);
}

static inline void free_view(struct view *view)
{
    arena_deinit(&view->arena);
    error_free(&view->error);
    for (size_t i = 0; i < COUNT(view->copies); i++)
        free(view->copies[i]);
}

#define VIEW_AUTO __attribute__((cleanup(free_view))) struct view

static inline uint64_t found_at(const struct view *view, const char *name, const char *version)
{
    struct dynamic_symbol symbol;
    return dynamic_find(&view->dynamic, name, version, &symbol) ? symbol.address : 0;
}

#endif
