/* Which types agree, rule by rule, and where other types differ. The two sides are separate
 * sections, in which a type has different ids. */
#include "src/types/btf_tags.h"
#include "src/types/compare.h"
#include "tests/common/check.h"
#include "tests/common/made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum answer { AGREE, DIFFER, FAIL };

/* Which rules apply. */
typedef bool comparer(struct type_side first, struct type_side second, bool *agree,
                      struct type_difference *difference, struct error *error);

/* Compares, and keeps the difference and the error, which the caller frees. */
static enum answer compare(const struct made *first, uint32_t first_id, const struct made *second,
                           uint32_t second_id, comparer *rules, struct type_difference *difference,
                           struct error *error)
{
    bool agree = false;
    struct type_side a = {&first->btf, first_id}, b = {&second->btf, second_id};
    if (!rules(a, b, &agree, difference, error))
        return FAIL;
    return agree ? AGREE : DIFFER;
}

static struct made second_of(const char *words, uint32_t *id)
{
    struct make *make = make_start();
    make_add(make, "pointer struct before 8 { them 0 function double ( a ushort ) }");
    *id = make_add(make, words);
    return made_read(make);
}

static void check(const char *first, const char *second, comparer *rules, enum answer expected,
                  const char *path, const char *first_text, const char *second_text, int line)
{
    static const char *const names[] = {"agree", "differ", "fail"};
    uint32_t first_id, second_id;
    struct made a = made_of(first, &first_id), b = second_of(second, &second_id);
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    enum answer answer = compare(&a, first_id, &b, second_id, rules, &difference, &error);
    bool is_right = answer == expected;
    if (answer != expected)
        print_message("# %s | %s: they %s, not %s\n", first, second, names[answer],
                      names[expected]);
    if (is_right && path) {
        is_right = !strcmp(text_chars(&difference.path), path) &&
                   !strcmp(text_chars(&difference.first), first_text) &&
                   !strcmp(text_chars(&difference.second), second_text);
        if (!is_right)
            print_message("# %s | %s:\n#   %s\n#   %s\n#   %s\n", first, second,
                          text_chars(&difference.path), text_chars(&difference.first),
                          text_chars(&difference.second));
    }
    if (answer == DIFFER && (!difference.first.length || !difference.second.length)) {
        print_message("# %s | %s: a side of the difference is empty\n", first, second);
        is_right = false;
    }
    type_difference_deinit(&difference);
    made_free(&a);
    made_free(&b);
    if (!is_right)
        _fail(__FILE__, line);
}

/* Both ways round. */
static void check_both(const char *first, const char *second, enum answer expected, int line)
{
    check(first, second, type_compare, expected, NULL, NULL, NULL, line);
    check(second, first, type_compare, expected, NULL, NULL, NULL, line);
}

#define AGREES(first, second)  check_both(first, second, AGREE, __LINE__)
#define DIFFERS(first, second) check_both(first, second, DIFFER, __LINE__)
#define DIFFERS_AT(first, second, path, first_text, second_text)                                   \
    check(first, second, type_compare, DIFFER, path, first_text, second_text, __LINE__)
#define SYMBOL_FITS(asked, symbol)                                                                 \
    check(asked, symbol, type_compare_symbol, AGREE, NULL, NULL, NULL, __LINE__)
#define SYMBOL_DIFFERS(asked, symbol)                                                              \
    check(asked, symbol, type_compare_symbol, DIFFER, NULL, NULL, NULL, __LINE__)
#define SYMBOL_DIFFERS_AT(asked, symbol, path, asked_text, symbol_text)                            \
    check(asked, symbol, type_compare_symbol, DIFFER, path, asked_text, symbol_text, __LINE__)

/* ---- numbers ---- */

static void integers_agree_by_size_and_signedness(void **state)
{
    (void)state;
    AGREES("int", "int");
    AGREES("long", "llong");
    AGREES("ulong", "ullong");
    DIFFERS("int", "unsigned");
    DIFFERS("int", "long");
    DIFFERS("short", "int");
    DIFFERS("ulong", "long");
    DIFFERS("int128", "long");
}

static void plain_char_is_the_signed_one_here(void **state)
{
    (void)state;
    AGREES("char", "schar");
    DIFFERS("char", "uchar");
    DIFFERS("schar", "uchar");
}

static void bool_agrees_only_with_bool(void **state)
{
    (void)state;
    AGREES("bool", "bool");
    DIFFERS("bool", "uchar");
    DIFFERS("bool", "char");
    DIFFERS("bool", "int");
}

static void floats_agree_by_size(void **state)
{
    (void)state;
    AGREES("float", "float");
    AGREES("double", "opaque _Float64 8");
    DIFFERS("float", "double");
    DIFFERS("double", "ldouble");
    DIFFERS("float", "int");
    DIFFERS("double", "long");
}

static void opaque_types_agree_by_name_and_size(void **state)
{
    (void)state;
    AGREES("opaque _Complex~double 16", "opaque _Complex~double 16");
    DIFFERS("opaque _Complex~double 16", "opaque __float128 16");
    DIFFERS("opaque _Complex~double 16", "opaque _Complex~double 32");
    DIFFERS("opaque __float128 16", "ldouble");
    DIFFERS("opaque _Decimal64 8", "double");
    DIFFERS("opaque _Complex~float 8", "double");
}

static void void_agrees_with_void(void **state)
{
    (void)state;
    AGREES("void", "void");
    DIFFERS("void", "int");
    DIFFERS("void", "pointer void");
}

/* ---- enums ---- */

static void an_enum_agrees_with_its_underlying_integer(void **state)
{
    (void)state;
    AGREES("enum e 4 { A 0 B 1 }", "unsigned");
    AGREES("enum e 4 { A -1 }", "int");
    AGREES("enum e 8 { A 4294967296 }", "ulong");
    AGREES("enum e 1 { A 1 }", "uchar");
    DIFFERS("enum e 4 { A 0 B 1 }", "int");
    DIFFERS("enum e 4 { A -1 }", "unsigned");
    DIFFERS("enum e 1 { A 1 }", "unsigned");
    DIFFERS("enum e 4 { A 1 }", "float");
    DIFFERS("enum e 1 { A 1 }", "bool");
}

static void enums_agree_by_tag(void **state)
{
    (void)state;
    AGREES("enum e 4 { A 0 }", "enum e 4 { A 0 }");
    DIFFERS("enum e 4 { A 0 }", "enum f 4 { A 0 }");
    DIFFERS("enum e 4 { A 0 }", "enum - 4 { A 0 }");
    AGREES("enum - 4 { A 0 }", "enum - 4 { A 0 }");
}

static void enumerators_agree_by_name_and_value(void **state)
{
    (void)state;
    DIFFERS("enum e 4 { A 0 B 1 }", "enum e 4 { A 0 B 2 }");
    DIFFERS("enum e 4 { A 0 B 1 }", "enum e 4 { A 0 C 1 }");
    DIFFERS("enum e 4 { A 0 B 1 }", "enum e 4 { A 1 B 0 }");
    DIFFERS("enum e 8 { A 4294967296 }", "enum e 8 { A 8589934592 }");
}

static void enumerators_may_be_in_any_order(void **state)
{
    (void)state;
    AGREES("enum e 4 { A 0 B 1 C 2 }", "enum e 4 { C 2 A 0 B 1 }");
}

static void an_extra_enumerator_is_a_difference(void **state)
{
    (void)state;
    DIFFERS("enum e 4 { A 0 }", "enum e 4 { A 0 B 1 }");
    DIFFERS("enum e 4 { B 1 }", "enum e 4 { A 0 B 1 }");
}

static void enums_of_other_sizes_or_signedness_differ(void **state)
{
    (void)state;
    DIFFERS("enum e 4 { A 0 }", "enum e 1 { A 0 }");
    DIFFERS("enum e 4 { A 0 }", "enum e 8 { A 0 }");
    DIFFERS("enum e 4 { A 0 }", "signed-enum e 4 { A 0 }");
}

static void an_incomplete_enum_agrees_with_a_complete_one(void **state)
{
    (void)state;
    AGREES("pointer enum e ;", "pointer enum e 1 { A 0 }");
    DIFFERS("pointer enum e ;", "pointer enum f 4 { A 0 }");
}

static void the_enumerators_that_differ_are_shown(void **state)
{
    (void)state;
    DIFFERS_AT("enum e 4 { A 0 B 1 }", "enum e 4 { A 0 B -2 }", "enum e", "B = 1", "B = -2");
    DIFFERS_AT("enum e 4 { A 0 B 1 }", "enum e 4 { A 0 B 7 }", "enum e", "B = 1", "B = 7");
    DIFFERS_AT("enum e 4 { A -1 }", "enum e 4 { A -2 }", "enum e", "A = -1", "A = -2");
    DIFFERS_AT("enum e 4 { A 0 B 1 }", "enum e 4 { A 0 }", "enum e", "B = 1", "no B");
    DIFFERS_AT("enum e 4 { A 0 }", "enum e 4 { A 0 B 1 }", "enum e", "no B", "B = 1");
}

static void an_enumerator_of_an_unsigned_enum_is_shown_unsigned(void **state)
{
    (void)state;
    DIFFERS_AT("enum e 8 { A 18446744073709551615 }", "enum e 8 { A 4294967296 }", "enum e",
               "A = 18446744073709551615", "A = 4294967296");
}

static void the_sign_is_shown_where_it_alone_differs(void **state)
{
    (void)state;
    DIFFERS_AT("enum e 4 { A 0 }", "signed-enum e 4 { A 0 }", "enum e",
               "enum e   /* 4 bytes, unsigned */", "enum e   /* 4 bytes, signed */");
    DIFFERS_AT("struct s 4 { a 0 int }", "struct s 4 { a 0 unsigned }", "struct s: member a",
               "int a;   /* offset 0, 4 bytes */", "unsigned int a;   /* offset 0, 4 bytes */");
}

/* ---- pointers ---- */

static void pointers_agree_by_target(void **state)
{
    (void)state;
    AGREES("pointer int", "pointer int");
    AGREES("pointer pointer long", "pointer pointer llong");
    AGREES("pointer void", "pointer void");
    DIFFERS("pointer int", "pointer unsigned");
    DIFFERS("pointer int", "int");
    DIFFERS("pointer int", "ulong");
    DIFFERS("pointer int", "pointer pointer int");
    DIFFERS("pointer pointer int", "pointer pointer char");
}

static void a_pointer_to_void_agrees_with_no_other(void **state)
{
    (void)state;
    DIFFERS("pointer void", "pointer int");
    DIFFERS("pointer void", "pointer struct s ;");
    DIFFERS("pointer void", "pointer pointer void");
    DIFFERS("pointer void", "pointer function void ( )");
}

static void pointers_to_types_of_other_kinds_are_shown_whole(void **state)
{
    (void)state;
    DIFFERS_AT("pointer int", "pointer void", "", "int *   /* 8 bytes */",
               "void *   /* 8 bytes */");
    DIFFERS_AT("pointer const char", "pointer char", "", "const char *   /* 8 bytes */",
               "char *   /* 8 bytes */");
}

/* ---- arrays ---- */

static void arrays_agree_by_element_and_count(void **state)
{
    (void)state;
    AGREES("array 4 int", "array 4 int");
    AGREES("array 2 array 3 int", "array 2 array 3 int");
    DIFFERS("array 4 int", "array 5 int");
    DIFFERS("array 4 int", "array 4 unsigned");
    DIFFERS("array 2 array 3 int", "array 3 array 2 int");
    DIFFERS("array 2 array 3 int", "array 6 int");
    DIFFERS("array 1 int", "int");
    DIFFERS("array 4 int", "pointer int");
}

static void an_array_of_unknown_count_agrees_behind_a_pointer(void **state)
{
    (void)state;
    AGREES("pointer array 0 int", "pointer array 4 int");
    DIFFERS("pointer array 0 int", "pointer array 4 char");
    DIFFERS("pointer array 3 int", "pointer array 4 int");
}

static void an_array_of_unknown_size_differs_elsewhere(void **state)
{
    (void)state;
    DIFFERS("array 0 int", "array 4 int");
    DIFFERS("struct s 4 { n 0 int a 32 array 0 int }", "struct s 4 { n 0 int a 32 array 4 int }");
    DIFFERS("pointer array 2 array 0 int", "pointer array 2 array 4 int");
    AGREES("struct s 4 { n 0 int a 32 array 0 int }", "struct s 4 { n 0 int a 32 array 0 int }");
}

/* ---- structs and unions ---- */

#define POINT "struct point 8 { x 0 int y 32 int }"

static void structs_agree_by_tag_size_and_members(void **state)
{
    (void)state;
    AGREES(POINT, POINT);
    DIFFERS(POINT, "struct pixel 8 { x 0 int y 32 int }");
    DIFFERS(POINT, "struct - 8 { x 0 int y 32 int }");
    DIFFERS(POINT, "struct point 12 { x 0 int y 32 int }");
    DIFFERS(POINT, "struct point 8 { x 0 int z 32 int }");
    DIFFERS(POINT, "struct point 8 { x 0 int y 32 unsigned }");
    DIFFERS(POINT, "struct point 16 { x 0 int y 64 int }");
    DIFFERS(POINT, "struct point 8 { x 0 int }");
    DIFFERS(POINT, "struct point 8 { y 0 int x 32 int }");
    DIFFERS(POINT, "struct point 12 { x 0 int y 32 int z 64 int }");
}

static void an_incomplete_type_without_a_tag_agrees_with_those_that_have_none(void **state)
{
    (void)state;
    AGREES("pointer struct " BTF_UNNAMED_TAG " ;", "pointer struct - 4 { a 0 int }");
    AGREES("pointer union " BTF_UNNAMED_TAG " ;", "pointer union - 4 { a 0 int }");
    DIFFERS("pointer struct " BTF_UNNAMED_TAG " ;", "pointer struct s 4 { a 0 int }");
    DIFFERS("pointer struct " BTF_UNNAMED_TAG " ;", "pointer union - 4 { a 0 int }");
}

static void a_member_that_the_system_hides_agrees(void **state)
{
    (void)state;
    AGREES("struct tm 8 { a 0 int tm_gmtoff 32 int }",
           "struct tm 8 { a 0 int __tm_gmtoff 32 int }");
    AGREES("union u 4 { a 0 int b 0 float }", "union u 4 { __b 0 float __a 0 int }");
    DIFFERS("struct tm 4 { tm_gmtoff 0 int }", "struct tm 4 { _tm_gmtoff 0 int }");
    DIFFERS("struct tm 4 { __tm_gmtoff 0 int }", "struct tm 4 { ____tm_gmtoff 0 int }");
}

static void structs_without_a_tag_agree_by_members(void **state)
{
    (void)state;
    AGREES("struct - 4 { x 0 int }", "struct - 4 { x 0 int }");
    DIFFERS("struct - 4 { x 0 int }", "struct - 4 { y 0 int }");
    DIFFERS("struct s 4 { - 0 struct - 4 { x 0 int } }",
            "struct s 4 { - 0 struct - 4 { x 0 float } }");
}

static void bit_fields_agree_by_offset_and_size(void **state)
{
    (void)state;
    AGREES("struct s 4 { a 0:3 int b 3:5 int }", "struct s 4 { a 0:3 int b 3:5 int }");
    DIFFERS("struct s 4 { a 0:3 int }", "struct s 4 { a 0:4 int }");
    DIFFERS("struct s 4 { a 0:3 int }", "struct s 4 { a 1:3 int }");
    DIFFERS("struct s 4 { a 0:32 int }", "struct s 4 { a 0 int }");
    DIFFERS("struct s 4 { a 0:3 int }", "struct s 4 { a 0:3 unsigned }");
}

#define NUMBER "union number 8 { l 0 long d 0 double c 0 array 8 char }"

static void members_of_unions_may_be_in_any_order(void **state)
{
    (void)state;
    AGREES(NUMBER, NUMBER);
    AGREES(NUMBER, "union number 8 { c 0 array 8 char l 0 long d 0 double }");
    DIFFERS(NUMBER, "union number 8 { c 0 array 8 char l 0 double d 0 long }");
    DIFFERS(NUMBER, "union number 8 { l 0 long d 0 double }");
    DIFFERS(NUMBER, "union number 8 { l 0 long d 0 double b 0 array 8 char }");
    DIFFERS(NUMBER, "union digits 8 { l 0 long d 0 double c 0 array 8 char }");
}

static void a_struct_differs_from_a_union(void **state)
{
    (void)state;
    DIFFERS("struct s 4 { a 0 int }", "union s 4 { a 0 int }");
    DIFFERS("pointer struct s ;", "pointer union s ;");
    DIFFERS("pointer struct s ;", "pointer union s 4 { a 0 int }");
    DIFFERS("struct s 4 { a 0 int }", "int");
}

static void an_incomplete_type_agrees_with_a_complete_one_of_the_same_tag(void **state)
{
    (void)state;
    AGREES("pointer struct point ;", "pointer " POINT);
    AGREES("pointer struct point ;", "pointer struct point ;");
    AGREES("pointer union number ;", "pointer " NUMBER);
    DIFFERS("pointer struct pixel ;", "pointer " POINT);
}

static void a_member_that_differs_is_shown_with_its_offset(void **state)
{
    (void)state;
    DIFFERS_AT("struct shape 16 { n 0 int r 64 double }", "struct shape 16 { n 0 int r 64 float }",
               "struct shape: member r", "double r;   /* offset 8, 8 bytes */",
               "float r;   /* offset 8, 4 bytes */");
    DIFFERS_AT("struct shape 16 { n 0 int r 64 double }", "struct shape 8 { n 0 int r 32 float }",
               "struct shape: member r", "double r;   /* offset 8, 8 bytes */",
               "float r;   /* offset 4, 4 bytes */");
    DIFFERS_AT("struct s 4 { a 0:3 int }", "struct s 4 { a 0:4 int }", "struct s: member a",
               "int a : 3;   /* bit offset 0 */", "int a : 4;   /* bit offset 0 */");
    DIFFERS_AT("struct s 8 { p 0 pointer char }", "struct s 8 { p 0 long }", "struct s: member p",
               "char *p;   /* offset 0, 8 bytes */", "long p;   /* offset 0, 8 bytes */");
}

static void a_member_that_one_side_lacks_is_shown(void **state)
{
    (void)state;
    DIFFERS_AT(POINT, "struct point 4 { x 0 int }", "struct point",
               "int y;   /* offset 4, 4 bytes */", "no such member; 4 bytes");
    DIFFERS_AT("struct point 4 { x 0 int }", POINT, "struct point", "no such member; 4 bytes",
               "int y;   /* offset 4, 4 bytes */");
    DIFFERS_AT("union u 4 { a 0 int b 0 float }", "union u 4 { b 0 float }", "union u",
               "int a;   /* offset 0, 4 bytes */", "no such member; 4 bytes");
}

static void the_member_of_a_union_that_one_side_lacks_is_not_one_that_it_has(void **state)
{
    (void)state;
    DIFFERS_AT("union u 4 { b 0 float }", "union u 4 { a 0 int b 0 float }", "union u",
               "no such member; 4 bytes", "int a;   /* offset 0, 4 bytes */");
}

static void structs_that_differ_only_in_size_are_shown_with_it(void **state)
{
    (void)state;
    DIFFERS_AT(POINT, "struct point 12 { x 0 int y 32 int }", "struct point",
               "struct point   /* 8 bytes */", "struct point   /* 12 bytes */");
}

/* ---- cycles ---- */

#define NODE(type) "struct node 16 { next 0 pointer same node value 64 " type " }"

static void cycles_agree(void **state)
{
    (void)state;
    AGREES(NODE("int"), NODE("int"));
    AGREES("struct a 8 { b 0 pointer struct b 8 { a 0 pointer same a } }",
           "struct a 8 { b 0 pointer struct b 8 { a 0 pointer same a } }");
    AGREES("struct ops 8 { call 0 pointer function int ( self pointer same ops ) }",
           "struct ops 8 { call 0 pointer function int ( me pointer same ops ) }");
}

static void a_difference_in_a_cycle_is_found(void **state)
{
    (void)state;
    DIFFERS(NODE("int"), NODE("unsigned"));
    DIFFERS_AT(NODE("int"), NODE("long"), "struct node: member value",
               "int value;   /* offset 8, 4 bytes */", "long value;   /* offset 8, 8 bytes */");
    DIFFERS("struct a 8 { b 0 pointer struct b 16 { a 0 pointer same a v 64 int } }",
            "struct a 8 { b 0 pointer struct b 16 { a 0 pointer same a v 64 float } }");
    DIFFERS("struct ops 8 { call 0 pointer function int ( self pointer same ops ) }",
            "struct ops 8 { call 0 pointer function long ( self pointer same ops ) }");
}

/* The second side uses the tag for two structs, outer and inner: (outer, inner) is a pair as well.
 */
static void a_cycle_of_another_length_is_not_taken_for_the_same(void **state)
{
    (void)state;
    AGREES(NODE("int"), "struct node 16 { next 0 pointer " NODE("int") " value 64 int }");
    DIFFERS(NODE("int"), "struct node 16 { next 0 pointer " NODE("long") " value 64 int }");
}

static void a_path_through_four_pointers_is_told(void **state)
{
    (void)state;
#define DEEP(type)                                                                                 \
    "pointer struct a 8 { b 0 pointer struct b 16 { n 0 int c 64 pointer struct c 8 { f 0 "        \
    "pointer function int ( x int d pointer struct d 8 { last 0 " type " } ) } } }"
    DIFFERS_AT(DEEP("double"), DEEP("long"),
               "struct a: member b: struct b: member c: struct c: member f: parameter 2: struct d: "
               "member last",
               "double last;   /* offset 0, 8 bytes */", "long last;   /* offset 0, 8 bytes */");
    AGREES(DEEP("double"), DEEP("double"));
}

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
    DIFFERS_AT("function int ( a int )", "function int ( a int b int )", "", "1 parameter",
               "2 parameters");
    DIFFERS_AT("function int ( )", "function int ( a int )", "", "0 parameters", "1 parameter");
    DIFFERS_AT("function int ( a int ... )", "function int ( a int )", "", "1 parameter and ...",
               "1 parameter");
    DIFFERS_AT("function int ( a int b int ... )", "function int ( a int ... )", "",
               "2 parameters and ...", "1 parameter and ...");
    DIFFERS_AT("struct s 8 { f 0 pointer function void ( a int ) }",
               "struct s 8 { f 0 pointer function void ( ) }", "struct s: member f", "1 parameter",
               "0 parameters");
}

static void functions_where_one_has_no_prototype_are_shown_whole(void **state)
{
    (void)state;
    DIFFERS_AT("function int ( ... )", "function int ( c char )", "", "int ()", "int (char c)");
}

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
    SYMBOL_DIFFERS_AT("int", "var v int", "", "int   /* 4 bytes */", "int   /* 4 bytes */");
}

/* ---- what a module declares, and another one defines ---- */

static bool compare_import(struct type_side definition, struct type_side declaration, bool *agree,
                           struct type_difference *difference, struct error *error)
{
    struct type_cache cache = {0};
    bool answered = type_compare_import(&cache, definition, declaration, agree, difference, error);
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

/* The first side is the definition. */
static bool agrees_with(struct type_cache *cache, const struct made *first, uint32_t first_id,
                        const struct made *second, uint32_t second_id)
{
    struct type_difference difference = {0};
    ERROR_AUTO error = {0};
    bool agree = false;
    assert_true(type_compare_import(cache, (struct type_side){&first->btf, first_id},
                                    (struct type_side){&second->btf, second_id}, &agree,
                                    &difference, &error));
    type_difference_deinit(&difference);
    return agree;
}

static void what_agreed_is_not_compared_again(void **state)
{
    (void)state;
    /* Not identical, but they agree by the rules. */
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made first = made_of("func f function int ( p pointer " POINT " )", &first_id);
    struct made second =
        second_of("func f function typedef number int ( p pointer " POINT " )", &second_id);
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
    struct made first = made_of(words, &first_id), second = second_of(words, &second_id);
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

static void a_difference_is_not_remembered(void **state)
{
    (void)state;
    struct type_cache cache = {0};
    uint32_t first_id, second_id;
    struct made first = made_of("func f function int ( p pointer struct outer 8 { in 0 pointer "
                                "struct shape 8 { r 0 double } } )",
                                &first_id);
    struct made second = second_of("func f function int ( p pointer struct outer 8 { in 0 pointer "
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
        cmocka_unit_test(integers_agree_by_size_and_signedness),
        cmocka_unit_test(plain_char_is_the_signed_one_here),
        cmocka_unit_test(bool_agrees_only_with_bool),
        cmocka_unit_test(floats_agree_by_size),
        cmocka_unit_test(opaque_types_agree_by_name_and_size),
        cmocka_unit_test(void_agrees_with_void),
        cmocka_unit_test(an_enum_agrees_with_its_underlying_integer),
        cmocka_unit_test(enums_agree_by_tag),
        cmocka_unit_test(enumerators_agree_by_name_and_value),
        cmocka_unit_test(enumerators_may_be_in_any_order),
        cmocka_unit_test(an_extra_enumerator_is_a_difference),
        cmocka_unit_test(enums_of_other_sizes_or_signedness_differ),
        cmocka_unit_test(an_incomplete_enum_agrees_with_a_complete_one),
        cmocka_unit_test(the_enumerators_that_differ_are_shown),
        cmocka_unit_test(an_enumerator_of_an_unsigned_enum_is_shown_unsigned),
        cmocka_unit_test(the_sign_is_shown_where_it_alone_differs),
        cmocka_unit_test(pointers_agree_by_target),
        cmocka_unit_test(a_pointer_to_void_agrees_with_no_other),
        cmocka_unit_test(pointers_to_types_of_other_kinds_are_shown_whole),
        cmocka_unit_test(arrays_agree_by_element_and_count),
        cmocka_unit_test(an_array_of_unknown_count_agrees_behind_a_pointer),
        cmocka_unit_test(an_array_of_unknown_size_differs_elsewhere),
        cmocka_unit_test(structs_agree_by_tag_size_and_members),
        cmocka_unit_test(an_incomplete_type_without_a_tag_agrees_with_those_that_have_none),
        cmocka_unit_test(a_member_that_the_system_hides_agrees),
        cmocka_unit_test(structs_without_a_tag_agree_by_members),
        cmocka_unit_test(bit_fields_agree_by_offset_and_size),
        cmocka_unit_test(members_of_unions_may_be_in_any_order),
        cmocka_unit_test(a_struct_differs_from_a_union),
        cmocka_unit_test(an_incomplete_type_agrees_with_a_complete_one_of_the_same_tag),
        cmocka_unit_test(a_member_that_differs_is_shown_with_its_offset),
        cmocka_unit_test(a_member_that_one_side_lacks_is_shown),
        cmocka_unit_test(the_member_of_a_union_that_one_side_lacks_is_not_one_that_it_has),
        cmocka_unit_test(structs_that_differ_only_in_size_are_shown_with_it),
        cmocka_unit_test(cycles_agree),
        cmocka_unit_test(a_difference_in_a_cycle_is_found),
        cmocka_unit_test(a_cycle_of_another_length_is_not_taken_for_the_same),
        cmocka_unit_test(a_path_through_four_pointers_is_told),
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
        cmocka_unit_test(what_agreed_is_not_compared_again),
        cmocka_unit_test(what_is_the_same_needs_no_rules),
        cmocka_unit_test(what_agreed_is_remembered_however_much_it_is),
        cmocka_unit_test(a_difference_is_not_remembered),
        cmocka_unit_test(a_function_differs_from_a_variable),
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
