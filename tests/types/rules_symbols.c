/* When a symbol is of the type that is asked for, and a declaration fits its definition. */
#include "tests/common/check.h"
#include "tests/types/rules_check.h"

/* ---- symbols ---- */

static void a_variable_is_asked_for_by_a_pointer_to_its_type(void **state)
{
    (void)state;
    SYMBOL_FITS("pointer int", "var v int");
    SYMBOL_FITS("typedef t pointer typedef u int", "var v int");
    SYMBOL_FITS("const pointer int", "var v int");
    SYMBOL_FITS("pointer pointer char", "var v pointer char");
    SYMBOL_FITS("pointer " POINT, "var v " POINT);
    SYMBOL_DIFFERS("pointer long", "var v int");
    SYMBOL_DIFFERS("pointer int", "var v pointer int");
    SYMBOL_DIFFERS("int", "var v int");
    SYMBOL_DIFFERS("pointer void", "var v int");
    SYMBOL_DIFFERS("pointer function void ( )", "var v int");
}

static void a_function_is_asked_for_by_a_pointer_to_its_type(void **state)
{
    (void)state;
    SYMBOL_FITS("pointer function int ( a int )", "func f function int ( b int )");
    SYMBOL_DIFFERS("function int ( a int )", "func f function int ( a int )");
    SYMBOL_DIFFERS("pointer function int ( )", "func f function int ( a int )");
    SYMBOL_DIFFERS("pointer void", "func f function int ( a int )");
    SYMBOL_DIFFERS("pointer pointer function int ( )", "func f function int ( )");
}

static void asking_may_add_a_qualifier(void **state)
{
    (void)state;
    SYMBOL_FITS("pointer const int", "var v int");
    SYMBOL_FITS("pointer volatile int", "var v int");
    SYMBOL_FITS("pointer const volatile int", "var v volatile int");
    SYMBOL_FITS("pointer const pointer char", "var v pointer char");
    SYMBOL_FITS("pointer array 4 const int", "var v array 4 int");
    SYMBOL_FITS("pointer const " POINT, "var v " POINT);
}

static void asking_may_not_drop_a_qualifier(void **state)
{
    (void)state;
    SYMBOL_FITS("pointer const int", "var v const int");
    SYMBOL_DIFFERS("pointer int", "var v const int");
    SYMBOL_DIFFERS("pointer int", "var v typedef t const int");
    SYMBOL_DIFFERS("pointer const int", "var v volatile int");
    SYMBOL_DIFFERS("pointer array 4 int", "var v array 4 const int");
    SYMBOL_DIFFERS("pointer pointer int", "var v const pointer int");
    SYMBOL_DIFFERS_AT("pointer int", "var v const int", "", "int   /* 4 bytes */",
                      "const int   /* 4 bytes */");
}

static void asking_adds_qualifiers_on_the_first_level_alone(void **state)
{
    (void)state;
    SYMBOL_DIFFERS("pointer pointer const char", "var v pointer char");
    SYMBOL_DIFFERS("pointer const pointer const char", "var v pointer char");
    SYMBOL_DIFFERS("pointer pointer char", "var v pointer const char");
}

static void atomic_may_be_neither_added_nor_dropped(void **state)
{
    (void)state;
    SYMBOL_FITS("pointer atomic int", "var v atomic int");
    SYMBOL_DIFFERS("pointer int", "var v atomic int");
    SYMBOL_DIFFERS("pointer atomic int", "var v int");
}

static void an_array_may_be_asked_for_without_its_count(void **state)
{
    (void)state;
    SYMBOL_FITS("pointer array 0 int", "var v array 4 int");
    SYMBOL_FITS("pointer array 4 int", "var v array 4 int");
    SYMBOL_DIFFERS("pointer array 5 int", "var v array 4 int");
    SYMBOL_DIFFERS("pointer int", "var v array 4 int");
}

static void what_is_asked_for_is_the_first_side(void **state)
{
    (void)state;
    SYMBOL_DIFFERS_AT("pointer function int ( s pointer struct shape 8 { r 0 double } )",
                      "func f function int ( s pointer struct shape 4 { r 0 float } )",
                      "parameter 1: struct shape: member r", "double r;   /* offset 0, 8 bytes */",
                      "float r;   /* offset 0, 4 bytes */");
    SYMBOL_DIFFERS_AT("int", "var v int", "", "int   /* not a pointer */",
                      "int   /* its address is a pointer */");
}

/* ---- what a module declares, and another one defines ---- */

static bool compare_import(struct type_side definition, struct type_side declaration,
                           enum type_rules rules, bool *agree, struct type_difference *difference,
                           struct error *error)
{
    struct type_cache cache = {0};
    bool answered =
        type_compare_import(&cache, definition, declaration, rules, agree, difference, error);
    type_cache_deinit(&cache);
    return answered;
}

#define IMPORT_FITS(definition, declaration)                                                       \
    check(definition, declaration, compare_import, AGREE, NULL, NULL, NULL, __LINE__)
#define IMPORT_DIFFERS(definition, declaration)                                                    \
    check(definition, declaration, compare_import, DIFFER, NULL, NULL, NULL, __LINE__)
#define IMPORT_DIFFERS_AT(definition, declaration, path, first_text, second_text)                  \
    check(definition, declaration, compare_import, DIFFER, path, first_text, second_text, __LINE__)

static void a_declaration_agrees_with_its_definition(void **state)
{
    (void)state;
    IMPORT_FITS("var v int", "var v int");
    IMPORT_FITS("func f function int ( a int )", "func f function int ( b int )");
    IMPORT_FITS("var v " POINT, "var v struct point ;");
    IMPORT_FITS("func f function void ( p pointer " POINT " )",
                "func f function void ( p pointer struct point ; )");
    IMPORT_DIFFERS("var v int", "var v long");
    IMPORT_DIFFERS("func f function int ( a int )", "func f function int ( )");
}

static void a_declaration_may_add_a_qualifier_and_not_drop_it(void **state)
{
    (void)state;
    IMPORT_FITS("var v int", "var v const int");
    IMPORT_FITS("var v volatile int", "var v const volatile int");
    IMPORT_FITS("var v const pointer char", "var v const pointer char");
    IMPORT_FITS("var v array 4 int", "var v array 4 const int");
    IMPORT_DIFFERS("var v volatile int", "var v int");
    IMPORT_DIFFERS("var v array 4 const int", "var v array 4 int");
    IMPORT_DIFFERS("var v typedef t const int", "var v typedef t int");
    IMPORT_DIFFERS_AT("var v const int", "var v int", "", "const int   /* 4 bytes */",
                      "int   /* 4 bytes */");
}

static void a_declaration_adds_qualifiers_on_the_first_level_alone(void **state)
{
    (void)state;
    IMPORT_DIFFERS("var v pointer char", "var v pointer const char");
    IMPORT_DIFFERS("func f function void ( p pointer char )",
                   "func f function void ( p pointer const char )");
    IMPORT_DIFFERS("var v atomic int", "var v int");
}

static void a_declared_array_may_leave_its_count_open(void **state)
{
    (void)state;
    IMPORT_FITS("var v array 4 int", "var v array 0 int");
    IMPORT_DIFFERS("var v array 4 int", "var v array 5 int");
    IMPORT_DIFFERS("var v array 4 int", "var v pointer int");
}

static void the_definition_is_the_first_side(void **state)
{
    (void)state;
    IMPORT_DIFFERS_AT("func f function int ( s pointer struct shape 16 { n 0 int r 64 double } )",
                      "func f function int ( s pointer struct shape 8 { n 0 int r 32 float } )",
                      "parameter 1: struct shape: member r", "double r;   /* offset 8, 8 bytes */",
                      "float r;   /* offset 4, 4 bytes */");
}

static void a_difference_is_not_remembered(void **state)
{
    (void)state;
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made first = made_of("func f function int ( p pointer struct outer 8 { in 0 pointer "
                                "struct shape 8 { r 0 double } } )",
                                &first_id);
    struct made second = made_apart("func f function int ( p pointer struct outer 8 { in 0 pointer "
                                    "struct shape 4 { r 0 float } } )",
                                    &second_id);
    for (int i = 0; i < 3; i++)
        assert_false(agrees_with(&cache, &first, first_id, &second, second_id));
    type_cache_deinit(&cache);
    made_free(&first);
    made_free(&second);
}

static void a_function_differs_from_a_variable(void **state)
{
    (void)state;
    IMPORT_DIFFERS_AT("func f function int ( a int )", "var f int", "", "int f(int a)", "int f");
    IMPORT_DIFFERS_AT("var f pointer function int ( a int )", "func f function int ( a int )", "",
                      "int (*f)(int a)", "int f(int a)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_is_asked_for_by_a_pointer_to_its_type),
        cmocka_unit_test(a_function_is_asked_for_by_a_pointer_to_its_type),
        cmocka_unit_test(asking_may_add_a_qualifier),
        cmocka_unit_test(asking_may_not_drop_a_qualifier),
        cmocka_unit_test(asking_adds_qualifiers_on_the_first_level_alone),
        cmocka_unit_test(atomic_may_be_neither_added_nor_dropped),
        cmocka_unit_test(an_array_may_be_asked_for_without_its_count),
        cmocka_unit_test(what_is_asked_for_is_the_first_side),
        cmocka_unit_test(a_declaration_agrees_with_its_definition),
        cmocka_unit_test(a_declaration_may_add_a_qualifier_and_not_drop_it),
        cmocka_unit_test(a_declaration_adds_qualifiers_on_the_first_level_alone),
        cmocka_unit_test(a_declared_array_may_leave_its_count_open),
        cmocka_unit_test(the_definition_is_the_first_side),
        cmocka_unit_test(a_difference_is_not_remembered),
        cmocka_unit_test(a_function_differs_from_a_variable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
