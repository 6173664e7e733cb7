/* When functions, and the qualified types that they take, agree. */
#include "tests/common/check.h"
#include "tests/types/rules_check.h"

/* ---- qualifiers ---- */

static void qualifiers_count_on_what_a_pointer_points_to(void **state)
{
    (void)state;
    AGREES("pointer const int", "pointer const int");
    AGREES("pointer const volatile int", "pointer volatile const int");
    DIFFERS("pointer const int", "pointer int");
    DIFFERS("pointer volatile int", "pointer int");
    DIFFERS("pointer const int", "pointer volatile int");
    DIFFERS("pointer pointer restrict pointer int", "pointer pointer pointer int");
    DIFFERS("pointer const void", "pointer void");
    DIFFERS("pointer const struct s ;", "pointer struct s ;");
}

static void qualifiers_count_at_every_level(void **state)
{
    (void)state;
    DIFFERS("pointer pointer const int", "pointer pointer int");
    DIFFERS("pointer const pointer int", "pointer pointer int");
    DIFFERS("pointer const pointer int", "pointer pointer const int");
    DIFFERS("struct s 8 { p 0 pointer const char }", "struct s 8 { p 0 pointer char }");
    DIFFERS("function pointer const char ( )", "function pointer char ( )");
    DIFFERS("function void ( p pointer const char )", "function void ( p pointer char )");
    DIFFERS("array 2 pointer const char", "array 2 pointer char");
}

static void qualifiers_of_values_do_not_count(void **state)
{
    (void)state;
    AGREES("const int", "int");
    AGREES("const pointer int", "pointer int");
    AGREES("restrict pointer int", "pointer int");
    AGREES("struct s 4 { a 0 const int }", "struct s 4 { a 0 volatile int }");
    AGREES("function const int ( a const int )", "function int ( a int )");
    AGREES("function void ( p const pointer char )", "function void ( p pointer char )");
    AGREES("array 4 const int", "array 4 int");
}

static void qualifiers_of_an_array_are_those_of_its_elements(void **state)
{
    (void)state;
    AGREES("pointer const array 4 int", "pointer array 4 const int");
    AGREES("pointer array 2 const array 4 int", "pointer array 2 array 4 const int");
    DIFFERS("pointer array 4 const int", "pointer array 4 int");
    DIFFERS("pointer array 2 array 4 const int", "pointer array 2 array 4 int");
    AGREES("pointer typedef row const array 4 int", "pointer array 4 const int");
}

static void atomic_counts_everywhere(void **state)
{
    (void)state;
    AGREES("atomic int", "atomic int");
    DIFFERS("atomic int", "int");
    DIFFERS("pointer atomic int", "pointer int");
    DIFFERS("struct s 4 { a 0 atomic int }", "struct s 4 { a 0 int }");
    DIFFERS("array 4 atomic int", "array 4 int");
    AGREES("atomic const int", "const atomic int");
    DIFFERS_AT("struct s 4 { a 0 atomic int }", "struct s 4 { a 0 int }", "struct s: member a",
               "_Atomic int a;   /* offset 0, 4 bytes */", "int a;   /* offset 0, 4 bytes */");
}

/* ---- names that do not count ---- */

static void typedefs_do_not_count(void **state)
{
    (void)state;
    AGREES("typedef t int", "int");
    AGREES("typedef t typedef u int", "typedef v int");
    AGREES("pointer typedef t const int", "pointer const int");
    AGREES("pointer const typedef t int", "pointer const int");
    AGREES("struct s 4 { a 0 typedef t int }", "struct s 4 { a 0 int }");
    AGREES("typedef f function int ( a typedef t int )", "function int ( a int )");
    DIFFERS("typedef t int", "typedef t long");
}

static void parameter_names_do_not_count(void **state)
{
    (void)state;
    AGREES("function int ( a int b char )", "function int ( x int - char )");
}

/* ---- functions ---- */

static void functions_agree_by_result_and_parameters(void **state)
{
    (void)state;
    AGREES("function int ( a int )", "function int ( a int )");
    AGREES("function void ( )", "function void ( )");
    DIFFERS("function int ( a int )", "function long ( a int )");
    DIFFERS("function void ( )", "function int ( )");
    DIFFERS("function int ( a int )", "function int ( a unsigned )");
    DIFFERS("function int ( a int )", "function int ( a int b int )");
    DIFFERS("function int ( a int b char )", "function int ( a char b int )");
    DIFFERS("function int ( a int )", "function int ( )");
    DIFFERS("function int ( a int )", "int");
    DIFFERS("pointer function int ( a int )", "pointer int");
}

static void variadic_functions_agree_with_variadic_ones(void **state)
{
    (void)state;
    AGREES("function int ( f pointer char ... )", "function int ( f pointer char ... )");
    DIFFERS("function int ( f pointer char ... )", "function int ( f pointer char )");
    DIFFERS("function int ( f pointer char ... )", "function int ( f pointer char a int )");
    DIFFERS("function int ( f pointer char ... )", "function int ( f pointer char a int ... )");
}

static void a_function_without_a_prototype_agrees_with_promoted_parameters(void **state)
{
    (void)state;
    AGREES("function int ( ... )", "function int ( ... )");
    AGREES("function int ( ... )", "function int ( )");
    AGREES("function int ( ... )", "function int ( a int b long c double d pointer char )");
    AGREES("function int ( ... )", "function int ( a unsigned e enum e 4 { A 1 } )");
    AGREES("function int ( ... )", "function int ( s struct s 1 { c 0 char } )");
}

static void a_function_without_a_prototype_differs_from_what_promotion_changes(void **state)
{
    (void)state;
    DIFFERS("function int ( ... )", "function int ( a char )");
    DIFFERS("function int ( ... )", "function int ( a int b short )");
    DIFFERS("function int ( ... )", "function int ( a bool )");
    DIFFERS("function int ( ... )", "function int ( a float )");
    DIFFERS("function int ( ... )", "function int ( a const typedef t uchar )");
    DIFFERS("function int ( ... )", "function int ( e enum e 1 { A 1 } )");
    DIFFERS("function int ( ... )", "function int ( a int ... )");
    DIFFERS("function int ( ... )", "function long ( )");
}

static void the_part_of_a_function_that_differs_is_named(void **state)
{
    (void)state;
    DIFFERS_AT("function int ( a int )", "function long ( a int )", "result", "int   /* 4 bytes */",
               "long   /* 8 bytes */");
    DIFFERS_AT("function int ( a int b int )", "function int ( a int b char )", "parameter 2",
               "int   /* 4 bytes */", "char   /* 1 byte */");
    DIFFERS_AT("function pointer function int ( a int ) ( )",
               "function pointer function int ( a char ) ( )", "result: parameter 1",
               "int   /* 4 bytes */", "char   /* 1 byte */");
}

static void parameter_counts_that_differ_are_shown(void **state)
{
    (void)state;
    DIFFERS_AT("function int ( a int )", "function int ( a int b int )", "",
               "int (int a)   /* 1 parameter */", "int (int a, int b)   /* 2 parameters */");
    DIFFERS_AT("function int ( )", "function int ( a int )", "", "int (void)   /* 0 parameters */",
               "int (int a)   /* 1 parameter */");
    DIFFERS_AT("function int ( a int ... )", "function int ( a int )", "",
               "int (int a, ...)   /* 1 parameter and ... */", "int (int a)   /* 1 parameter */");
    DIFFERS_AT("function int ( a int b int ... )", "function int ( a int ... )", "",
               "int (int a, int b, ...)   /* 2 parameters and ... */",
               "int (int a, ...)   /* 1 parameter and ... */");
    DIFFERS_AT("struct s 8 { f 0 pointer function void ( a int ) }",
               "struct s 8 { f 0 pointer function void ( ) }", "struct s: member f",
               "void (int a)   /* 1 parameter */", "void (void)   /* 0 parameters */");
}

static void functions_where_one_has_no_prototype_are_shown_whole(void **state)
{
    (void)state;
    DIFFERS_AT("function int ( ... )", "function int ( c char )", "", "int ()", "int (char c)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qualifiers_count_on_what_a_pointer_points_to),
        cmocka_unit_test(qualifiers_count_at_every_level),
        cmocka_unit_test(qualifiers_of_values_do_not_count),
        cmocka_unit_test(qualifiers_of_an_array_are_those_of_its_elements),
        cmocka_unit_test(atomic_counts_everywhere),
        cmocka_unit_test(typedefs_do_not_count),
        cmocka_unit_test(parameter_names_do_not_count),
        cmocka_unit_test(functions_agree_by_result_and_parameters),
        cmocka_unit_test(variadic_functions_agree_with_variadic_ones),
        cmocka_unit_test(a_function_without_a_prototype_agrees_with_promoted_parameters),
        cmocka_unit_test(a_function_without_a_prototype_differs_from_what_promotion_changes),
        cmocka_unit_test(the_part_of_a_function_that_differs_is_named),
        cmocka_unit_test(parameter_counts_that_differ_are_shown),
        cmocka_unit_test(functions_where_one_has_no_prototype_are_shown_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
