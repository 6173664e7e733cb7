/* The reader of dynamic tables: what it reads of both classes of file, which symbol it finds, and
 * what it refuses. */
#include "src/elf/dynamic.h"
#include "src/base/arena.h"
#include "tests/common/check.h"
#include "tests/common/crowd.h"

#include <elf.h>
#include <stdio.h>
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

static uint32_t add_string(struct made *made, const char *string)
{
    size_t at = made->strings_size;
    made->strings_size += strlen(string) + 1;
    assert_true(made->strings_size <= STRINGS_SIZE);
    strcpy(made->strings + at, string);
    return (uint32_t)at;
}

static void add_entry(struct made *made, int64_t tag, uint64_t value)
{
    assert_true(made->entry_count < SLOTS);
    made->entries[made->entry_count++] = (Elf64_Dyn){.d_tag = tag, .d_un.d_val = value};
}

static void add_symbol(struct made *made, const char *name, int bind, int type, uint16_t section,
                       uint64_t value, int version)
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

static void set_definition(struct made *made, size_t index, int number, int flags, const char *name)
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

static struct made valid(void)
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

static struct bytes copy(struct view *view, size_t index, const void *bytes, size_t size)
{
    view->copies[index] = malloc(size ? size : 1);
    assert_non_null(view->copies[index]);
    if (size)
        memcpy(view->copies[index], bytes, size);
    return (struct bytes){view->copies[index], size};
}

static void read_view(struct view *view, const struct made *made)
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

static void free_view(struct view *view)
{
    arena_deinit(&view->arena);
    error_free(&view->error);
    for (size_t i = 0; i < COUNT(view->copies); i++)
        free(view->copies[i]);
}

#define VIEW_AUTO __attribute__((cleanup(free_view))) struct view

static void read_valid(struct view *view)
{
    struct made made = valid();
    read_view(view, &made);
    assert_true(view->is_read);
}

static void check_refused(const struct made *made, const char *expected)
{
    VIEW_AUTO view;
    TEXT_AUTO text = {0};
    read_view(&view, made);
    assert_false(view.is_read);
    assert_int_equal(view.error.code, PLUGIN_NOT_PLUGIN);
    text_add(&text, "its dynamic section is damaged: %s", expected);
    assert_string_equal(error_text(&view.error), text_chars(&text));
}

static uint64_t found_at(const struct view *view, const char *name, const char *version)
{
    struct dynamic_symbol symbol;
    return dynamic_find(&view->dynamic, name, version, &symbol) ? symbol.address : 0;
}

/* ---- what it reads ---- */

static void a_module_says_what_it_is_and_needs(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    assert_string_equal(view.dynamic.soname, "libmade.so.1");
    assert_string_equal(view.dynamic.runpath, "/opt/lib");
    assert_false(view.dynamic.is_rpath);
    assert_false(view.dynamic.is_symbolic);
    assert_string_equal(dynamic_needed(&view.dynamic, 0), "libc.so.6");
    assert_string_equal(dynamic_needed(&view.dynamic, 1), "libm.so.6");
    assert_null(dynamic_needed(&view.dynamic, 2));
}

static void a_file_without_a_dynamic_section_is_empty(void **state)
{
    (void)state;
    struct made made = {.elf = {.is_64 = true}};
    VIEW_AUTO view;
    read_view(&view, &made);
    assert_true(view.is_read);
    assert_int_equal(view.dynamic.symbol_count, 0);
    assert_int_equal(found_at(&view, "area", NULL), 0);
    assert_null(dynamic_needed(&view.dynamic, 0));
    assert_false(dynamic_has_version(&view.dynamic, "MADE_1"));
}

static void a_view_that_was_never_read_is_empty(void **state)
{
    (void)state;
    struct dynamic none = {0};
    struct dynamic_symbol symbol;
    assert_false(dynamic_find(&none, "area", NULL, &symbol));
    assert_null(dynamic_needed(&none, 0));
}

static void runpath_goes_before_rpath_in_any_order(void **state)
{
    (void)state;
    for (int order = 0; order < 3; order++) {
        struct made made = valid();
        uint32_t old = add_string(&made, "/old");
        uint64_t new = made.entries[3].d_un.d_val;
        made.entries[2] = (Elf64_Dyn){.d_tag = order == 1 ? DT_RUNPATH : DT_RPATH,
                                      .d_un.d_val = order == 1 ? new : old};
        made.entries[3] = (Elf64_Dyn){.d_tag = order == 0 ? DT_RUNPATH : DT_RPATH,
                                      .d_un.d_val = order == 0 ? new : old};
        VIEW_AUTO view;
        read_view(&view, &made);
        assert_true(view.is_read);
        assert_string_equal(view.dynamic.runpath, order == 2 ? "/old" : "/opt/lib");
        assert_int_equal(view.dynamic.is_rpath, order == 2);
    }
}

static void symbolic_binding_is_seen_in_both_forms(void **state)
{
    (void)state;
    const Elf64_Dyn forms[] = {{.d_tag = DT_SYMBOLIC},
                               {.d_tag = DT_FLAGS, .d_un.d_val = DF_SYMBOLIC | DF_BIND_NOW}};
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct made made = valid();
        made.entries[3] = forms[i];
        VIEW_AUTO view;
        read_view(&view, &made);
        assert_true(view.dynamic.is_symbolic);
    }
}

static void what_follows_the_end_is_not_read(void **state)
{
    (void)state;
    struct made made = valid();
    add_entry(&made, DT_NEEDED, UINT32_MAX);
    VIEW_AUTO view;
    read_view(&view, &made);
    assert_true(view.is_read);
    assert_null(dynamic_needed(&view.dynamic, 2));
}

static void an_entry_is_found_by_its_tag(void **state)
{
    (void)state;
    struct made made = valid();
    uint64_t value = 5;
    struct bytes entries = {(const uint8_t *)made.entries, made.entry_count * sizeof(Elf64_Dyn)};
    assert_true(dynamic_entry(&made.elf, entries, DT_RUNPATH, &value));
    assert_int_equal(value, made.entries[3].d_un.d_val);
    assert_false(dynamic_entry(&made.elf, entries, DT_RPATH, &value));
    assert_int_equal(value, made.entries[3].d_un.d_val);
}

static void a_definition_has_its_version(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    struct dynamic_symbol symbol = dynamic_symbol(&view.dynamic, AREA_2);
    assert_string_equal(symbol.name, "area");
    assert_string_equal(symbol.version, "MADE_2");
    assert_null(symbol.library);
    assert_int_equal(symbol.address, 0x200);
    assert_int_equal(symbol.type, STT_FUNC);
    assert_true(symbol.is_defined && symbol.is_default);
    assert_false(symbol.is_wanted || symbol.is_weak);
    assert_false(dynamic_symbol(&view.dynamic, AREA_1).is_default);
    symbol = dynamic_symbol(&view.dynamic, PLAIN);
    assert_null(symbol.version);
    assert_true(symbol.is_defined && symbol.is_default && symbol.is_weak);
}

static void a_wanted_symbol_has_its_library(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    struct dynamic_symbol symbol = dynamic_symbol(&view.dynamic, PRINTF);
    assert_string_equal(symbol.version, "GLIBC_2.2.5");
    assert_string_equal(symbol.library, "libc.so.6");
    assert_true(symbol.is_wanted);
    assert_false(symbol.is_defined || symbol.is_weak);
    symbol = dynamic_symbol(&view.dynamic, MAYBE);
    assert_true(symbol.is_wanted && symbol.is_weak);
    assert_null(symbol.version);
    assert_null(symbol.library);
}

static bool is_plain(const struct view *view, uint32_t index, const char *name)
{
    return dynamic_is_plain(&view->dynamic, index, name, strlen(name));
}

static void a_plain_symbol_has_neither_version_nor_thread(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    assert_true(dynamic_is_wanted(&view.dynamic, MAYBE));
    assert_true(dynamic_is_wanted(&view.dynamic, PRINTF));
    assert_false(dynamic_is_wanted(&view.dynamic, PLAIN));
    assert_false(dynamic_is_wanted(&view.dynamic, 0));
    assert_true(is_plain(&view, MAYBE, "maybe"));
    assert_true(is_plain(&view, PLAIN, "plain"));
    assert_false(is_plain(&view, MAYBE, "mayb"));
    assert_false(is_plain(&view, MAYBE, "maybe_not"));
    assert_false(is_plain(&view, MAYBE, "plain"));
    assert_false(is_plain(&view, PRINTF, "printf"));
    assert_false(is_plain(&view, THREAD, "thread"));
    assert_false(is_plain(&view, SYMBOL_COUNT, "maybe"));
    assert_false(is_plain(&view, UINT32_MAX, "maybe"));
}

/* Nothing is read behind the strings, of which the name is the last. */
static void a_name_longer_than_the_rest_of_the_strings_is_another(void **state)
{
    (void)state;
    struct made made = valid();
    VIEW_AUTO view;
    made.symbols[MAYBE].st_name = add_string(&made, "last_of_all");
    read_view(&view, &made);
    assert_true(is_plain(&view, MAYBE, "last_of_all"));
    assert_false(is_plain(&view, MAYBE, "last_of_all_names_and_then_some_more"));
}

static void a_hidden_symbol_is_nobodys(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    struct dynamic_symbol symbol = dynamic_symbol(&view.dynamic, PRIVATE);
    assert_false(symbol.is_defined || symbol.is_wanted);
    assert_int_equal(found_at(&view, "private", NULL), 0);
}

/* As the dynamic loader: a symbol at address 0 is none, unless that is an offset or a constant. */
static void what_is_at_no_address_is_no_definition(void **state)
{
    (void)state;
    struct made made = valid();
    made.symbols[PLAIN].st_value = 0;
    VIEW_AUTO view;
    read_view(&view, &made);
    assert_false(dynamic_symbol(&view.dynamic, PLAIN).is_defined);
    assert_true(dynamic_symbol(&view.dynamic, THREAD).is_defined);
    made.symbols[PLAIN].st_shndx = SHN_ABS;
    VIEW_AUTO constant;
    read_view(&constant, &made);
    assert_true(dynamic_symbol(&constant.dynamic, PLAIN).is_defined);
}

static void own_versions_are_told_from_wanted_ones(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    assert_true(dynamic_has_version(&view.dynamic, "MADE_1"));
    assert_true(dynamic_has_version(&view.dynamic, "MADE_2"));
    assert_false(dynamic_has_version(&view.dynamic, "MADE_3"));
    assert_false(dynamic_has_version(&view.dynamic, "GLIBC_2.2.5"));
    assert_false(dynamic_has_version(&view.dynamic, "libmade.so.1"));
}

/* The same symbols, and nothing else, as a file of 32 bits has them. */
static void a_file_of_32_bits_is_read(void **state)
{
    (void)state;
    char strings[] = "\0libc.so.6\0area\0printf";
    Elf32_Dyn entries[] = {{.d_tag = DT_NEEDED, .d_un.d_val = 1}, {.d_tag = DT_NULL}};
    Elf32_Sym symbols[] = {
        {0},
        {.st_name = 11,
         .st_info = ELF32_ST_INFO(STB_GLOBAL, STT_FUNC),
         .st_shndx = 7,
         .st_value = 0xF0000100},
        {.st_name = 16, .st_info = ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE)},
    };
    struct dynamic_tables tables = {
        .entries = {(const uint8_t *)entries, sizeof entries},
        .symbols = {(const uint8_t *)symbols, sizeof symbols},
        .strings = {(const uint8_t *)strings, sizeof strings},
    };
    struct elf elf = {.is_64 = false};
    VIEW_AUTO view = {0};
    assert_true(dynamic_read(&view.dynamic, &elf, &tables, &view.arena, &view.error));
    assert_string_equal(dynamic_needed(&view.dynamic, 0), "libc.so.6");
    assert_int_equal(found_at(&view, "area", "ANY_1"), 0xF0000100);
    assert_true(dynamic_symbol(&view.dynamic, 2).is_wanted);
    assert_int_equal(found_at(&view, "printf", NULL), 0);
}

/* ---- which symbol it finds ---- */

static void each_version_is_found(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    assert_int_equal(found_at(&view, "area", "MADE_1"), 0x100);
    assert_int_equal(found_at(&view, "area", "MADE_2"), 0x200);
    assert_int_equal(found_at(&view, "area", "MADE_3"), 0);
    assert_int_equal(found_at(&view, "only_hidden", "MADE_2"), 0x500);
    assert_int_equal(found_at(&view, "nobody", NULL), 0);
    assert_int_equal(found_at(&view, "nobody", "MADE_1"), 0);
    assert_int_equal(found_at(&view, "printf", "GLIBC_2.2.5"), 0);
}

/* A reference without a version was linked before there were any: it gets the oldest one. */
static void without_a_version_the_oldest_is_found_or_the_default(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    assert_int_equal(found_at(&view, "area", NULL), 0x100);
    assert_int_equal(found_at(&view, "plain", NULL), 0x300);
    assert_int_equal(found_at(&view, "only_hidden", NULL), 0);
    struct made made = valid();
    made.symbols[AREA_1].st_shndx = SHN_UNDEF;
    VIEW_AUTO newer;
    read_view(&newer, &made);
    assert_int_equal(found_at(&newer, "area", NULL), 0x200);
}

static void what_has_no_version_satisfies_every_one(void **state)
{
    (void)state;
    VIEW_AUTO view;
    read_valid(&view);
    assert_int_equal(found_at(&view, "plain", "MADE_9"), 0x300);
    struct made made = valid();
    made.version_count = made.defined_size = made.wanted_size = 0;
    VIEW_AUTO bare;
    read_view(&bare, &made);
    assert_true(bare.is_read);
    assert_int_equal(found_at(&bare, "only_hidden", "MADE_9"), 0x500);
}

/* ---- what it refuses ---- */

static void damaged_names_are_refused(void **state)
{
    (void)state;
    const int64_t tags[] = {DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH};
    for (size_t i = 0; i < COUNT(tags); i++) {
        struct made made = valid();
        made.entries[1] = (Elf64_Dyn){.d_tag = tags[i], .d_un.d_val = made.strings_size};
        check_refused(&made, "a name lies outside its strings");
        made.entries[1].d_un.d_val = UINT64_MAX;
        check_refused(&made, "a name lies outside its strings");
    }
    struct made made = valid();
    made.symbols[PRINTF].st_name = (uint32_t)made.strings_size;
    check_refused(&made, "a symbol's name lies outside its strings");
}

/* What follows the last NUL belongs to no name. */
static void a_name_that_does_not_end_is_refused(void **state)
{
    (void)state;
    struct made made = valid();
    memcpy(made.strings + made.strings_size, "tail", 4);
    made.symbols[PLAIN].st_name = (uint32_t)made.strings_size;
    made.strings_size += 4;
    check_refused(&made, "a symbol's name lies outside its strings");
    memset(made.strings, 'x', made.strings_size);
    check_refused(&made, "a name lies outside its strings");
}

static void a_section_that_does_not_end_is_refused(void **state)
{
    (void)state;
    struct made made = valid();
    made.entry_count--;
    check_refused(&made, "it does not end");
}

static void damaged_symbols_are_refused(void **state)
{
    (void)state;
    struct made made = valid();
    made.version_count--;
    check_refused(&made, "it does not have a version for each of its symbols");
    made = valid();
    made.versions[AREA_1] = GLIBC + 1;
    check_refused(&made, "a symbol has a version that is not there");
    made.versions[AREA_1] = 0xFFFF;
    check_refused(&made, "a symbol has a version that is not there");
    made = valid();
    made.wanted_size = made.defined_size = 0;
    check_refused(&made, "a symbol has a version that is not there");
    made = valid();
    made.elf.is_64 = false;
    made.entry_count = 0;
    made.symbols[0].st_name = 0;
    made.symbol_count = 1;
    check_refused(&made, "its symbols have another size");
}

static void damaged_wanted_versions_are_refused(void **state)
{
    (void)state;
    struct made made = valid();
    made.wanted_size--;
    check_refused(&made, "a version lies outside its table");
    made = valid();
    made.wanted.head.vn_aux = UINT32_MAX;
    check_refused(&made, "a version lies outside its table");
    made = valid();
    made.wanted.head.vn_next = sizeof made.wanted;
    check_refused(&made, "a version lies outside its table");
    made = valid();
    made.wanted.name.vna_next = UINT32_MAX;
    check_refused(&made, "a version lies outside its table");
    made = valid();
    made.wanted.head.vn_version = 2;
    check_refused(&made, "a library of which it wants versions is not readable");
    made = valid();
    made.wanted.head.vn_file = (uint32_t)made.strings_size;
    check_refused(&made, "a library of which it wants versions is not readable");
    made = valid();
    made.wanted.name.vna_name = (uint32_t)made.strings_size;
    check_refused(&made, "a version's name lies outside its strings");
    made = valid();
    made.wanted.name.vna_other = VER_NDX_GLOBAL;
    check_refused(&made, "a version has a number that stands for none");
}

static void damaged_own_versions_are_refused(void **state)
{
    (void)state;
    struct made made = valid();
    made.defined_size--;
    check_refused(&made, "a version lies outside its table");
    made = valid();
    made.defined[1].head.vd_aux = UINT32_MAX;
    check_refused(&made, "a version lies outside its table");
    made = valid();
    made.defined[2].head.vd_next = UINT32_MAX;
    check_refused(&made, "a version lies outside its table");
    made = valid();
    made.defined[1].head.vd_version = 0;
    check_refused(&made, "a version that it defines is not readable");
    made = valid();
    made.defined[1].name.vda_name = UINT32_MAX;
    check_refused(&made, "a version's name lies outside its strings");
    made = valid();
    made.defined[1].head.vd_ndx = 0;
    check_refused(&made, "a version has a number that stands for none");
    made = valid();
    made.defined[1].head.vd_ndx = MADE_2;
    check_refused(&made, "two versions have the same number");
    made = valid();
    made.defined[1].head.vd_ndx = GLIBC;
    check_refused(&made, "two versions have the same number");
}

/* ---- bounded work ---- */

/* Many symbols, all of one long name: reading them all would take a long time. */
static void names_that_overlap_are_refused(void **state)
{
    (void)state;
    enum { COUNT_OF_SYMBOLS = 70, LENGTH = 100 };
    static Elf64_Sym symbols[COUNT_OF_SYMBOLS];
    static char strings[LENGTH + 2];
    memset(strings + 1, 'x', LENGTH);
    for (size_t i = 1; i < COUNT_OF_SYMBOLS; i++)
        symbols[i] = (Elf64_Sym){.st_name = 1, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC)};
    struct dynamic_tables tables = {.symbols = {(const uint8_t *)symbols, sizeof symbols},
                                    .strings = {(const uint8_t *)strings, sizeof strings}};
    struct elf elf = {.is_64 = true};
    VIEW_AUTO view = {0};
    assert_false(dynamic_read(&view.dynamic, &elf, &tables, &view.arena, &view.error));
    assert_string_equal(error_text(&view.error),
                        "its dynamic section is damaged: the names of its symbols overlap");
}

/* Many symbols whose names hash alike (here: are alike) would make each search long. */
static void names_that_hash_alike_are_refused(void **state)
{
    (void)state;
    enum { COUNT_OF_SYMBOLS = 140, PAD = 200 };
    static Elf64_Sym symbols[COUNT_OF_SYMBOLS];
    static char strings[PAD];
    strings[1] = 'x';
    for (size_t i = 1; i < COUNT_OF_SYMBOLS; i++)
        symbols[i] = (Elf64_Sym){.st_name = 1,
                                 .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                                 .st_shndx = 7,
                                 .st_value = i};
    struct dynamic_tables tables = {.symbols = {(const uint8_t *)symbols, sizeof symbols},
                                    .strings = {(const uint8_t *)strings, sizeof strings}};
    struct elf elf = {.is_64 = true};
    VIEW_AUTO view = {0};
    assert_false(dynamic_read(&view.dynamic, &elf, &tables, &view.arena, &view.error));
    assert_string_equal(error_text(&view.error), "its dynamic section is damaged: the names of its "
                                                 "symbols were made to hash alike");
}

static void a_search_in_a_crowd_ends_soon(void **state)
{
    (void)state;
    struct crowd *crowd = crowd_make();
    struct dynamic_tables tables = {
        .symbols = {(const uint8_t *)crowd->symbols, sizeof crowd->symbols},
        .strings = {(const uint8_t *)crowd->strings, sizeof crowd->strings}};
    struct elf elf = {.is_64 = true};
    VIEW_AUTO view = {0};
    struct dynamic_symbol symbol;
    assert_true(dynamic_read(&view.dynamic, &elf, &tables, &view.arena, &view.error));
    assert_true(dynamic_find(&view.dynamic, crowd->strings + CROWD_NAME, NULL, &symbol));
    for (int i = 0; i < CROWD_SEARCHES / 10; i++) /* it compares names at each step */
        assert_false(dynamic_find(&view.dynamic, crowd->absent, NULL, &symbol));
    arena_deinit(&view.arena);
    view.dynamic = (struct dynamic){0};
    free(crowd);
}

/* Every byte of every table, changed in turn: refused or read, never a crash. */
static void no_changed_byte_is_a_crash(void **state)
{
    (void)state;
    const struct made good = valid();
    for (size_t i = 0; i < sizeof good; i++) {
        if (i >= offsetof(struct made, strings) + good.strings_size &&
            i < offsetof(struct made, strings) + STRINGS_SIZE)
            continue;
        for (unsigned change = 0; change < 3; change++) {
            struct made made = good;
            ((uint8_t *)&made)[i] ^= (uint8_t[]){0x01, 0x80, 0xFF}[change];
            made.elf = good.elf;
            made.entry_count = good.entry_count;
            made.symbol_count = good.symbol_count;
            made.version_count = good.version_count;
            made.strings_size = good.strings_size;
            made.wanted_size = good.wanted_size;
            made.defined_size = good.defined_size;
            VIEW_AUTO view;
            read_view(&view, &made);
            assert_true(view.is_read || view.error.code == PLUGIN_NOT_PLUGIN);
            for (uint32_t j = 1; view.is_read && j < view.dynamic.symbol_count; j++) {
                struct dynamic_symbol symbol = dynamic_symbol(&view.dynamic, j);
                found_at(&view, symbol.name, symbol.version);
                found_at(&view, symbol.name, NULL);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_says_what_it_is_and_needs),
        cmocka_unit_test(a_file_without_a_dynamic_section_is_empty),
        cmocka_unit_test(a_view_that_was_never_read_is_empty),
        cmocka_unit_test(runpath_goes_before_rpath_in_any_order),
        cmocka_unit_test(symbolic_binding_is_seen_in_both_forms),
        cmocka_unit_test(what_follows_the_end_is_not_read),
        cmocka_unit_test(an_entry_is_found_by_its_tag),
        cmocka_unit_test(a_definition_has_its_version),
        cmocka_unit_test(a_wanted_symbol_has_its_library),
        cmocka_unit_test(a_plain_symbol_has_neither_version_nor_thread),
        cmocka_unit_test(a_name_longer_than_the_rest_of_the_strings_is_another),
        cmocka_unit_test(a_hidden_symbol_is_nobodys),
        cmocka_unit_test(what_is_at_no_address_is_no_definition),
        cmocka_unit_test(own_versions_are_told_from_wanted_ones),
        cmocka_unit_test(a_file_of_32_bits_is_read),
        cmocka_unit_test(each_version_is_found),
        cmocka_unit_test(without_a_version_the_oldest_is_found_or_the_default),
        cmocka_unit_test(what_has_no_version_satisfies_every_one),
        cmocka_unit_test(damaged_names_are_refused),
        cmocka_unit_test(a_name_that_does_not_end_is_refused),
        cmocka_unit_test(a_section_that_does_not_end_is_refused),
        cmocka_unit_test(damaged_symbols_are_refused),
        cmocka_unit_test(damaged_wanted_versions_are_refused),
        cmocka_unit_test(damaged_own_versions_are_refused),
        cmocka_unit_test(names_that_overlap_are_refused),
        cmocka_unit_test(names_that_hash_alike_are_refused),
        cmocka_unit_test(a_search_in_a_crowd_ends_soon),
        cmocka_unit_test(no_changed_byte_is_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
