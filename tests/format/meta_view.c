/* An unchecked view of `.plugin`: what is damaged is not found, and no search leaves the section.
 */
#include "tests/common/check.h"
#include "tests/format/meta_made.h"

static struct bytes bytes_of(const struct section *section)
{
    return (struct bytes){(const uint8_t *)section, sizeof *section};
}

static struct meta view(const struct section *section)
{
    ERROR_AUTO error = {0};
    struct meta meta;
    bool is_read = meta_view(&meta, bytes_of(section), &error);
    assert_string_equal(error_text(&error), "");
    assert_true(is_read);
    return meta;
}

static void all_is_found_without_a_checksum(void **state)
{
    (void)state;
    struct section section = valid();
    struct format_probe probe;
    section.header.checksum ^= 1;
    struct meta meta = view(&section);
    static const char *const names[] = {"aaa", "bbb", "ccc", "ddd"};
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(meta_symbol_by_name(&meta, names[i]), i + 1);
    assert_int_equal(meta_symbol_by_name(&meta, "eee"), 0);
    assert_true(meta_find_probe(&meta, 0x28, &probe));
    assert_int_equal(meta.header.imports.count, 0);
    assert_string_equal(meta_info(&meta, 0).key, "ccc");
}

static void a_search_ends_without_an_empty_slot(void **state)
{
    (void)state;
    struct section section = valid();
    for (size_t i = 0; i < 8; i++)
        section.slots[i] = (struct format_slot){hash_name("aaa"), 2};
    struct meta meta = view(&section);
    assert_int_equal(meta_symbol_by_name(&meta, "aaa"), 0);
    assert_int_equal(meta_symbol_by_name(&meta, "eee"), 0);
}

static void a_slot_of_no_symbol_is_nothing(void **state)
{
    (void)state;
    struct section section = valid();
    for (size_t i = 0; i < 8; i++)
        section.slots[i] = (struct format_slot){hash_name("aaa"), i % 2 ? 5 : UINT32_MAX};
    struct meta meta = view(&section);
    assert_int_equal(meta_symbol_by_name(&meta, "aaa"), 0);
}

static void a_name_outside_the_strings_is_empty(void **state)
{
    (void)state;
    static const uint32_t wrong[] = {sizeof((struct section *)0)->strings, UINT32_MAX};
    for (size_t i = 0; i < 2; i++) {
        struct section section = valid();
        section.symbols[0].name = wrong[i];
        struct meta meta = view(&section);
        assert_string_equal(meta_symbol(&meta, 0).name, "");
        assert_int_equal(meta_symbol_by_name(&meta, "aaa"), 0);
        assert_int_equal(meta_symbol_by_name(&meta, "bbb"), 2);
    }
}

static void a_probe_of_no_interface_is_nothing(void **state)
{
    (void)state;
    struct section section = valid();
    struct format_probe probe;
    for (size_t i = 0; i < 3; i++)
        section.probes[i].interface = 4;
    struct meta meta = view(&section);
    for (size_t i = 0; i < 3; i++)
        assert_false(meta_find_probe(&meta, section.probes[i].address, &probe));
}

static void what_searches_rely_on_is_checked(void **state)
{
    (void)state;
    struct meta meta;
    static const uint32_t counts[] = {0, 3, 7};
    for (size_t i = 0; i < 3; i++) {
        ERROR_AUTO error = {0};
        struct section section = valid();
        section.header.slots.count = counts[i];
        assert_false(meta_view(&meta, bytes_of(&section), &error));
        check_text(&error, "slots do not match the symbols");
    }
    ERROR_AUTO error = {0};
    struct section section = valid();
    section.strings[sizeof section.strings - 1] = 'x';
    assert_false(meta_view(&meta, bytes_of(&section), &error));
    check_text(&error, "strings do not start and end with NUL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_found_without_a_checksum),
        cmocka_unit_test(a_search_ends_without_an_empty_slot),
        cmocka_unit_test(a_slot_of_no_symbol_is_nothing),
        cmocka_unit_test(a_name_outside_the_strings_is_empty),
        cmocka_unit_test(a_probe_of_no_interface_is_nothing),
        cmocka_unit_test(what_searches_rely_on_is_checked),
    };
    return cmocka_run_group_tests_name("meta_view", tests, make_types, free_types);
}
