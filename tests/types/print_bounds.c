/* Hostile types, of which the printer must not write without end. */
#include "src/types/print.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdlib.h>
#include <string.h>

/* More than print.c adds for any type. */
enum { LENGTH_MAX = 1 << 23 };

/* ---- hostile types ---- */

/* Printing must fail, not succeed with a part. */
static void check_fails(struct make *make, uint32_t id, bool is_definition)
{
    struct made made = made_read(make);
    TEXT_AUTO text = {0};
    if (is_definition)
        print_definition(&text, &made.btf, id, NULL);
    else
        print_declaration(&text, &made.btf, id, "x", NULL);
    made_free(&made);
    assert_true(text.failed);
    assert_true(text.length < LENGTH_MAX);
}

/* Structs without a tag, each with `times` members of the type of the one before. */
static uint32_t nest_by_value(struct make *make, uint32_t depth, uint32_t times)
{
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < depth; i++) {
        uint32_t inner = id;
        id = make_struct(make, i + 1 == depth ? "outer" : "", 4);
        for (uint32_t j = 0; j < times; j++)
            make_member(make, j ? "b" : "a", inner, 0);
    }
    return id;
}

static void structs_nested_by_value_beyond_the_depth_fail(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = nest_by_value(make, 100000, 1);
    check_fails(make, id, true);
    make = make_start();
    id = nest_by_value(make, 100000, 1);
    check_fails(make, id - 1, false); /* its target has no tag */
}

static void structs_nested_by_value_as_deep_as_programs_do_are_printed(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = nest_by_value(make, 20, 1);
    struct made made = made_read(make);
    TEXT_AUTO text = {0};
    print_definition(&text, &made.btf, id, NULL);
    made_free(&made);
    assert_false(text.failed);
    assert_non_null(strstr(text_chars(&text), "int a;"));
}

static void structs_nested_exponentially_fail(void **state)
{
    (void)state;
    for (int is_definition = 0; is_definition < 2; is_definition++) {
        struct make *make = make_start();
        uint32_t id = nest_by_value(make, 64, 2);
        check_fails(make, is_definition ? id : id - 1, is_definition);
    }
}

static void a_struct_that_contains_itself_ends(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_struct(make, "", 4);
    make_member(make, "again", id, 0);
    make_member(make, "again2", id, 0);
    check_fails(make, id, false);
}

static void pointers_to_pointers_beyond_the_depth_fail(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < 1000; i++)
        id = make_pointer(make, id);
    check_fails(make, id, false);
}

static void arrays_of_arrays_beyond_the_depth_fail(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < 1000; i++)
        id = make_array(make, id, 1);
    check_fails(make, id, false);
}

static void a_function_that_returns_itself_ends(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_function(make, 2);
    make_pointer(make, id);
    check_fails(make, id, false);
}

static void a_function_that_takes_itself_ends(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_function(make, 0);
    make_parameter(make, "f", 2);
    make_pointer(make, id);
    check_fails(make, id, false);
}

/* Function prototypes, each of which takes the next one `times` times. */
static uint32_t nest_functions(struct make *make, uint32_t depth, uint32_t times)
{
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < depth; i++) {
        uint32_t inner = id;
        id = make_function(make, 0);
        for (uint32_t j = 0; j < times; j++)
            make_parameter(make, "", inner);
        id = make_pointer(make, id);
    }
    return id;
}

static void functions_nested_exponentially_fail(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = nest_functions(make, 64, 2);
    check_fails(make, id, false);
}

static void a_name_longer_than_any_sane_one_fails(void **state)
{
    (void)state;
    size_t size = 5 << 20;
    char *name = malloc(size + 1);
    assert_non_null(name);
    memset(name, 'x', size);
    name[size] = '\0';
    struct make *make = make_start();
    uint32_t id = make_typedef(make, name, make_add(make, "int"));
    free(name);
    check_fails(make, id, false);
}

/* Each of 3,000 members is the same enum without a tag, of 3,000 enumerators. */
static void many_long_enums_within_a_definition_fail(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct make *make = make_start();
    uint32_t inner = make_enum(make, "");
    for (int i = 0; i < MANY; i++)
        make_enumerator(make, "E", i);
    uint32_t id = make_struct(make, "s", 4);
    for (int i = 0; i < MANY; i++)
        make_member(make, "m", inner, 0);
    check_fails(make, id, true);
}

/* Last, because without a bound it takes hours: 65,535 parameters, each a function of 65,535. */
static void wide_functions_of_wide_functions_fail(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = nest_functions(make, 2, 65535);
    check_fails(make, id, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structs_nested_by_value_beyond_the_depth_fail),
        cmocka_unit_test(structs_nested_by_value_as_deep_as_programs_do_are_printed),
        cmocka_unit_test(structs_nested_exponentially_fail),
        cmocka_unit_test(a_struct_that_contains_itself_ends),
        cmocka_unit_test(pointers_to_pointers_beyond_the_depth_fail),
        cmocka_unit_test(arrays_of_arrays_beyond_the_depth_fail),
        cmocka_unit_test(a_function_that_returns_itself_ends),
        cmocka_unit_test(a_function_that_takes_itself_ends),
        cmocka_unit_test(functions_nested_exponentially_fail),
        cmocka_unit_test(a_name_longer_than_any_sane_one_fails),
        cmocka_unit_test(many_long_enums_within_a_definition_fail),
        cmocka_unit_test(wide_functions_of_wide_functions_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
