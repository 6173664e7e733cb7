/* Where pointers agree although C would have them equal: the definition, or the provider's side, is
 * the first one. */
#include "tests/common/check.h"
#include "tests/types/rules_check.h"

#define IMPORT_FITS(definition, declaration)                                                       \
    check_import("func f " definition, "func f " declaration, TYPE_RULES, AGREE, __LINE__)
#define IMPORT_DIFFERS(definition, declaration)                                                    \
    check_import("func f " definition, "func f " declaration, TYPE_RULES, DIFFER, __LINE__)

/* Checks an import, and the same as the symbol of a plugin: there the second side provides it. */
static void check_import(const char *provided, const char *used, enum type_rules rules,
                         enum answer expected, int line)
{
    uint32_t provided_id, used_id, asked_id;
    char asked[1 << 10];
    snprintf(asked, sizeof asked, "pointer %s", strstr(used, " f ") + strlen(" f "));
    struct made a = made_of(provided, &provided_id), b = made_apart(used, &used_id);
    struct made c = made_apart(asked, &asked_id);
    struct type_side provider = {&a.btf, provided_id}, user = {&b.btf, used_id};
    struct type_difference difference = {0}, other = {0};
    struct type_cache cache = {0};
    ERROR_AUTO error = {0};
    bool agree = false, agree_asked = false;
    assert_true(type_compare_import(&cache, provider, user, rules, &agree, &difference, &error));
    assert_true(type_compare_symbol((struct type_side){&c.btf, asked_id}, provider, rules,
                                    &agree_asked, &other, &error));
    type_cache_deinit(&cache);
    type_difference_deinit(&difference);
    type_difference_deinit(&other);
    made_free(&a);
    made_free(&b);
    made_free(&c);
    if (agree != (expected == AGREE) || agree_asked != agree) {
        print_message("# %s | %s: %d, %d\n", provided, used, agree, agree_asked);
        _fail(__FILE__, line);
    }
}

static void a_provider_may_promise_more_of_a_parameter(void **state)
{
    (void)state;
    IMPORT_FITS("function int ( s pointer const char )", "function int ( s pointer char )");
    IMPORT_DIFFERS("function int ( s pointer char )", "function int ( s pointer const char )");
    IMPORT_FITS("function int ( s pointer volatile int )", "function int ( s pointer int )");
    IMPORT_DIFFERS("function int ( s pointer int )", "function int ( s pointer volatile int )");
    IMPORT_DIFFERS("function int ( s pointer const int )",
                   "function int ( s pointer volatile int )");
    IMPORT_FITS("function int ( s pointer const struct s ; )",
                "function int ( s pointer struct s 4 { i 0 int } )");
    IMPORT_FITS("function int ( a pointer array 4 const int )",
                "function int ( a pointer array 4 int )");
}

static void a_user_may_promise_more_of_a_result(void **state)
{
    (void)state;
    IMPORT_FITS("function pointer char ( )", "function pointer const char ( )");
    IMPORT_DIFFERS("function pointer const char ( )", "function pointer char ( )");
    IMPORT_FITS("function pointer int ( )", "function pointer volatile int ( )");
    IMPORT_DIFFERS("function pointer volatile int ( )", "function pointer int ( )");
}

static void restrict_and_atomic_stay_equal(void **state)
{
    (void)state;
    IMPORT_DIFFERS("function int ( s pointer restrict pointer int )",
                   "function int ( s pointer pointer int )");
    IMPORT_DIFFERS("function int ( s pointer atomic int )", "function int ( s pointer int )");
    IMPORT_DIFFERS("function int ( s pointer int )", "function int ( s pointer atomic int )");
    IMPORT_DIFFERS("function int ( s pointer const atomic int )", "function int ( s pointer int )");
}

static void behind_a_second_pointer_qualifiers_stay_equal(void **state)
{
    (void)state;
    IMPORT_DIFFERS("function int ( s pointer pointer const char )",
                   "function int ( s pointer pointer char )");
    IMPORT_DIFFERS("function int ( s pointer pointer char )",
                   "function int ( s pointer pointer const char )");
    IMPORT_FITS("function int ( s pointer const pointer char )",
                "function int ( s pointer pointer char )");
    IMPORT_DIFFERS("function int ( s pointer struct s 8 { p 0 pointer const char } )",
                   "function int ( s pointer struct s 8 { p 0 pointer char } )");
    IMPORT_DIFFERS("function int ( a pointer array 2 pointer const char )",
                   "function int ( a pointer array 2 pointer char )");
}

#define TAKES(type) "function void ( f pointer function void ( p " type " ) )"
#define GIVES(type) "function pointer function void ( p " type " ) ( )"

static void a_callback_swaps_the_sides(void **state)
{
    (void)state;
    IMPORT_FITS(TAKES("pointer char"), TAKES("pointer const char"));
    IMPORT_DIFFERS(TAKES("pointer const char"), TAKES("pointer char"));
    IMPORT_FITS("function void ( f pointer function pointer const char ( ) )",
                "function void ( f pointer function pointer char ( ) )");
    IMPORT_DIFFERS("function void ( f pointer function pointer char ( ) )",
                   "function void ( f pointer function pointer const char ( ) )");
    IMPORT_FITS(TAKES("pointer function void ( p pointer const char )"),
                TAKES("pointer function void ( p pointer char )"));
    IMPORT_DIFFERS(TAKES("pointer function void ( p pointer char )"),
                   TAKES("pointer function void ( p pointer const char )"));
    IMPORT_FITS(TAKES("pointer " TAKES("pointer char")),
                TAKES("pointer " TAKES("pointer const char")));
    IMPORT_DIFFERS(TAKES("pointer " TAKES("pointer const char")),
                   TAKES("pointer " TAKES("pointer char")));
    IMPORT_FITS(GIVES("pointer const char"), GIVES("pointer char"));
    IMPORT_DIFFERS(GIVES("pointer char"), GIVES("pointer const char"));
}

/* The same function type, provided by one side here and by the other one there. */
static void a_function_is_compared_for_each_side_that_provides_it(void **state)
{
    (void)state;
    IMPORT_DIFFERS("function " GIVES("pointer const char") " ( )", "function pointer int ( )");
    IMPORT_DIFFERS("function pointer function void ( p pointer const char ) ( f pointer function "
                   "void ( p pointer const char ) )",
                   "function pointer function void ( p pointer char ) ( f pointer function void ( "
                   "p pointer char ) )");
    IMPORT_DIFFERS("function void ( s pointer struct s 8 { f 0 pointer function void ( p pointer "
                   "const char ) } )",
                   "function void ( s pointer struct s 8 { f 0 pointer function void ( p pointer "
                   "char ) } )");
    IMPORT_DIFFERS("function void ( f pointer pointer function void ( p pointer char ) )",
                   "function void ( f pointer pointer function void ( p pointer const char ) )");
}

static void variables_keep_their_rule(void **state)
{
    (void)state;
    check_import("var f pointer const char", "var f  pointer char", TYPE_RULES, DIFFER, __LINE__);
    check_import("var f pointer void", "var f  pointer char", TYPE_RULES, DIFFER, __LINE__);
    check_import("var f pointer function void ( p pointer const char )",
                 "var f pointer function void ( p pointer char )", TYPE_RULES, DIFFER, __LINE__);
}

static void void_agrees_with_any_object(void **state)
{
    (void)state;
    IMPORT_FITS("function int ( p pointer void )", "function int ( p pointer struct s ; )");
    IMPORT_FITS("function int ( p pointer struct s 4 { i 0 int } )",
                "function int ( p pointer void )");
    IMPORT_FITS("function pointer void ( )", "function pointer int ( )");
    IMPORT_FITS("function pointer pointer int ( )", "function pointer void ( )");
    IMPORT_FITS("function int ( p pointer array 3 int )", "function int ( p pointer void )");
    IMPORT_FITS("function int ( s pointer struct s 8 { p 0 pointer void } )",
                "function int ( s pointer struct s 8 { p 0 pointer char } )");
    IMPORT_FITS("function int ( p pointer const void )", "function int ( p pointer struct s ; )");
    IMPORT_DIFFERS("function int ( p pointer void )",
                   "function int ( p pointer const struct s ; )");
    IMPORT_DIFFERS("function pointer const void ( )", "function pointer char ( )");
    IMPORT_DIFFERS("function int ( s pointer struct s 8 { p 0 pointer const void } )",
                   "function int ( s pointer struct s 8 { p 0 pointer char } )");
}

static void void_does_not_agree_with_what_is_no_object(void **state)
{
    (void)state;
    IMPORT_DIFFERS("function int ( p pointer void )",
                   "function int ( p pointer function void ( ) )");
    IMPORT_DIFFERS("function int ( p pointer pointer void )",
                   "function int ( p pointer pointer int )");
    IMPORT_DIFFERS("function int ( p pointer array 2 pointer void )",
                   "function int ( p pointer array 2 pointer int )");
    IMPORT_DIFFERS("function int ( s pointer struct s 16 { p 0 array 2 pointer void } )",
                   "function int ( s pointer struct s 16 { p 0 array 2 pointer int } )");
    IMPORT_DIFFERS("function int ( p pointer void )", "function int ( p pointer atomic int )");
    IMPORT_DIFFERS("function int ( p pointer void )", "function int ( p long )");
    IMPORT_DIFFERS("function int ( p pointer void )",
                   "function int ( p pointer opaque unknown~type~(x) 4 )");
}

#define S "pointer struct s ;"
#define T "pointer struct t ;"

static void void_does_not_hide_another_order(void **state)
{
    (void)state;
    IMPORT_DIFFERS("function int ( a pointer void b " S " )",
                   "function int ( a " S " b pointer void )");
    IMPORT_DIFFERS("function int ( a " S " b pointer void )",
                   "function int ( a pointer void b " S " )");
    IMPORT_DIFFERS("function int ( a pointer const void b " S " )",
                   "function int ( a " S " b pointer void )");
    IMPORT_DIFFERS("function int ( a pointer void n int b " S " )",
                   "function int ( a " S " n int b pointer void )");
    IMPORT_DIFFERS("function int ( a pointer void b " S " c " T " d pointer void )",
                   "function int ( a " S " b pointer void c pointer void d " T " )");
    IMPORT_DIFFERS("function int ( a pointer void b pointer int )",
                   "function int ( a pointer int b pointer void )");
    IMPORT_FITS("function int ( a pointer void b " S " )",
                "function int ( a " T " b pointer void )");
    IMPORT_FITS("function int ( a pointer void b " S " )", "function int ( a " S " b " S " )");
    IMPORT_FITS("function int ( a pointer void b pointer void )",
                "function int ( a " S " b " T " )");
}

static void strict_rules_know_none_of_this(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"func f function int ( s pointer const char )", "func f function int ( s pointer char )"},
        {"func f function pointer char ( )", "func f function pointer const char ( )"},
        {"func f function int ( p pointer void )", "func f function int ( p " S " )"},
    };
    for (size_t i = 0; i < COUNT(pairs); i++)
        check_import(pairs[i][0], pairs[i][1], TYPE_RULES_STRICT, DIFFER, __LINE__);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_provider_may_promise_more_of_a_parameter),
        cmocka_unit_test(a_user_may_promise_more_of_a_result),
        cmocka_unit_test(restrict_and_atomic_stay_equal),
        cmocka_unit_test(behind_a_second_pointer_qualifiers_stay_equal),
        cmocka_unit_test(a_callback_swaps_the_sides),
        cmocka_unit_test(a_function_is_compared_for_each_side_that_provides_it),
        cmocka_unit_test(variables_keep_their_rule),
        cmocka_unit_test(void_agrees_with_any_object),
        cmocka_unit_test(void_does_not_agree_with_what_is_no_object),
        cmocka_unit_test(void_does_not_hide_another_order),
        cmocka_unit_test(strict_rules_know_none_of_this),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
