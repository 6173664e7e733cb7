/* What is remembered of a comparison, and how much work one may take. */
#include "tests/common/check.h"
#include "tests/types/rules_check.h"

#include <stdio.h>
#include <string.h>

/* ---- what a module declares, and another one defines ---- */

static void what_agreed_is_not_compared_again(void **state)
{
    (void)state;
    /* Not identical, but they agree by the rules. */
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made first = made_of("func f function int ( p pointer " POINT " )", &first_id);
    struct made second =
        made_apart("func f function typedef number int ( p pointer " POINT " )", &second_id);
    assert_true(agrees_with(&cache, &first, first_id, &second, second_id));
    unsigned long once = cache.work;
    assert_true(agrees_with(&cache, &first, first_id, &second, second_id));
    assert_true(cache.work - once < once / 2);
    type_cache_deinit(&cache);
    made_free(&first);
    made_free(&second);
}

static void what_is_the_same_needs_no_rules(void **state)
{
    (void)state;
    const char *words = "func f function int ( p pointer " POINT " )";
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made first = made_of(words, &first_id), second = made_apart(words, &second_id);
    assert_true(agrees_with(&cache, &first, first_id, &second, second_id));
    assert_int_equal(cache.work, 0);
    type_cache_deinit(&cache);
    made_free(&first);
    made_free(&second);
}

/* More pairs than the cache has room for at first. */
static void what_agreed_is_remembered_however_much_it_is(void **state)
{
    (void)state;
    enum { STRUCTS = 400, FIRST = 100 };
    struct type_cache cache = {0};
    struct made made[2];
    uint32_t symbols[2][2];
    for (int side = 0; side < 2; side++) {
        struct make *make = make_start();
        uint32_t target = make_add(make, "int");
        if (side) /* not identical, but they agree by the rules */
            target = make_typedef(make, "number", target);
        for (uint32_t i = 0; i < STRUCTS; i++) {
            char tag[16];
            snprintf(tag, sizeof tag, "s%u", i);
            uint32_t pointer = make_pointer(make, target);
            target = make_struct(make, tag, 8);
            make_member(make, "next", pointer, 0);
            if (i == FIRST)
                symbols[0][side] = make_var(make, "first", make_pointer(make, target));
        }
        symbols[1][side] = make_var(make, "second", make_pointer(make, target));
        made[side] = made_read(make);
    }
    for (int i = 0; i < 2; i++)
        assert_true(agrees_with(&cache, &made[0], symbols[i][0], &made[1], symbols[i][1]));
    assert_int_equal(cache.agreeing.count, STRUCTS);
    unsigned long once = cache.work;
    assert_true(agrees_with(&cache, &made[0], symbols[1][0], &made[1], symbols[1][1]));
    assert_true(cache.work - once < 16);
    type_cache_deinit(&cache);
    made_free(&made[0]);
    made_free(&made[1]);
}

/* ---- ids that are not types, and too many types ---- */

static void a_symbol_is_no_type(void **state)
{
    (void)state;
    check("var v int", "var v int", type_compare, FAIL, NULL, NULL, NULL, __LINE__);
}

static void an_unused_parting_stays_empty(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of(NODE("int"), &id);
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    assert_int_equal(compare(&made, id, &made, id, type_compare, &difference, &error), AGREE);
    assert_int_equal(difference.path.length + difference.first.length + difference.second.length,
                     0);
    assert_int_equal(error.code, PLUGIN_OK);
    made_free(&made);
}

/* A chain of structs, each with a pointer to the next, whose last one holds this type. */
enum { CHAIN = 100000 };

static struct made chain(const char *last, uint32_t *id)
{
    struct make *make = make_start();
    char tag[32];
    uint32_t end = make_add(make, last), target = 0;
    for (uint32_t i = 0; i < CHAIN; i++) {
        snprintf(tag, sizeof tag, "s%u", CHAIN - i);
        uint32_t pointer = i ? make_pointer(make, target) : end;
        target = make_struct(make, tag, 8);
        make_member(make, "next", pointer, 0);
    }
    *id = target;
    return made_read(make);
}

static void a_chain_of_a_hundred_thousand_structs_agrees(void **state)
{
    (void)state;
    uint32_t first_id, second_id;
    struct made first = chain("long", &first_id), second = chain("llong", &second_id);
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    assert_int_equal(
        compare(&first, first_id, &second, second_id, type_compare, &difference, &error), AGREE);
    type_difference_deinit(&difference);
    made_free(&first);
    made_free(&second);
}

static void a_difference_behind_a_hundred_thousand_structs_is_found(void **state)
{
    (void)state;
    uint32_t first_id, second_id;
    struct made first = chain("long", &first_id), second = chain("ulong", &second_id);
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    assert_int_equal(
        compare(&first, first_id, &second, second_id, type_compare, &difference, &error), DIFFER);
    static const char start[] = "struct s1: member next: struct s2: member next: struct s3: ";
    static const char end[] = ": struct s100000: member next";
    const char *path = text_chars(&difference.path);
    assert_memory_equal(path, start, sizeof start - 1);
    assert_non_null(strstr(path, ": ...: "));
    assert_true(strlen(path) < 4096);
    assert_string_equal(path + strlen(path) - (sizeof end - 1), end);
    assert_string_equal(text_chars(&difference.first), "long next;   /* offset 0, 8 bytes */");
    type_difference_deinit(&difference);
    made_free(&first);
    made_free(&second);
}

/* Unequal structs in a ring of 250 against a ring of 249: every pair of them is met. */
static void rings_of_unequal_length_end(void **state)
{
    (void)state;
    struct made made[2];
    uint32_t id[2];
    for (uint32_t side = 0; side < 2; side++) {
        struct make *make = make_start();
        uint32_t count = 250 - side;
        for (uint32_t i = 0; i < count; i++) {
            make_pointer(make, (i + 1) % count * 2 + 2);
            make_struct(make, "ring", 8);
            make_member(make, "next", i * 2 + 1, 0);
        }
        id[side] = 2;
        made[side] = made_read(make);
    }
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    assert_int_equal(compare(&made[0], id[0], &made[1], id[1], type_compare, &difference, &error),
                     AGREE);
    made_free(&made[0]);
    made_free(&made[1]);
}

static void check_too_deep(struct make *make, uint32_t id)
{
    struct made made = made_read(make);
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    enum answer answer = compare(&made, id, &made, id, type_compare, &difference, &error);
    type_difference_deinit(&difference);
    made_free(&made);
    assert_int_equal(answer, FAIL);
    assert_int_equal(error.code, PLUGIN_NOT_PLUGIN);
    assert_string_equal(error_text(&error),
                        "its types cannot be compared: types are nested too deeply");
}

/* An enum with this many enumerators, in this order or the reverse. */
static struct made many_enumerators(uint32_t count, bool is_reversed, uint32_t *id)
{
    struct make *make = make_start();
    char name[32];
    *id = make_enum(make, "e");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t value = is_reversed ? count - 1 - i : i;
        snprintf(name, sizeof name, "E%u", value);
        make_enumerator(make, name, value);
    }
    return made_read(make);
}

static void check_enumerators(uint32_t count, bool is_reversed, enum answer expected)
{
    uint32_t first_id, second_id;
    struct made first = many_enumerators(count, false, &first_id);
    struct made second = many_enumerators(count, is_reversed, &second_id);
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    enum answer answer =
        compare(&first, first_id, &second, second_id, type_compare, &difference, &error);
    made_free(&first);
    made_free(&second);
    type_difference_deinit(&difference);
    assert_int_equal(answer, expected);
    if (expected == FAIL)
        assert_string_equal(error_text(&error), "its types cannot be compared: too many types");
}

static void a_search_for_too_many_enumerators_fails(void **state)
{
    (void)state;
    check_enumerators(60000, false, AGREE);
    check_enumerators(1000, true, AGREE);
    check_enumerators(60000, true, FAIL);
}

static void arrays_of_arrays_beyond_the_limit_fail(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < 1000; i++)
        id = make_array(make, id, 1);
    check_too_deep(make, id);
}

static void structs_within_structs_need_no_depth(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t inner = id;
        id = make_struct(make, "nested", 4);
        make_member(make, "inner", inner, 0);
    }
    struct made made = made_read(make);
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    assert_int_equal(compare(&made, id, &made, id, type_compare, &difference, &error), AGREE);
    made_free(&made);
}

static void pointers_to_pointers_beyond_the_limit_fail(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < 1000; i++)
        id = make_pointer(make, id);
    check_too_deep(make, id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_agreed_is_not_compared_again),
        cmocka_unit_test(what_is_the_same_needs_no_rules),
        cmocka_unit_test(what_agreed_is_remembered_however_much_it_is),
        cmocka_unit_test(a_symbol_is_no_type),
        cmocka_unit_test(an_unused_parting_stays_empty),
        cmocka_unit_test(a_chain_of_a_hundred_thousand_structs_agrees),
        cmocka_unit_test(a_difference_behind_a_hundred_thousand_structs_is_found),
        cmocka_unit_test(rings_of_unequal_length_end),
        cmocka_unit_test(a_search_for_too_many_enumerators_fails),
        cmocka_unit_test(arrays_of_arrays_beyond_the_limit_fail),
        cmocka_unit_test(structs_within_structs_need_no_depth),
        cmocka_unit_test(pointers_to_pointers_beyond_the_limit_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
