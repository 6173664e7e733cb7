/* The reader of dynamic sections: what it reads. */
#include "tests/common/check.h"
#include "tests/elf/dynamic_made.h"

#include <elf.h>
#include <string.h>

static void read_valid(struct view *view)
{
    struct made made = valid();
    read_view(view, &made);
    assert_true(view->is_read);
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

static bool defines_version(const struct view *view, const char *name)
{
    for (size_t i = 0; i < view->dynamic.version_count; i++) {
        const struct dynamic_version *version = &view->dynamic.version_names[i];
        if (version->name && !version->library && !strcmp(version->name, name))
            return true;
    }
    return false;
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
    assert_false(defines_version(&view, "MADE_1"));
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
    assert_true(defines_version(&view, "MADE_1"));
    assert_true(defines_version(&view, "MADE_2"));
    assert_false(defines_version(&view, "MADE_3"));
    assert_false(defines_version(&view, "GLIBC_2.2.5"));
    assert_false(defines_version(&view, "libmade.so.1"));
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

/* ---- DF_1_PIE ---- */

static bool is_executable_64(const Elf64_Dyn *entries, size_t size)
{
    struct elf elf = {.is_64 = true};
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    if (size)
        memcpy(exact, entries, size);
    bool is = dynamic_is_executable(&elf, (struct bytes){exact, size});
    free(exact);
    return is;
}

static void df_1_pie_makes_an_executable(void **state)
{
    (void)state;
    const Elf64_Dyn pie[] = {{.d_tag = DT_SONAME},
                             {.d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_NOW | DF_1_PIE},
                             {.d_tag = DT_NULL}};
    const Elf64_Dyn library[] = {{.d_tag = DT_FLAGS, .d_un.d_val = DF_1_PIE},
                                 {.d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_NOW},
                                 {.d_tag = DT_NULL}};
    assert_true(is_executable_64(pie, sizeof pie));
    assert_false(is_executable_64(library, sizeof library));
    const Elf32_Dyn narrow[] = {
        {.d_tag = DT_SONAME}, {.d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_PIE}, {.d_tag = DT_NULL}};
    struct elf elf = {.is_64 = false};
    assert_true(
        dynamic_is_executable(&elf, (struct bytes){(const uint8_t *)narrow, sizeof narrow}));
    assert_false(dynamic_is_executable(&elf, (struct bytes){(const uint8_t *)narrow, 8}));
}

static void df_1_pie_after_the_end_does_not_count(void **state)
{
    (void)state;
    const Elf64_Dyn entries[] = {{.d_tag = DT_NULL}, {.d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_PIE}};
    assert_false(is_executable_64(entries, sizeof entries));
}

static void df_1_pie_beyond_the_bytes_is_not_read(void **state)
{
    (void)state;
    const Elf64_Dyn entries[] = {{.d_tag = DT_SONAME},
                                 {.d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_PIE}};
    for (size_t size = 0; size < sizeof entries; size++)
        assert_false(is_executable_64(entries, size));
    assert_true(is_executable_64(entries, sizeof entries));
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
        cmocka_unit_test(df_1_pie_makes_an_executable),
        cmocka_unit_test(df_1_pie_after_the_end_does_not_count),
        cmocka_unit_test(df_1_pie_beyond_the_bytes_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
