/* How a difference is told: its cause, not what moved because of it; and two sides that do not read
 * the same. */
#include "tests/common/check.h"
#include "tests/types/rules_check.h"

/* Compares the path with the cause, and both sides. */
static void tell(const char *first, const char *second, const char *expected,
                 const char *first_text, const char *second_text, const char *type, int line)
{
    uint32_t first_id, second_id;
    struct made a = made_of(first, &first_id), b = made_apart(second, &second_id);
    struct type_difference difference = {.first_name = "the host", .second_name = "the plugin"};
    ERROR_AUTO error = {0};
    TEXT_AUTO told = {0};
    enum answer answer = compare(&a, first_id, &b, second_id, type_compare, &difference, &error);
    text_add(&told, "%s%s", text_chars(&difference.path), text_chars(&difference.cause));
    bool is_right = answer == DIFFER && !strcmp(text_chars(&told), expected) &&
                    !strcmp(text_chars(&difference.first), first_text) &&
                    !strcmp(text_chars(&difference.second), second_text) &&
                    (!type || !strcmp(text_chars(&difference.path) + difference.type_start, type));
    if (!is_right)
        print_message("# %s | %s:\n#   %s\n#   %s\n#   %s\n#   %s\n", first, second,
                      text_chars(&told), text_chars(&difference.first),
                      text_chars(&difference.second),
                      text_chars(&difference.path) + difference.type_start);
    type_difference_deinit(&difference);
    made_free(&a);
    made_free(&b);
    if (!is_right)
        _fail(__FILE__, line);
}

#define TELLS(first, second, expected, first_text, second_text)                                    \
    tell(first, second, expected, first_text, second_text, NULL, __LINE__)
#define TELLS_TYPE(first, second, type, expected, first_text, second_text)                         \
    tell(first, second, expected, first_text, second_text, type, __LINE__)

/* ---- members ---- */

#define ABC "struct s 12 { a 0 int b 32 int c 64 int }"

static void a_member_that_one_side_lacks_is_the_cause(void **state)
{
    (void)state;
    TELLS(ABC, "struct s 8 { a 0 int c 32 int }",
          "struct s: the plugin lacks member b; 1 member behind it moved",
          "int b;   /* offset 4, 4 bytes */", "no such member; 8 bytes");
    TELLS("struct s 8 { a 0 int c 32 int }", ABC,
          "struct s: the host lacks member b; 1 member behind it moved", "no such member; 8 bytes",
          "int b;   /* offset 4, 4 bytes */");
    TELLS(ABC, "struct s 8 { b 0 int c 32 int }",
          "struct s: the plugin lacks member a; 2 members behind it moved",
          "int a;   /* offset 0, 4 bytes */", "no such member; 8 bytes");
    TELLS(ABC, "struct s 8 { a 0 int b 32 int }", "struct s: the plugin lacks member c",
          "int c;   /* offset 8, 4 bytes */", "no such member; 8 bytes");
    /* It was in padding. */
    TELLS("struct s 16 { a 0 int b 32 int c 64 long }", "struct s 16 { a 0 int c 64 long }",
          "struct s: the plugin lacks member b", "int b;   /* offset 4, 4 bytes */",
          "no such member; 16 bytes");
}

static void several_lacking_members_are_told_at_once(void **state)
{
    (void)state;
    TELLS("struct s 20 { a 0 int b 32 int c 64 int d 96 int e 128 int }",
          "struct s 8 { a 0 int d 32 int }",
          "struct s: the plugin lacks members b, c and e; 1 member behind them moved",
          "int b;   /* offset 4, 4 bytes */", "no such member; 8 bytes");
    TELLS(
        "struct s 12 { a 0 int b 32 int z 64 int }", "struct s 12 { b 0 int n 32 int z 64 int }",
        "struct s: the plugin lacks member a, the host lacks member n; 1 member behind them moved",
        "int a;   /* offset 0, 4 bytes */", "no such member; 12 bytes");
    TELLS("struct s 24 { a 0 int b 32 int c 64 int d 96 int e 128 int f 160 int }",
          "struct s 4 { none 0 int }",
          "struct s: the plugin lacks members a, b, c, d and 2 others, the host lacks member none",
          "int a;   /* offset 0, 4 bytes */", "no such member; 4 bytes");
}

static void a_lacking_bit_field_is_told(void **state)
{
    (void)state;
    TELLS("struct s 4 { a 0:3 unsigned b 3:4 unsigned c 7:2 unsigned }",
          "struct s 4 { a 0:3 unsigned c 3:2 unsigned }",
          "struct s: the plugin lacks member b; 1 member behind it moved",
          "unsigned int b : 4;   /* bit offset 3 */", "no such member; 4 bytes");
}

static void a_renamed_member_is_shown_with_both_names(void **state)
{
    (void)state;
    TELLS(ABC, "struct s 12 { a 0 int B 32 int c 64 int }", "struct s: member b",
          "int b;   /* offset 4, 4 bytes */", "int B;   /* offset 4, 4 bytes */");
}

static void members_that_changed_places_are_told(void **state)
{
    (void)state;
    TELLS(ABC, "struct s 12 { b 0 int a 32 int c 64 int }",
          "struct s: members a and b changed places", "int a;   /* offset 0, 4 bytes */",
          "int b;   /* offset 0, 4 bytes */");
    TELLS(ABC, "struct s 12 { c 0 int b 32 int a 64 int }",
          "struct s: members a and c changed places", "int a;   /* offset 0, 4 bytes */",
          "int c;   /* offset 0, 4 bytes */");
    TELLS(ABC, "struct s 12 { b 0 int c 32 int a 64 int }",
          "struct s: the members are in another order", "int a;   /* offset 0, 4 bytes */",
          "int b;   /* offset 0, 4 bytes */");
}

static void a_member_of_another_size_is_told_with_what_it_moved(void **state)
{
    (void)state;
    TELLS(ABC, "struct s 24 { a 0 int b 64 long c 128 int }",
          "struct s: member b; 1 member behind it moved", "int b;   /* offset 4, 4 bytes */",
          "long b;   /* offset 8, 8 bytes */");
    TELLS(ABC, "struct s 20 { a 0 array 3 int b 96 int c 128 int }",
          "struct s: member a; 2 members behind it moved", "int a;   /* offset 0, 4 bytes */",
          "int a[3];   /* offset 0, 12 bytes */");
    TELLS(ABC, "struct s 16 { a 0 int b 64 int c 96 int }",
          "struct s: member b; 1 member behind it moved", "int b;   /* offset 4, 4 bytes */",
          "int b;   /* offset 8, 4 bytes */");
}

#define HOLDS(inner, size, offset)                                                                 \
    "pointer struct s " size " { n 0 int in 64 " inner " last " offset " int }"

static void the_cause_may_be_in_a_struct_within(void **state)
{
    (void)state;
    TELLS_TYPE(HOLDS("struct in 16 { x 0 long y 64 long }", "32", "192"),
               HOLDS("struct in 8 { y 0 long }", "24", "128"), "struct in",
               "struct s: member in: struct in: the plugin lacks member x; 2 members behind it "
               "moved",
               "long x;   /* offset 0, 8 bytes */", "no such member; 8 bytes");
    TELLS_TYPE(HOLDS("array 2 typedef in_t struct - 8 { a 0 long }", "32", "192"),
               HOLDS("array 2 typedef in_t struct - 16 { a 0 array 2 long }", "48", "320"),
               "in_t: member a", "struct s: member in: in_t: member a; 1 member behind it moved",
               "long a;   /* offset 0, 8 bytes */", "long a[2];   /* offset 0, 16 bytes */");
    TELLS_TYPE(HOLDS("union u 8 { a 0 long }", "24", "128"),
               HOLDS("union u 16 { a 0 long b 0 array 2 long }", "32", "192"), "union u",
               "struct s: member in: union u: the host lacks member b; 1 member behind it moved",
               "no such member; 8 bytes", "long b[2];   /* offset 0, 16 bytes */");
    /* Without a name of its own, it is the member's. */
    TELLS_TYPE(HOLDS("struct - 8 { a 0 long }", "24", "128"),
               HOLDS("struct - 16 { a 0 long b 64 long }", "32", "192"), "struct s: member in",
               "struct s: member in: the host lacks member b; 1 member behind it moved",
               "no such member; 8 bytes", "long b;   /* offset 8, 8 bytes */");
    /* At the end, only the size tells. */
    TELLS_TYPE("struct s 16 { n 0 int in 64 struct in 8 { a 0 long } }",
               "struct s 24 { n 0 int in 64 struct in 16 { a 0 long b 64 long } }", "struct in",
               "struct s: member in: struct in: the host lacks member b", "no such member; 8 bytes",
               "long b;   /* offset 8, 8 bytes */");
}

static void a_struct_within_of_another_alignment_is_the_cause(void **state)
{
    (void)state;
    TELLS("struct s 12 { n 0 int in 32 struct in 8 { a 0 array 8 char } }",
          "struct s 16 { n 0 int in 64 struct in 8 { b 0 long } }",
          "struct s: member in: struct in: member a", "char a[8];   /* offset 0, 8 bytes */",
          "long b;   /* offset 0, 8 bytes */");
}

static void members_of_unions_are_told_by_name(void **state)
{
    (void)state;
    TELLS("union u 8 { a 0 int b 0 long }", "union u 8 { b 0 long }",
          "union u: the plugin lacks member a", "int a;   /* offset 0, 4 bytes */",
          "no such member; 8 bytes");
    TELLS("union u 8 { b 0 long }", "union u 8 { b 0 long a 0 int }",
          "union u: the host lacks member a", "no such member; 8 bytes",
          "int a;   /* offset 0, 4 bytes */");
}

static void members_without_a_name_are_told_by_number(void **state)
{
    (void)state;
    TELLS("struct s 12 { a 0 int - 32 struct - 4 { x 0 int } c 64 int }",
          "struct s 8 { a 0 int c 32 int }",
          "struct s: the plugin lacks member number 2 (unnamed); 1 member behind it moved",
          "struct { int x; };   /* offset 4, 4 bytes */", "no such member; 8 bytes");
    TELLS("struct s 16 { a 0 int b 32 int - 64 struct - 4 { x 0 int } c 96 int }",
          "struct s 12 { a 0 int - 32 struct - 4 { x 0 int } c 64 int }",
          "struct s: the plugin lacks member b; 2 members behind it moved",
          "int b;   /* offset 4, 4 bytes */", "no such member; 12 bytes");
}

/* ---- enumerators ---- */

static void an_enumerator_that_one_side_lacks_is_the_cause(void **state)
{
    (void)state;
    TELLS("enum e 4 { RED 0 GREEN 1 BLUE 2 }", "enum e 4 { RED 0 BLUE 1 }",
          "enum e: the plugin lacks enumerator GREEN; 1 enumerator behind it changed", "GREEN = 1",
          "no GREEN");
    TELLS("enum e 4 { RED 0 BLUE 1 }", "enum e 4 { RED 0 GREEN 1 BLUE 2 }",
          "enum e: the host lacks enumerator GREEN; 1 enumerator behind it changed", "no GREEN",
          "GREEN = 1");
    TELLS("enum e 4 { RED 0 }", "enum e 4 { RED 0 GREEN 1 BLUE 2 }",
          "enum e: the host lacks enumerators GREEN and BLUE", "no GREEN", "GREEN = 1");
    TELLS("enum e 4 { RED 0 GREEN 1 BLUE 2 }", "enum e 4 { RED 0 GREEN 3 BLUE 4 }",
          "enum e: enumerator GREEN changed, and 1 more", "GREEN = 1", "GREEN = 3");
    TELLS("typedef color enum - 4 { RED 0 }", "typedef color enum - 4 { RED 1 }", "color",
          "RED = 0", "RED = 1");
}

/* ---- parameters ---- */

static void a_parameter_that_one_side_lacks_is_the_cause(void **state)
{
    (void)state;
    TELLS("function void ( a int b int c int )", "function void ( a int c int )",
          ": the plugin lacks parameter 2 (b)", "void (int a, int b, int c)   /* 3 parameters */",
          "void (int a, int c)   /* 2 parameters */");
    TELLS("function void ( - int )", "function void ( - pointer char - int )",
          ": the host lacks parameter 1", "void (int)   /* 1 parameter */",
          "void (char *, int)   /* 2 parameters */");
    TELLS("function void ( x int )", "function void ( a int b long c pointer char d char )",
          ": the host lacks parameters 2 to 4", "void (int x)   /* 1 parameter */",
          "void (int a, long b, char *c, char d)   /* 4 parameters */");
    TELLS("function void ( x int )", "function void ( a long b long )",
          ": another number of parameters", "void (int x)   /* 1 parameter */",
          "void (long a, long b)   /* 2 parameters */");
    TELLS("function void ( a int ... )", "function void ( a int )",
          ": the plugin lacks the ellipsis", "void (int a, ...)   /* 1 parameter and ... */",
          "void (int a)   /* 1 parameter */");
    TELLS("struct ops 8 { f 0 pointer function void ( a int ) }",
          "struct ops 8 { f 0 pointer function void ( ) }",
          "struct ops: member f: the plugin lacks parameter 1 (a)",
          "void (int a)   /* 1 parameter */", "void (void)   /* 0 parameters */");
}

/* ---- names ---- */

static void a_struct_without_a_tag_has_the_name_of_its_typedef(void **state)
{
    (void)state;
    TELLS("pointer typedef compile_t struct - 8 { x 0 int z 32 int }",
          "pointer typedef compile_t struct - 8 { x 0 int z 32 float }", "compile_t: member z",
          "int z;   /* offset 4, 4 bytes */", "float z;   /* offset 4, 4 bytes */");
    TELLS("typedef outer typedef inner struct - 4 { x 0 int }",
          "typedef outer typedef inner struct - 4 { x 0 float }", "inner: member x",
          "int x;   /* offset 0, 4 bytes */", "float x;   /* offset 0, 4 bytes */");
    TELLS("typedef t union - 4 { x 0 int }", "typedef t union - 4 { x 0 float }", "t: member x",
          "int x;   /* offset 0, 4 bytes */", "float x;   /* offset 0, 4 bytes */");
    TELLS("typedef t struct tagged 4 { x 0 int }", "typedef t struct tagged 4 { x 0 float }",
          "struct tagged: member x", "int x;   /* offset 0, 4 bytes */",
          "float x;   /* offset 0, 4 bytes */");
    TELLS("struct - 4 { x 0 int }", "struct - 4 { x 0 float }", "struct without a tag: member x",
          "int x;   /* offset 0, 4 bytes */", "float x;   /* offset 0, 4 bytes */");
}

static void a_typedef_is_the_cause(void **state)
{
    (void)state;
    TELLS_TYPE("pointer typedef t struct backend 4 { i 0 int }", "pointer typedef t void",
               "typedef t", "typedef t", "struct backend   /* 4 bytes */", "void");
    TELLS_TYPE("function void ( p pointer typedef t struct backend ; )",
               "function void ( p pointer typedef t int )", "typedef t", "parameter 1: typedef t",
               "struct backend", "int   /* 4 bytes */");
    TELLS_TYPE("struct s 8 { p 0 pointer typedef t struct backend ; }",
               "struct s 8 { p 0 pointer typedef t int }", "typedef t",
               "struct s: member p: typedef t", "struct backend", "int   /* 4 bytes */");
    TELLS_TYPE("struct s 8 { p 0 typedef number int q 32 int }",
               "struct s 16 { p 0 typedef number long q 64 int }", "typedef number",
               "struct s: member p: typedef number", "int   /* 4 bytes */", "long   /* 8 bytes */");
    TELLS("pointer typedef a array 4 int", "pointer typedef a array 5 int", "typedef a",
          "int [4]   /* 16 bytes */", "int [5]   /* 20 bytes */");
    /* It is the outermost one that the source uses. */
    TELLS("typedef off_t typedef __off_t int", "typedef off_t typedef __off64_t long",
          "typedef off_t", "int   /* 4 bytes */", "long   /* 8 bytes */");
    TELLS("typedef h pointer function void ( a int )", "typedef h pointer function void ( )",
          "typedef h: the plugin lacks parameter 1 (a)", "void (int a)   /* 1 parameter */",
          "void (void)   /* 0 parameters */");
    TELLS("pointer typedef t struct a ;", "pointer typedef t struct b ;", "typedef t", "struct a",
          "struct b");
    TELLS("typedef t int", "typedef u long", "", "int   /* 4 bytes */", "long   /* 8 bytes */");
}

static void what_a_typedef_hides_is_shown(void **state)
{
    (void)state;
    TELLS("pointer typedef text const char", "pointer typedef text char", "",
          "const char *   /* 8 bytes */", "char *   /* 8 bytes */");
    TELLS("struct s 8 { p 0 pointer typedef text const char }",
          "struct s 8 { p 0 pointer typedef text char }", "struct s: member p",
          "const char *p;   /* offset 0, 8 bytes */", "char *p;   /* offset 0, 8 bytes */");
    TELLS("function void ( p pointer typedef t typedef u int )",
          "function void ( p pointer typedef t const typedef u int )", "parameter 1",
          "int *   /* 8 bytes */", "const int *   /* 8 bytes */");
    TELLS("array 2 pointer typedef text const char", "array 2 pointer typedef text char", "",
          "const char *   /* 8 bytes */", "char *   /* 8 bytes */");
}

static void what_no_typedef_hides_is_told_apart_in_words(void **state)
{
    (void)state;
    TELLS("opaque unknown~type~(x) 4", "opaque unknown~type~(x) 4", "",
          "unknown type (x)   /* agrees with nothing */",
          "unknown type (x)   /* perhaps another one */");
    TELLS("struct a\nb ;", "struct a\\x0ab ;", "", "struct a\\x0ab",
          "struct a\\x0ab   /* another type, which reads the same */");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_that_one_side_lacks_is_the_cause),
        cmocka_unit_test(several_lacking_members_are_told_at_once),
        cmocka_unit_test(a_lacking_bit_field_is_told),
        cmocka_unit_test(a_renamed_member_is_shown_with_both_names),
        cmocka_unit_test(members_that_changed_places_are_told),
        cmocka_unit_test(a_member_of_another_size_is_told_with_what_it_moved),
        cmocka_unit_test(the_cause_may_be_in_a_struct_within),
        cmocka_unit_test(a_struct_within_of_another_alignment_is_the_cause),
        cmocka_unit_test(members_of_unions_are_told_by_name),
        cmocka_unit_test(members_without_a_name_are_told_by_number),
        cmocka_unit_test(an_enumerator_that_one_side_lacks_is_the_cause),
        cmocka_unit_test(a_parameter_that_one_side_lacks_is_the_cause),
        cmocka_unit_test(a_struct_without_a_tag_has_the_name_of_its_typedef),
        cmocka_unit_test(a_typedef_is_the_cause),
        cmocka_unit_test(what_a_typedef_hides_is_shown),
        cmocka_unit_test(what_no_typedef_hides_is_told_apart_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
