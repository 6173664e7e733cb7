/* The reader of dynamic sections: what it refuses, and how much work it does. */
#include "tests/common/check.h"
#include "tests/common/crowd.h"
#include "tests/elf/dynamic_made.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- what it refuses ---- */

static void damaged_names_are_refused(void **state)
{
    (void)state;
    const int64_t tags[] = {DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH};
    for (size_t i = 0; i < COUNT(tags); i++) {
        struct made made = valid();
        made.entries[1] = (Elf64_Dyn){.d_tag = tags[i], .d_un.d_val = made.strings_size};
        check_refused(&made, "a string offset lies outside the string table");
        made.entries[1].d_un.d_val = UINT64_MAX;
        check_refused(&made, "a string offset lies outside the string table");
    }
    struct made made = valid();
    made.symbols[PRINTF].st_name = (uint32_t)made.strings_size;
    check_refused(&made, "a symbol name lies outside the string table");
}

/* What follows the last NUL belongs to no name. */
static void a_name_that_does_not_end_is_refused(void **state)
{
    (void)state;
    struct made made = valid();
    memcpy(made.strings + made.strings_size, "tail", 4);
    made.symbols[PLAIN].st_name = (uint32_t)made.strings_size;
    made.strings_size += 4;
    check_refused(&made, "a symbol name lies outside the string table");
    memset(made.strings, 'x', made.strings_size);
    check_refused(&made, "a string offset lies outside the string table");
}

static void a_section_that_does_not_end_is_refused(void **state)
{
    (void)state;
    struct made made = valid();
    made.entry_count--;
    check_refused(&made, "it has no DT_NULL entry");
}

static void damaged_symbols_are_refused(void **state)
{
    (void)state;
    struct made made = valid();
    made.version_count--;
    check_refused(&made, "SHT_GNU_versym does not have one entry per symbol");
    made = valid();
    made.versions[AREA_1] = GLIBC + 1;
    check_refused(&made, "undefined version index");
    made.versions[AREA_1] = 0xFFFF;
    check_refused(&made, "undefined version index");
    made = valid();
    made.wanted_size = made.defined_size = 0;
    check_refused(&made, "undefined version index");
    made = valid();
    made.elf.is_64 = false;
    made.entry_count = 0;
    made.symbols[0].st_name = 0;
    made.symbol_count = 1;
    check_refused(&made, "invalid symbol table size");
}

static void damaged_wanted_versions_are_refused(void **state)
{
    (void)state;
    struct made made = valid();
    made.wanted_size--;
    check_refused(&made, "a version entry lies outside its section");
    made = valid();
    made.wanted.head.vn_aux = UINT32_MAX;
    check_refused(&made, "a version entry lies outside its section");
    made = valid();
    made.wanted.head.vn_next = sizeof made.wanted;
    check_refused(&made, "a version entry lies outside its section");
    made = valid();
    made.wanted.name.vna_next = UINT32_MAX;
    check_refused(&made, "a version entry lies outside its section");
    made = valid();
    made.wanted.head.vn_version = 2;
    check_refused(&made, "invalid version need entry (SHT_GNU_verneed)");
    made = valid();
    made.wanted.head.vn_file = (uint32_t)made.strings_size;
    check_refused(&made, "invalid version need entry (SHT_GNU_verneed)");
    made = valid();
    made.wanted.name.vna_name = (uint32_t)made.strings_size;
    check_refused(&made, "a version name lies outside the string table");
    made = valid();
    made.wanted.name.vna_other = VER_NDX_GLOBAL;
    check_refused(&made, "reserved version index");
}

static void damaged_own_versions_are_refused(void **state)
{
    (void)state;
    struct made made = valid();
    made.defined_size--;
    check_refused(&made, "a version entry lies outside its section");
    made = valid();
    made.defined[1].head.vd_aux = UINT32_MAX;
    check_refused(&made, "a version entry lies outside its section");
    made = valid();
    made.defined[2].head.vd_next = UINT32_MAX;
    check_refused(&made, "a version entry lies outside its section");
    made = valid();
    made.defined[1].head.vd_version = 0;
    check_refused(&made, "invalid version definition entry (SHT_GNU_verdef)");
    made = valid();
    made.defined[1].name.vda_name = UINT32_MAX;
    check_refused(&made, "a version name lies outside the string table");
    made = valid();
    made.defined[1].head.vd_ndx = 0;
    check_refused(&made, "reserved version index");
    made = valid();
    made.defined[1].head.vd_ndx = MADE_2;
    check_refused(&made, "duplicate version index");
    made = valid();
    made.defined[1].head.vd_ndx = GLIBC;
    check_refused(&made, "duplicate version index");
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
                        "its dynamic section is damaged: symbol names overlap");
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
    assert_string_equal(error_text(&view.error),
                        "its dynamic section is damaged: too many symbol-name hash collisions");
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
