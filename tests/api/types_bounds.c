/* Hostile types, as <plugin_types.h> shows them: what follows their parts ends, and stays within
 * their sizes. */
#include "src/api/types.h"
#include "src/types/nesting.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <string.h>

static void check_bounded(const struct made *made, bool is_bounded)
{
    for (int again = 0; again < 2; again++) { /* it is remembered */
        ERROR_AUTO error = {0};
        assert_int_equal(nesting_is_bounded(&made->btf, &error), is_bounded);
        assert_string_equal(error_text(&error),
                            is_bounded ? ""
                                       : "its types contain each other deeper than those of any "
                                         "program");
    }
}

/* Structs, each with `times` members of the one before. */
static uint32_t nest(struct make *make, uint32_t depth, uint32_t times)
{
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < depth; i++) {
        uint32_t inner = id;
        id = make_struct(make, "", 4);
        for (uint32_t j = 0; j < times; j++)
            make_member(make, "", inner, 0);
    }
    return id;
}

static void depth_is_bounded(void **state)
{
    (void)state;
    static const uint32_t depths[] = {1, NESTING_MAX, NESTING_MAX + 1, 100000};
    for (size_t i = 0; i < COUNT(depths); i++) {
        struct make *make = make_start();
        nest(make, depths[i], 1);
        struct made made = made_read(make);
        check_bounded(&made, depths[i] <= NESTING_MAX);
        made_free(&made);
    }
}

/* From the outside in: each struct comes before that in it. */
static void depth_is_bounded_whatever_the_order(void **state)
{
    (void)state;
    for (uint32_t depth = NESTING_MAX; depth <= NESTING_MAX + 1; depth++) {
        struct make *make = make_start();
        for (uint32_t i = 1; i <= depth; i++) {
            make_struct(make, "", 4);
            make_member(make, "a", i == depth ? 0 : i + 1, 0);
        }
        struct made made = made_read(make);
        check_bounded(&made, depth == NESTING_MAX);
        made_free(&made);
    }
}

static void arrays_count_as_levels(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < NESTING_MAX + 1; i++)
        id = make_array(make, id, 1);
    struct made made = made_read(make);
    check_bounded(&made, false);
    made_free(&made);
}

static void a_struct_that_contains_itself_is_refused(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_struct(make, "", 4);
    make_member(make, "again", id, 0);
    struct made made = made_read(make);
    check_bounded(&made, false);
    made_free(&made);
    make = make_start(); /* by an array and a typedef */
    id = make_struct(make, "", 4);
    make_member(make, "again", id + 1, 0);
    make_array(make, id + 2, 1);
    make_typedef(make, "t", id);
    made = made_read(make);
    check_bounded(&made, false);
    made_free(&made);
}

static void a_struct_that_points_to_itself_is_not(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("struct s 8 { next 0 pointer same s }", &id);
    check_bounded(&made, true);
    made_free(&made);
}

static void many_structs_are_looked_at_once(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = nest(make, 100, 60000);
    struct made made = made_read(make);
    plugin_type type = types_handle(&made.btf, id);
    struct plugin_type_part part = {.size = sizeof part};
    check_bounded(&made, true);
    /* Nor do those end that would follow all ways to them. */
    assert_false(plugin_type_find(type, "nowhere", &part));
    assert_int_equal(plugin_type_alignment(type), 0);
    made_free(&made);
}

/* Each of many members is behind as many names as there may be. */
static void long_chains_of_names_are_too_many(void **state)
{
    (void)state;
    struct make *make = make_start();
    make_members(make, 60000, make_chain(make, 999));
    struct made made = made_read(make);
    check_bounded(&made, false);
    made_free(&made);
}

static bool count(void *context, plugin_type type)
{
    (void)type;
    ++*(size_t *)context;
    return true;
}

static void a_walk_in_a_circle_ends(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_function(make, 2); /* returns a pointer to itself */
    make_pointer(make, id);
    struct made made = made_read(make);
    size_t seen = 0;
    assert_true(plugin_type_walk(types_handle(&made.btf, id), count, &seen));
    assert_int_equal(seen, 2);
    made_free(&made);
}

static void what_lies_outside_its_struct_has_no_type(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool is_within;
    } rows[] = {
        {"struct s 8 { a 32 int }", true},
        {"struct s 8 { a 40 int }", false},
        {"struct s 8 { a 64 int }", false},
        {"struct s 8 { a 0 array 3 int }", false},
        {"struct s 8 { a 0 array 4294967295 array 4294967295 array 4294967295 int }", true},
        {"struct s 8 { a 64 array 0 int }", true},
        {"struct s 8 { a 33:31 int }", true},
        {"struct s 8 { a 0:33 int }", false}, /* more bits than its type has */
        {"struct s 8 { a 0:8 float }", false},
        {"union u 4 { a 0 long }", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t id;
        struct made made = made_of(rows[i].words, &id);
        struct plugin_type_part part = {.size = sizeof part};
        assert_true(plugin_type_part(types_handle(&made.btf, id), 0, &part));
        assert_string_equal(part.name, "a");
        assert_int_equal(plugin_type_kind(part.type) != PLUGIN_TYPE_NONE, rows[i].is_within);
        made_free(&made);
    }
}

static void elements_of_too_many_bytes_are_none(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("array 4294967295 array 4294967295 array 2 long", &id);
    plugin_type type = types_handle(&made.btf, id);
    assert_int_equal(plugin_type_count(type), 0);
    assert_int_equal(plugin_type_count(plugin_type_target(type)), 4294967295);
    made_free(&made);
    made = made_of("array 1000 struct empty 0 { }", &id);
    assert_int_equal(plugin_type_count(types_handle(&made.btf, id)), 0);
    made_free(&made);
}

static void a_type_too_long_to_write_is_refused(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = nest(make, 64, 2);
    struct made made = made_read(make);
    char text[8];
    plugin_error_clear();
    assert_int_equal(plugin_type_declare(types_handle(&made.btf, id), "x", text, sizeof text), 0);
    assert_int_equal(plugin_error_code(), PLUGIN_UNSUPPORTED);
    assert_string_equal(plugin_error(), "cannot write a type as C: it is longer, or nested deeper, "
                                        "than that of any program");
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(depth_is_bounded_whatever_the_order),
        cmocka_unit_test(arrays_count_as_levels),
        cmocka_unit_test(a_struct_that_contains_itself_is_refused),
        cmocka_unit_test(a_struct_that_points_to_itself_is_not),
        cmocka_unit_test(many_structs_are_looked_at_once),
        cmocka_unit_test(long_chains_of_names_are_too_many),
        cmocka_unit_test(a_walk_in_a_circle_ends),
        cmocka_unit_test(what_lies_outside_its_struct_has_no_type),
        cmocka_unit_test(elements_of_too_many_bytes_are_none),
        cmocka_unit_test(a_type_too_long_to_write_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
