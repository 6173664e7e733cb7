/* When two types agree, and where they part: docs/compatibility.md has the rules. */
#include "src/types/btf_tags.h"
#include "tests/common/check.h"
#include "tests/types/rules_check.h"

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

/* What is not known agrees with nothing, however alike it looks. */
#define UNKNOWN "opaque unknown~type~(DW_TAG_x) 4"

static void an_unknown_type_agrees_with_none(void **state)
{
    (void)state;
    DIFFERS(UNKNOWN, UNKNOWN);
    DIFFERS(UNKNOWN, "int");
    DIFFERS("pointer " UNKNOWN, "pointer " UNKNOWN);
    DIFFERS("pointer array 2 " UNKNOWN, "pointer array 2 " UNKNOWN);
    DIFFERS("typedef t " UNKNOWN, "typedef t " UNKNOWN);
    DIFFERS("function " UNKNOWN " ( )", "function " UNKNOWN " ( )");
    DIFFERS("struct s 4 { unknown 0 " UNKNOWN " }", "struct s 4 { unknown 0 " UNKNOWN " }");
    DIFFERS("pointer struct s 4 { unknown 0 " UNKNOWN " }", "pointer struct s 4 { a 0 int }");
    AGREES("pointer struct s 4 { unknown 0 " UNKNOWN " }", "pointer struct s ;");
}

static void calling_conventions_count(void **state)
{
    (void)state;
    AGREES("function tagged ms_abi int ( a int )", "function tagged ms_abi int ( a int )");
    DIFFERS("function tagged ms_abi int ( a int )", "function int ( a int )");
    DIFFERS("function tagged ms_abi int ( )", "function tagged vectorcall int ( )");
    DIFFERS("function tagged ms_abi void ( )", "function void ( )");
    DIFFERS("function int ( f pointer function tagged ms_abi int ( ) )",
            "function int ( f pointer function int ( ) )");
    DIFFERS_AT("function int ( f pointer function tagged ms_abi int ( a int ) )",
               "function int ( f pointer function int ( a int ) )", "parameter 1",
               "int (__attribute__((ms_abi)))(int a)   /* ms_abi */",
               "int (int a)   /* the usual calling convention */");
}

#define BY_REFERENCE "tagged " BTF_BY_REFERENCE_TAG " struct s 4 { a 0 int }"

static void how_a_class_is_passed_counts(void **state)
{
    (void)state;
    AGREES("function void ( s " BY_REFERENCE " )", "function void ( s " BY_REFERENCE " )");
    DIFFERS("function void ( s " BY_REFERENCE " )", "function void ( s struct s 4 { a 0 int } )");
    DIFFERS("function " BY_REFERENCE " ( )", "function struct s 4 { a 0 int } ( )");
    /* An incomplete class is not passed by who knows it so. */
    AGREES("function void ( s " BY_REFERENCE " )", "function void ( s struct s ; )");
    DIFFERS_AT("function void ( s " BY_REFERENCE " )", "function void ( s struct s 4 { a 0 int } )",
               "parameter 1", "struct s   /* by reference, as C++ passes such a class */",
               "struct s   /* by value */");
}

#define CLASS(functions, members)                                                                  \
    "struct c 16 { " BTF_VIRTUAL_POINTER " 0 pointer struct c_vtable 16 { " functions              \
    " } " members " }"
#define FUNCTION(name, offset, type) name " " offset " pointer function " type " ( ) "

static void virtual_functions_agree_in_order(void **state)
{
    (void)state;
    AGREES(CLASS(FUNCTION("f", "0", "int") FUNCTION("g", "64", "int"), "n 64 int"),
           CLASS(FUNCTION("f", "0", "int") FUNCTION("g", "64", "int"), "n 64 int"));
    DIFFERS(CLASS(FUNCTION("f", "0", "int") FUNCTION("g", "64", "int"), ""),
            CLASS(FUNCTION("f", "0", "int") FUNCTION("g", "64", "long"), ""));
    /* It is told before a member that differs, too. */
    DIFFERS_AT(CLASS(FUNCTION("f", "0", "int") FUNCTION("g", "64", "long"), "n 64 int"),
               CLASS(FUNCTION("g", "0", "long") FUNCTION("f", "64", "int"), "n 64 long"),
               "struct c: member _vptr: struct c_vtable",
               "int (*f)(void);   /* offset 0, 8 bytes */",
               "long (*g)(void);   /* offset 0, 8 bytes */");
    DIFFERS_AT(CLASS(FUNCTION("f", "0", "int"), "n 64 int"),
               CLASS(FUNCTION("f", "0", "int") FUNCTION("g", "64", "int"), "n 64 long"),
               "struct c: member _vptr: struct c_vtable", "no such member; 16 bytes",
               "int (*g)(void);   /* offset 8, 8 bytes */");
}

static void instances_of_a_template_agree_by_members(void **state)
{
    (void)state;
    AGREES("struct box$$5UL_ 4 { a 0 int }", "struct box$$5_ 4 { a 0 int }");
    AGREES("struct tag$$5UL_ 1 { }", "struct tag$$5_ 1 { }");
    DIFFERS("struct box$$int_ 4 { a 0 int }", "struct box$$long_ 8 { a 0 long }");
    DIFFERS("struct box$$int_ 4 { a 0 int }", "struct bag$$int_ 4 { a 0 int }");
    DIFFERS("struct box$$int_ 4 { a 0 int }", "struct box 4 { a 0 int }");
    DIFFERS("pointer struct box$$int_ ;", "pointer struct box$$long_ 4 { a 0 int }");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_agree_by_size_and_signedness),
        cmocka_unit_test(plain_char_is_the_signed_one_here),
        cmocka_unit_test(bool_agrees_only_with_bool),
        cmocka_unit_test(floats_agree_by_size),
        cmocka_unit_test(opaque_types_agree_by_name_and_size),
        cmocka_unit_test(an_unknown_type_agrees_with_none),
        cmocka_unit_test(calling_conventions_count),
        cmocka_unit_test(how_a_class_is_passed_counts),
        cmocka_unit_test(virtual_functions_agree_in_order),
        cmocka_unit_test(instances_of_a_template_agree_by_members),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
