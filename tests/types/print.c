/* Types as declarations and definitions of C. */
#include "src/types/print.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdio.h>
#include <string.h>

static void check_text(const struct text *text, const char *words, const char *expected, int line)
{
    if (!text->failed && !strcmp(text_chars(text), expected))
        return;
    print_message("# %s:\n# %s%s\n# not\n# %s\n", words, text_chars(text),
                  text->failed ? " (failed)" : "", expected);
    _fail(__FILE__, line);
}

static void check_declaration(const char *words, const char *name, const char *expected, int line)
{
    uint32_t id;
    struct made made = made_of(words, &id);
    TEXT_AUTO text = {0};
    print_declaration(&text, &made.btf, id, name, NULL);
    made_free(&made);
    check_text(&text, words, expected, line);
}

static void check_definition(struct made made, uint32_t id, const char *words, const char *expected,
                             int line)
{
    TEXT_AUTO text = {0};
    print_definition(&text, &made.btf, id, NULL);
    made_free(&made);
    check_text(&text, words, expected, line);
}

static void check_words_definition(const char *words, const char *expected, int line)
{
    uint32_t id;
    struct made made = made_of(words, &id);
    check_definition(made, id, words, expected, line);
}

#define DECLARES(words, expected) check_declaration(words, "x", expected, __LINE__)
#define TYPE_IS(words, expected)  check_declaration(words, NULL, expected, __LINE__)
#define DEFINES(words, expected)  check_words_definition(words, expected, __LINE__)

/* ---- declarations ---- */

static void base_types_have_their_names(void **state)
{
    (void)state;
    DECLARES("int", "int x");
    DECLARES("bool", "_Bool x");
    DECLARES("ullong", "unsigned long long x");
    DECLARES("ldouble", "long double x");
    DECLARES("opaque _Complex~double 16", "_Complex double x");
    TYPE_IS("int", "int");
    TYPE_IS("void", "void");
}

static void tags_and_typedefs_have_their_names(void **state)
{
    (void)state;
    DECLARES("struct s 4 { a 0 int }", "struct s x");
    DECLARES("union u 4 { a 0 int }", "union u x");
    DECLARES("enum e 4 { A 0 }", "enum e x");
    DECLARES("pointer enum e ;", "enum e *x");
    DECLARES("pointer struct s ;", "struct s *x");
    DECLARES("pointer union u ;", "union u *x");
    DECLARES("typedef t pointer int", "t x");
    TYPE_IS("struct s 4 { a 0 int }", "struct s");
}

static void pointers_and_arrays_bind_as_c_does(void **state)
{
    (void)state;
    DECLARES("pointer int", "int *x");
    DECLARES("pointer pointer int", "int **x");
    DECLARES("array 4 int", "int x[4]");
    DECLARES("array 2 array 3 int", "int x[2][3]");
    DECLARES("pointer array 4 int", "int (*x)[4]");
    DECLARES("array 4 pointer int", "int *x[4]");
    DECLARES("pointer pointer array 2 pointer array 3 char", "char (*(**x)[2])[3]");
    DECLARES("array 4294967295 char", "char x[4294967295]");
}

static void a_type_without_a_name_keeps_its_shape(void **state)
{
    (void)state;
    TYPE_IS("pointer int", "int *");
    TYPE_IS("pointer array 4 int", "int (*)[4]");
    TYPE_IS("array 4 pointer int", "int *[4]");
    TYPE_IS("pointer function int ( a int )", "int (*)(int a)");
    TYPE_IS("const pointer int", "int *const");
    TYPE_IS("pointer const pointer int", "int *const *");
}

static void functions_bind_as_c_does(void **state)
{
    (void)state;
    DECLARES("function void ( )", "void x(void)");
    DECLARES("function int ( a int b pointer char )", "int x(int a, char *b)");
    DECLARES("function pointer int ( - int )", "int *x(int)");
    DECLARES("pointer function pointer int ( )", "int *(*x)(void)");
    DECLARES("function pointer array 3 int ( )", "int (*x(void))[3]");
    DECLARES("array 2 pointer function void ( )", "void (*x[2])(void)");
}

static void functions_returning_function_pointers_nest(void **state)
{
    (void)state;
    /* signal(2) */
    DECLARES("function pointer function void ( - int ) ( s int h pointer function void ( - int ) )",
             "void (*x(int s, void (*h)(int)))(int)");
    DECLARES("pointer function pointer function pointer function int ( ) ( a char ) ( b long )",
             "int (*(*(*x)(long b))(char a))(void)");
}

static void unprototyped_and_variadic_functions_differ(void **state)
{
    (void)state;
    DECLARES("function int ( ... )", "int x()");
    DECLARES("function int ( f pointer const char ... )", "int x(const char *f, ...)");
    DECLARES("pointer function void ( ... )", "void (*x)()");
    DECLARES("function int ( )", "int x(void)");
}

static void qualifiers_stand_where_they_belong(void **state)
{
    (void)state;
    DECLARES("const int", "const int x");
    DECLARES("const volatile int", "const volatile int x");
    DECLARES("volatile const int", "const volatile int x");
    DECLARES("pointer const int", "const int *x");
    DECLARES("const pointer int", "int *const x");
    DECLARES("restrict pointer char", "char *restrict x");
    DECLARES("const volatile restrict pointer char", "char *const volatile restrict x");
    DECLARES("volatile pointer const pointer const char", "const char *const *volatile x");
    DECLARES("array 4 const int", "const int x[4]");
    DECLARES("const array 4 int", "const int x[4]");
    DECLARES("pointer const array 4 int", "const int (*x)[4]");
    DECLARES("array 2 const pointer int", "int *const x[2]");
    DECLARES("const pointer function void ( )", "void (*const x)(void)");
    DECLARES("const struct s 4 { a 0 int }", "const struct s x");
    DECLARES("const typedef t int", "const t x");
}

static void atomic_is_a_qualifier(void **state)
{
    (void)state;
    DECLARES("atomic int", "_Atomic int x");
    DECLARES("pointer atomic int", "_Atomic int *x");
    DECLARES("atomic pointer int", "int *_Atomic x");
    DECLARES("const atomic int", "const _Atomic int x");
    DECLARES("array 2 atomic int", "_Atomic int x[2]");
}

static void arrays_of_unknown_count_are_empty_brackets(void **state)
{
    (void)state;
    DECLARES("pointer array 0 int", "int (*x)[]");
    DECLARES("array 0 array 3 int", "int x[][3]");
}

static void only_the_outermost_count_of_an_array_may_be_left_out(void **state)
{
    (void)state;
    DECLARES("array 2 array 0 int", "int x[2][0]");
    DEFINES("struct s 4 { n 0 int a 32 array 2 array 0 int }",
            "struct s {\n    int n;\n    int a[2][0];\n}");
}

#define VA_LIST_TAG                                                                                \
    "struct __va_list_tag 24 { gp_offset 0 unsigned fp_offset 32 unsigned "                        \
    "overflow_arg_area 64 pointer void reg_save_area 128 pointer void }"

static void va_list_is_spelled_as_c_does(void **state)
{
    (void)state;
    DECLARES("array 1 " VA_LIST_TAG, "__builtin_va_list x");
    DECLARES("pointer array 1 " VA_LIST_TAG, "__builtin_va_list *x");
    DECLARES("function int ( f pointer const char a pointer " VA_LIST_TAG " )",
             "int x(const char *f, __builtin_va_list a)");
    DECLARES("typedef va_list typedef __builtin_va_list array 1 " VA_LIST_TAG, "va_list x");
}

static void types_that_the_compiler_declares_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool is_builtin;
    } cases[] = {
        {VA_LIST_TAG, true},
        {"typedef __builtin_va_list pointer void", true},
        {"typedef va_list pointer void", false},
        {"struct va_list_tag 4 { a 0 int }", false},
        {"int", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t id;
        struct made made = made_of(cases[i].words, &id);
        struct btf_type type = btf_type(&made.btf, id);
        assert_int_equal(print_is_builtin(&type), cases[i].is_builtin);
        made_free(&made);
    }
}

static void parameter_names_that_c_does_not_allow_are_left_out(void **state)
{
    (void)state;
    static const char *const keywords[] = {
        "auto",    "break",  "case",     "char",   "const",    "continue", "default",
        "do",      "double", "else",     "enum",   "extern",   "float",    "for",
        "goto",    "if",     "inline",   "int",    "long",     "register", "restrict",
        "return",  "short",  "signed",   "sizeof", "static",   "struct",   "switch",
        "typedef", "union",  "unsigned", "void",   "volatile", "while"};
    for (size_t i = 0; i < COUNT(keywords); i++) {
        char words[64];
        snprintf(words, sizeof words, "function void ( %s int )", keywords[i]);
        DECLARES(words, "void x(int)");
    }
    DECLARES("function void ( 2nd int )", "void x(int)");
    DECLARES("function void ( a-b int )", "void x(int)");
    DECLARES("function void ( a~b int )", "void x(int)");
    DECLARES("function void ( a;evil int )", "void x(int)");
    DECLARES("function void ( \xC3\xBC int )", "void x(int)");
    DECLARES("function void ( \x1b[31m int )", "void x(int)");
}

static void parameter_names_that_c_allows_are_kept(void **state)
{
    (void)state;
    DECLARES("function void ( ints int )", "void x(int ints)");
    DECLARES("function void ( nt int )", "void x(int nt)");
    DECLARES("function void ( un int )", "void x(int un)");
    DECLARES("function void ( _2 int )", "void x(int _2)");
    DECLARES("function void ( a$1 int )", "void x(int a$1)");
    DECLARES("function void ( Int int )", "void x(int Int)");
}

/* Also keywords (C11 6.4.1). */
static void parameter_names_that_are_newer_keywords_are_left_out(void **state)
{
    (void)state;
    static const char *const keywords[] = {
        "_Alignas", "_Alignof",   "_Atomic",   "_Bool",          "_Complex",
        "_Generic", "_Imaginary", "_Noreturn", "_Static_assert", "_Thread_local"};
    for (size_t i = 0; i < COUNT(keywords); i++) {
        char words[64];
        snprintf(words, sizeof words, "function void ( %s int )", keywords[i]);
        DECLARES(words, "void x(int)");
    }
}

static void names_from_outside_are_escaped(void **state)
{
    (void)state;
    DECLARES("struct a\x1b[2Jb 4 { a 0 int }", "struct a\\x1b[2Jb x");
    check_declaration("int", "a\x9b", "int a\\x9b", __LINE__);
}

static void a_symbol_is_declared_by_its_type(void **state)
{
    (void)state;
    static const struct {
        const char *words, *expected;
    } symbols[] = {
        {"func f function int ( a int )", "int x(int a)"},
        {"var v pointer const char", "const char *x"},
        {"var v array 4 int", "int x[4]"},
    };
    for (size_t i = 0; i < COUNT(symbols); i++) {
        uint32_t id;
        struct made made = made_of(symbols[i].words, &id);
        TEXT_AUTO text = {0};
        print_symbol(&text, &made.btf, id, "x", NULL);
        made_free(&made);
        check_text(&text, symbols[i].words, symbols[i].expected, __LINE__);
    }
}

static void a_struct_without_a_tag_is_written_out_on_one_line(void **state)
{
    (void)state;
    DECLARES("struct - 16 { a 0 int b 64 pointer char }", "struct { int a; char *b; } x");
    DECLARES("pointer union - 4 { a 0 int b 0 float }", "union { int a; float b; } *x");
    DECLARES("enum - 4 { A 0 B 7 }", "enum { A = 0, B = 7 } x");
}

static void what_the_text_holds_is_kept(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("int", &id);
    TEXT_AUTO text = {0};
    text_add(&text, "extern ");
    print_declaration(&text, &made.btf, id, "x", NULL);
    text_add(&text, ";");
    made_free(&made);
    check_text(&text, "int", "extern int x;", __LINE__);
}

static void a_limit_of_the_text_holds(void **state)
{
    (void)state;
    uint32_t id;
    struct made made = made_of("struct a_name_of_many_letters 4 { a 0 int }", &id);
    TEXT_AUTO text = {.limit = 8};
    print_declaration(&text, &made.btf, id, "x", NULL);
    made_free(&made);
    assert_int_equal(text.limit, 8);
    assert_true(text.length <= 8);
    assert_true(text.failed);
}

/* ---- definitions ---- */

static void structs_are_defined_with_their_members(void **state)
{
    (void)state;
    DEFINES("struct shape 32 { name 0 pointer const char corners 64 array 2 int "
            "area 128 pointer function double ( s pointer const same shape ) next 192 pointer same "
            "shape }",
            "struct shape {\n"
            "    const char *name;\n"
            "    int corners[2];\n"
            "    double (*area)(const struct shape *s);\n"
            "    struct shape *next;\n"
            "}");
    DEFINES("struct empty 0 { }", "struct empty {\n}");
}

static void unions_are_defined_with_their_members(void **state)
{
    (void)state;
    DEFINES("union u 8 { l 0 long c 0 array 8 char }", "union u {\n    long l;\n    char c[8];\n}");
}

static void members_without_a_name_are_nested(void **state)
{
    (void)state;
    DEFINES("struct s 16 { kind 0 int - 64 union - 8 { l 0 long - 0 struct - 8 { a 0 int b 32 int "
            "} } }",
            "struct s {\n"
            "    int kind;\n"
            "    union {\n"
            "        long l;\n"
            "        struct {\n"
            "            int a;\n"
            "            int b;\n"
            "        };\n"
            "    };\n"
            "}");
}

static void bit_fields_have_their_widths(void **state)
{
    (void)state;
    DEFINES("struct s 4 { a 0:3 int b 3:5 unsigned c 8:24 int }",
            "struct s {\n    int a : 3;\n    unsigned int b : 5;\n    int c : 24;\n}");
}

static void padding_between_bit_fields_is_said(void **state)
{
    (void)state;
    DEFINES("struct s 4 { a 0:3 int b 8:5 int }",
            "struct s {\n    int a : 3;\n    char : 5;\n    int b : 5;\n}");
}

static void packed_structs_are_said_to_be(void **state)
{
    (void)state;
    DEFINES("struct s 5 { c 0 char i 8 int }",
            "struct s {\n    char c;\n    int i;\n} __attribute__((packed))");
    DEFINES("struct s 5 { i 0 int c 32 char }",
            "struct s {\n    int i;\n    char c;\n} __attribute__((packed))");
    DEFINES("struct s 8 { c 0 char i 32 int }", "struct s {\n    char c;\n    int i;\n}");
}

static void alignments_that_were_asked_for_are_said(void **state)
{
    (void)state;
    DEFINES("aligned 64 struct s 64 { a 0 int }",
            "struct s {\n    int a;\n} __attribute__((aligned(64)))");
    DEFINES("aligned 2 struct s 6 { c 0 char i 8 int }",
            "struct s {\n    char c;\n    int i;\n} __attribute__((packed, aligned(2)))");
    DEFINES("aligned 16 typedef t int", "typedef int t __attribute__((aligned(16)))");
    struct make *make = make_start();
    uint32_t id = make_add(make, "struct s 32 { c 0 char i 128 int }");
    make_decl_tag(make, "aligned=16", id, 1);
    check_definition(made_read(make), id, "member aligned",
                     "struct s {\n    char c;\n    int i __attribute__((aligned(16)));\n}",
                     __LINE__);
}

static void flexible_and_zero_length_arrays_differ_in_members(void **state)
{
    (void)state;
    DEFINES("struct s 4 { n 0 int a 32 array 0 int }", "struct s {\n    int n;\n    int a[];\n}");
    DEFINES("struct s 4 { a 0 array 0 int n 0 int }", "struct s {\n    int a[0];\n    int n;\n}");
    DEFINES("struct s 0 { a 0 array 0 int }", "struct s {\n    int a[0];\n}");
    DEFINES("union u 4 { n 0 int a 0 array 0 int }", "union u {\n    int n;\n    int a[0];\n}");
}

static void enums_are_defined_with_their_values(void **state)
{
    (void)state;
    DEFINES("enum e 4 { A 0 B 4294967295 }", "enum e {\n    A = 0,\n    B = 4294967295\n}");
    DEFINES("enum e 4 { A -1 B 2147483647 }", "enum e {\n    A = -1,\n    B = 2147483647\n}");
    DEFINES("enum e 1 { A 1 }", "enum e {\n    A = 1\n} __attribute__((packed))");
    DEFINES("enum e 2 { A 256 }", "enum e {\n    A = 256\n} __attribute__((packed))");
}

static void enums_of_8_bytes_are_defined_with_their_values(void **state)
{
    (void)state;
    DEFINES("enum e 8 { A 0 B 4294967296 }", "enum e {\n    A = 0,\n    B = 4294967296U\n}");
    DEFINES("enum e 8 { A 18446744073709551615 }", "enum e {\n    A = 18446744073709551615U\n}");
    DEFINES("signed-enum e 8 { A -4294967297 B 9223372036854775807 }",
            "enum e {\n    A = -4294967297,\n    B = 9223372036854775807\n}");
    DEFINES("signed-enum e 8 { A -9223372036854775808 }",
            "enum e {\n    A = -9223372036854775807LL - 1\n}");
}

static void typedefs_are_defined(void **state)
{
    (void)state;
    DEFINES("typedef t pointer function int ( a int )", "typedef int (*t)(int a)");
    DEFINES("typedef t array 4 int", "typedef int t[4]");
    DEFINES("typedef t struct - 4 { a 0 int }", "typedef struct {\n    int a;\n} t");
}

static const char *suffix_of(const void *context, uint32_t id)
{
    return id == *(const uint32_t *)context ? "_1" : "";
}

static const char *enumerator_suffix_of(const void *context, uint32_t id)
{
    return id == *(const uint32_t *)context ? "_2" : "";
}

static void names_get_their_suffixes(void **state)
{
    (void)state;
    static const struct {
        const char *words, *declaration, *definition;
    } cases[] = {
        {"struct s 8 { n 0 pointer same s }", "struct s_1 x",
         "struct s_1 {\n    struct s_1 *n;\n}"},
        {"enum e 4 { A 0 }", "enum e_1 x", "enum e_1 {\n    A_2 = 0\n}"},
        {"typedef t int", "t_1 x", "typedef int t_1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t id;
        struct made made = made_of(cases[i].words, &id);
        struct print_names names = {suffix_of, enumerator_suffix_of, &id, NULL};
        TEXT_AUTO declaration = {0}, definition = {0};
        print_declaration(&declaration, &made.btf, id, "x", &names);
        print_definition(&definition, &made.btf, id, &names);
        made_free(&made);
        check_text(&declaration, cases[i].words, cases[i].declaration, __LINE__);
        check_text(&definition, cases[i].words, cases[i].definition, __LINE__);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_types_have_their_names),
        cmocka_unit_test(tags_and_typedefs_have_their_names),
        cmocka_unit_test(pointers_and_arrays_bind_as_c_does),
        cmocka_unit_test(a_type_without_a_name_keeps_its_shape),
        cmocka_unit_test(functions_bind_as_c_does),
        cmocka_unit_test(functions_returning_function_pointers_nest),
        cmocka_unit_test(unprototyped_and_variadic_functions_differ),
        cmocka_unit_test(qualifiers_stand_where_they_belong),
        cmocka_unit_test(atomic_is_a_qualifier),
        cmocka_unit_test(arrays_of_unknown_count_are_empty_brackets),
        cmocka_unit_test(only_the_outermost_count_of_an_array_may_be_left_out),
        cmocka_unit_test(va_list_is_spelled_as_c_does),
        cmocka_unit_test(types_that_the_compiler_declares_are_known),
        cmocka_unit_test(parameter_names_that_c_does_not_allow_are_left_out),
        cmocka_unit_test(parameter_names_that_c_allows_are_kept),
        cmocka_unit_test(parameter_names_that_are_newer_keywords_are_left_out),
        cmocka_unit_test(names_from_outside_are_escaped),
        cmocka_unit_test(a_symbol_is_declared_by_its_type),
        cmocka_unit_test(a_struct_without_a_tag_is_written_out_on_one_line),
        cmocka_unit_test(what_the_text_holds_is_kept),
        cmocka_unit_test(a_limit_of_the_text_holds),
        cmocka_unit_test(structs_are_defined_with_their_members),
        cmocka_unit_test(unions_are_defined_with_their_members),
        cmocka_unit_test(members_without_a_name_are_nested),
        cmocka_unit_test(bit_fields_have_their_widths),
        cmocka_unit_test(padding_between_bit_fields_is_said),
        cmocka_unit_test(packed_structs_are_said_to_be),
        cmocka_unit_test(alignments_that_were_asked_for_are_said),
        cmocka_unit_test(flexible_and_zero_length_arrays_differ_in_members),
        cmocka_unit_test(enums_are_defined_with_their_values),
        cmocka_unit_test(enums_of_8_bytes_are_defined_with_their_values),
        cmocka_unit_test(typedefs_are_defined),
        cmocka_unit_test(names_get_their_suffixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
