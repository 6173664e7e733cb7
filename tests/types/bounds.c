/* What hostile types cost. Each of these is so large that
 * work which grows with its square does not end within the test's time. */
#include "src/types/compare.h"
#include "src/types/print.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdlib.h>
#include <string.h>

enum answer { AGREE, PART, FAIL };

static enum answer compare(const struct made *first, uint32_t first_id, const struct made *second,
                           uint32_t second_id)
{
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    bool agree;
    bool is_compared = type_compare((struct type_side){&first->btf, first_id},
                                    (struct type_side){&second->btf, second_id}, TYPE_RULES, &agree,
                                    &difference, &error);
    type_difference_deinit(&difference);
    if (is_compared)
        return agree ? AGREE : PART;
    assert_string_equal(error_text(&error), "its types cannot be compared: too many types");
    return FAIL;
}

/* A ring of structs; every pair of two rings of unequal length is met. */
static struct made make_ring(uint32_t count)
{
    struct make *make = make_start();
    for (uint32_t i = 0; i < count; i++) {
        make_pointer(make, (i + 1) % count * 2 + 2);
        make_struct(make, "ring", 8);
        make_member(make, "next", i * 2 + 1, 0);
    }
    return made_read(make);
}

static void all_pairs_of_large_rings_are_too_many(void **state)
{
    (void)state;
    struct made first = make_ring(100000), second = make_ring(99999);
    assert_int_equal(compare(&first, 2, &second, 2), FAIL);
    made_free(&first);
    made_free(&second);
}

/* Each member's type is behind as many names as there may be. */
static void members_behind_long_chains_are_too_many(void **state)
{
    (void)state;
    struct make *make = make_start();
    uint32_t id = make_members(make, 60000, make_chain(make, 999));
    struct made made = made_read(make);
    assert_int_equal(compare(&made, id, &made, id), FAIL);
    made_free(&made);
}

static void parameters_behind_long_chains_are_too_many(void **state)
{
    (void)state;
    enum { PARAMETERS = 60000 };
    struct make *make = make_start();
    uint32_t chain = make_chain(make, 999);
    uint32_t open = make_function(make, 0);
    make_parameter(make, "", 0);
    uint32_t id = make_function(make, 0);
    for (int i = 0; i < PARAMETERS; i++)
        make_parameter(make, "p", chain);
    struct made made = made_read(make);
    assert_int_equal(compare(&made, open, &made, id), FAIL);
    made_free(&made);
}

/* What a message shows is short, and so is the work: without a tag, the struct would be written
 * out, with the alignment of all that its members are made of. */
static void a_large_declaration_is_not_shown(void **state)
{
    (void)state;
    enum { MEMBERS = 60000, LEVELS = 20 };
    struct make *make = make_start();
    make_add(make, "int");
    uint32_t id = 1;
    for (int level = 0; level < LEVELS; level++) {
        uint32_t inner = id;
        id = make_struct(make, "", 0xFFFF);
        for (int i = 0; i < (level ? MEMBERS / LEVELS : 2); i++)
            make_member(make, "m", inner, 0);
    }
    struct made made = made_read(make);
    TEXT_AUTO text = {0};
    print_shown(&text, &made.btf, id, "name");
    assert_string_equal(text_chars(&text), "a type too large to show");
    made_free(&made);
}

static void what_is_printed_may_be_longer_than_what_is_shown(void **state)
{
    (void)state;
    uint32_t id;
    struct make *make = make_start();
    make_add(make, "int");
    id = make_struct(make, "", 4);
    for (int i = 0; i < 1000; i++)
        make_member(make, "m", 1, 0);
    struct made made = made_read(make);
    TEXT_AUTO printed = {0}, shown = {0};
    print_declaration(&printed, &made.btf, id, "name", NULL);
    assert_false(printed.failed);
    assert_true(printed.length > 7000);
    print_shown(&shown, &made.btf, id, "name");
    assert_string_equal(text_chars(&shown), "a type too large to show");
    made_free(&made);
}

static void a_long_name_is_not_shown(void **state)
{
    (void)state;
    enum { CHAIN = 500 };
    struct make *make = make_start();
    make_add(make, "int");
    for (uint32_t i = 1; i < CHAIN; i++)
        make_pointer(make, i);
    struct made made = made_read(make);
    char *name = malloc(16 * MIB);
    assert_non_null(name);
    memset(name, 'x', 16 * MIB - 1);
    name[16 * MIB - 1] = '\0';
    TEXT_AUTO text = {0};
    print_shown(&text, &made.btf, CHAIN, name);
    assert_string_equal(text_chars(&text), "a type too large to show");
    free(name);
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pairs_of_large_rings_are_too_many),
        cmocka_unit_test(members_behind_long_chains_are_too_many),
        cmocka_unit_test(parameters_behind_long_chains_are_too_many),
        cmocka_unit_test(a_large_declaration_is_not_shown),
        cmocka_unit_test(what_is_printed_may_be_longer_than_what_is_shown),
        cmocka_unit_test(a_long_name_is_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
