/* <plugin_types.h> without memory: it fails with PLUGIN_NO_MEMORY, or says the same as ever. */
#include "src/api/types.h"
#include "src/types/nesting.h"
#include "tests/common/check.h"
#include "tests/common/made.h"
#include "tests/common/starve.h"

#include <string.h>

static const char words[] = "struct s 24 { next 0 pointer same s - 64 union - 8 { a 0 long b 0 "
                            "double } call 128 pointer function int ( - pointer const char ) }";

/* After an allocation that failed, a failure is of memory. */
static void check(bool has_failed, bool is_done)
{
    assert_true(is_done || (has_failed && plugin_error_code() == PLUGIN_NO_MEMORY));
    plugin_error_clear();
}

static void nesting_is_looked_at_again(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of(words, &id);
    for (starve_begin(); starve_goes_on();) {
        ERROR_AUTO error = {0};
        made.btf.nesting = 0;
        bool is_bounded = nesting_is_bounded(&made.btf, &error);
        bool has_failed = starve_end();
        assert_true(is_bounded || (has_failed && error.code == PLUGIN_NO_MEMORY));
        error_free(&error);
        assert_true(nesting_is_bounded(&made.btf, &error));
    }
    made_free(&made);
}

static bool count(void *context, plugin_type type)
{
    (void)type;
    ++*(size_t *)context;
    return true;
}

static void walks_fail_before_the_first_type(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of(words, &id);
    size_t all = 0;
    assert_true(plugin_type_walk(types_handle(&made.btf, id), count, &all));
    for (starve_begin(); starve_goes_on();) {
        size_t seen = 0;
        bool is_done = plugin_type_walk(types_handle(&made.btf, id), count, &seen);
        check(starve_end(), is_done);
        assert_int_equal(seen, is_done ? all : 0);
    }
    made_free(&made);
}

static void texts_are_whole_or_none(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of(words, &id);
    plugin_type type = types_handle(&made.btf, id);
    char whole[200], text[200];
    plugin_type_define(type, whole, sizeof whole);
    for (starve_begin(); starve_goes_on();) {
        size_t length = plugin_type_define(type, text, sizeof text);
        check(starve_end(), length > 0);
        assert_string_equal(text, length ? whole : "");
    }
    for (starve_begin(); starve_goes_on();) {
        size_t length = plugin_type_declare(type, "x", text, sizeof text);
        check(starve_end(), length > 0);
        assert_string_equal(text, length ? "struct s x" : "");
    }
    made_free(&made);
}

static void types_agree_or_it_is_not_known(void **state)
{
    (void)state;
    uint32_t id, other_id;
    struct made made = made_of(words, &id), other = made_apart(words, &other_id);
    for (starve_begin(); starve_goes_on();) {
        bool agree =
            plugin_type_agrees(types_handle(&made.btf, id), types_handle(&other.btf, other_id));
        check(starve_end(), agree);
    }
    made_free(&made);
    made_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_is_looked_at_again),
        cmocka_unit_test(walks_fail_before_the_first_type),
        cmocka_unit_test(texts_are_whole_or_none),
        cmocka_unit_test(types_agree_or_it_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
