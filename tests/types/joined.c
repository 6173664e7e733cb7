/* Types of several modules as those of one. Types are written as in btf_make.h. */
#include "src/types/joined.h"
#include "src/types/compare.h"
#include "tests/common/check.h"
#include "tests/common/made.h"
#include "tests/types/differences.h"

#include <string.h>

/* Are they equal as in C? */
static bool are_equal(const struct btf *first, uint32_t a, const struct btf *second, uint32_t b)
{
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    bool agree = false;
    bool is_compared = type_compare((struct type_side){first, a}, (struct type_side){second, b},
                                    TYPE_RULES_STRICT, &agree, &difference, &error);
    type_difference_deinit(&difference);
    return is_compared && agree;
}

static void every_kind_stays_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(type_kinds); i++) {
        uint32_t first, second, third, bases[3];
        ERROR_AUTO error = {0};
        struct btf_joined joined = {0};
        struct made a = made_of("struct before 4 { member 0 int }", &first);
        struct made b = made_apart(type_kinds[i], &second), c = made_of(type_kinds[i], &third);
        const struct btf *parts[] = {&a.btf, &b.btf, &c.btf};
        assert_true(btf_join(&joined, parts, COUNT(parts), bases, &error));
        assert_int_equal(joined.btf.count, a.btf.count + b.btf.count + c.btf.count - 2);
        assert_int_equal(bases[0], 0);
        if (!are_equal(&joined.btf, first, &a.btf, first) ||
            !are_equal(&joined.btf, second + bases[1], &b.btf, second) ||
            !are_equal(&joined.btf, third + bases[2], &c.btf, third) ||
            strcmp(btf_type(&joined.btf, third + bases[2]).name, btf_type(&c.btf, third).name) != 0)
            fail_msg("%s", type_kinds[i]);
        btf_joined_deinit(&joined);
        made_free(&a);
        made_free(&b);
        made_free(&c);
    }
}

static void tags_go_with_their_types(void **state)
{
    (void)state;
    uint32_t first, second, bases[2];
    ERROR_AUTO error = {0};
    struct btf_joined joined = {0};
    struct made a = made_of("declared one int", &first), b = made_of("declared two int", &second);
    const struct btf *parts[] = {&a.btf, &b.btf};
    assert_true(btf_join(&joined, parts, COUNT(parts), bases, &error));
    assert_true(btf_is_tagged(&joined.btf, first, "one", ""));
    assert_false(btf_is_tagged(&joined.btf, first, "two", ""));
    assert_true(btf_is_tagged(&joined.btf, second + bases[1], "two", ""));
    btf_joined_deinit(&joined);
    made_free(&a);
    made_free(&b);
}

static void what_has_4_gib_is_not_joined(void **state)
{
    (void)state;
    uint32_t id, bases[2];
    ERROR_AUTO error = {0};
    struct btf_joined joined = {0};
    struct made a = made_of("int", &id), b = made_of("int", &id);
    const struct btf *parts[] = {&a.btf, &b.btf};
    b.btf.types.size = UINT32_MAX;
    assert_false(btf_join(&joined, parts, COUNT(parts), bases, &error));
    assert_string_equal(error_text(&error), "its libraries have too many types");
    btf_joined_deinit(&joined);
    made_free(&a);
    made_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_stays_what_it_is),
        cmocka_unit_test(tags_go_with_their_types),
        cmocka_unit_test(what_has_4_gib_is_not_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
