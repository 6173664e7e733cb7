/* Which types of two modules are identical, and which are left to the rules. Types are written as
 * in btf_make.h. */
#include "src/types/identical_p.h"
#include "tests/common/check.h"
#include "tests/common/made.h"
#include "tests/types/differences.h"

#include <string.h>

static bool are_same(const char *first, const char *second)
{
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made a = made_of(first, &first_id), b = made_apart(second, &second_id);
    bool answer = types_are_identical(&cache, &a.btf, &b.btf, first_id, second_id);
    type_cache_deinit(&cache);
    made_free(&a);
    made_free(&b);
    return answer;
}

static void every_kind_is_the_same_as_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(type_kinds); i++)
        if (!are_same(type_kinds[i], type_kinds[i]))
            fail_msg("%s", type_kinds[i]);
}

/* Each pair differs in one thing. */
static void whatever_differs_is_not_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(type_differences); i++)
        if (are_same(type_differences[i][0], type_differences[i][1]) ||
            are_same(type_differences[i][1], type_differences[i][0]))
            fail_msg("%s | %s", type_differences[i][0], type_differences[i][1]);
}

static void names_that_do_not_count_may_differ(void **state)
{
    (void)state;
    assert_true(are_same("function int ( a int )", "function int ( b int )"));
    assert_true(are_same("typedef meters int", "typedef feet int"));
}

static void an_incomplete_type_is_the_same_as_a_complete_one_of_its_tag(void **state)
{
    (void)state;
    assert_true(are_same(POINT, "struct point ;"));
    assert_true(are_same("pointer union u ;", "pointer union u 4 { a 0 int }"));
    assert_false(are_same(POINT, "union point ;"));
    assert_false(are_same("struct - 4 { a 0 int }", "struct __unnamed ;"));
}

/* Pairs that were met before a difference are not known to be identical: here, each `in` is, but
 * for its pointer back. */
static void a_difference_leaves_nothing_behind(void **state)
{
    (void)state;
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made a =
        made_of("struct out 16 { in 0 pointer struct in 8 { back 0 pointer same out } n "
                "64 int }",
                &first_id);
    struct made b =
        made_apart("struct out 16 { in 0 pointer struct in 8 { back 0 pointer same out } "
                   "n 64 float }",
                   &second_id);
    for (uint32_t x = 1; x < a.btf.count; x++)
        for (uint32_t y = 1; y < b.btf.count; y++) {
            struct btf_type first = btf_type(&a.btf, x), second = btf_type(&b.btf, y);
            if (first.kind != BTF_STRUCT && first.kind != BTF_PTR)
                continue;
            if (strcmp(first.name, second.name) != 0 || first.kind != second.kind)
                continue;
            cache.wasted_work = 0;
            assert_false(types_are_identical(&cache, &a.btf, &b.btf, x, y));
            assert_false(types_are_known_identical(&cache, x, y));
        }
    type_cache_deinit(&cache);
    made_free(&a);
    made_free(&b);
}

static void what_was_found_is_known(void **state)
{
    (void)state;
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made a = made_of("pointer " POINT, &first_id),
                b = made_apart("pointer " POINT, &second_id);
    assert_false(types_are_known_identical(&cache, first_id, second_id));
    assert_true(types_are_identical(&cache, &a.btf, &b.btf, first_id, second_id));
    assert_true(types_are_known_identical(&cache, first_id, second_id));
    assert_false(types_are_known_identical(&cache, first_id + 1, second_id));
    assert_int_equal(cache.wasted_work, 0);
    type_cache_deinit(&cache);
    made_free(&a);
    made_free(&b);
}

/* Otherwise many symbols with a difference behind the same large graph would each cost a walk of
 * it.
 */
static void walks_in_vain_end(void **state)
{
    (void)state;
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made a = made_of(POINT, &first_id);
    struct made b = made_apart("struct point 8 { x 0 int y 32 float }", &second_id);
    for (uint32_t i = 0; i < 1000; i++)
        assert_false(types_are_identical(&cache, &a.btf, &b.btf, first_id, second_id));
    assert_in_range(cache.wasted_work, 1, 2 * b.btf.count);
    type_cache_deinit(&cache);
    made_free(&a);
    made_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_the_same_as_itself),
        cmocka_unit_test(whatever_differs_is_not_the_same),
        cmocka_unit_test(names_that_do_not_count_may_differ),
        cmocka_unit_test(an_incomplete_type_is_the_same_as_a_complete_one_of_its_tag),
        cmocka_unit_test(a_difference_leaves_nothing_behind),
        cmocka_unit_test(what_was_found_is_known),
        cmocka_unit_test(walks_in_vain_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
