/* The forms that variables and functions of Go have in C. */
#include "tests/common/check.h"
#include "tests/gofile/form_made.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- making types ---- */

static uint64_t string(void)
{
    return named(make(GO_STRING, "string", 16));
}

static uint64_t map(void)
{
    return make(GO_MAP, "map[string]int", 8);
}

static uint64_t point(void)
{
    uint64_t type = named(make(GO_STRUCT, "main.Point", 16)),
             number = make(GO_FLOAT64, "float64", 8);
    named(number);
    field(type, "X", 0, number);
    field(type, "Y", 8, number);
    return type;
}

static void parameter(uint64_t address, uint64_t type)
{
    struct fake *fake = fake_at(address);
    assert_true(!fake->type.results);
    fake->parameters[fake->type.count++] = type;
}

static void result(uint64_t address, uint64_t type)
{
    struct fake *fake = fake_at(address);
    fake->parameters[fake->type.count + fake->type.results++] = type;
}

/* ---- variables ---- */

static void numbers_have_their_sizes(void **state)
{
    static const struct {
        enum go_kind kind;
        uint64_t size;
        const char *expected;
    } rows[] = {
        {GO_BOOL, 1, "_Bool X"},
        {GO_INT, 8, "long X"},
        {GO_INT8, 1, "signed char X"},
        {GO_INT16, 2, "short X"},
        {GO_INT32, 4, "int X"},
        {GO_INT64, 8, "long X"},
        {GO_UINT, 8, "unsigned long X"},
        {GO_UINT8, 1, "unsigned char X"},
        {GO_UINT16, 2, "unsigned short X"},
        {GO_UINT32, 4, "unsigned int X"},
        {GO_UINT64, 8, "unsigned long X"},
        {GO_UINTPTR, 8, "unsigned long X"},
        {GO_FLOAT32, 4, "float X"},
        {GO_FLOAT64, 8, "double X"},
        {GO_COMPLEX64, 8, "_Complex float X"},
        {GO_COMPLEX128, 16, "_Complex double X"},
        {GO_STRING, 16, "plugin_go_string X"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        VARIABLE(named(make(rows[i].kind, "t", rows[i].size)), rows[i].expected);
    VARIABLE(named(make(GO_UNSAFE_POINTER, "unsafe.Pointer", 8)), "void *X");
}

static void declared_types_are_typedefs(void **state)
{
    (void)state;
    DEFINED(named(make(GO_FLOAT64, "main.Celsius", 8)), "C", "Celsius X; typedef double Celsius");
    DEFINED(named(make(GO_INT64, "time.Duration", 8)), "t",
            "time_Duration X; typedef long time_Duration");
    DEFINED(named(make(GO_STRING, "main.long", 16)), "l",
            "long_ X; typedef plugin_go_string long_");
    DEFINED(named(array("main.Pair[int,*main.T]", 2, integer())), "P",
            "Pair_int__main_T_ X; typedef long Pair_int__main_T_[2]");
    DEFINED(named(pointer("main.P", integer())), "P", "P X; typedef long *P");
    DEFINED(named(slice("main.S", integer())), "",
            "S X; typedef struct plugin_go_slice_int S; "
            "struct plugin_go_slice_int {     long *data;     long len;     long cap; }");
}

static void slices_are_named_by_their_elements(void **state)
{
    (void)state;
    uint64_t number = integer();
    VARIABLE(slice("[]int", number), "struct plugin_go_slice_int X");
    VARIABLE(slice("[]string", string()), "struct plugin_go_slice_string X");
    VARIABLE(slice("[][]int", slice("[]int", number)), "struct plugin_go_slice_slice_int X");
    VARIABLE(slice("[]*main.Point", pointer("*main.Point", point())),
             "struct plugin_go_slice_pointer_Point X");
    VARIABLE(slice("[][4]int", array("[4]int", 4, number)), "struct plugin_go_slice_array4_int X");
    uint64_t other = named(make(GO_STRUCT, "geom.Point", 8));
    field(other, "X", 0, number);
    VARIABLE(slice("[]geom.Point", other), "struct plugin_go_slice_geom_Point X");
}

static void structs_have_their_members(void **state)
{
    (void)state;
    DEFINED(point(), "P", "struct Point X; struct Point {     double X;     double Y; }");
    uint64_t type = named(make(GO_STRUCT, "main.T", 32)), number = integer(), small = boolean();
    field(type, "volatile", 0, small);
    field(type, "_", 1, small);
    field(type, "b", 2, small);
    field(type, "empty", 3, array("[0]int", 0, number));
    field(type, "_Bool", 8, number);
    field(type, "pi\xcf\x80", 16, number);
    DEFINED(type, "T",
            "struct T X; struct T {     _Bool volatile_;     char : 8;     _Bool b;     "
            "long _Bool_;     long pi\xcf\x80;     char : 8;     char : 8;     char : 8;     "
            "char : 8;     char : 8;     char : 8;     char : 8;     char : 8; }");
    uint64_t unnamed = make(GO_STRUCT, "struct { A int }", 8);
    field(unnamed, "A", 0, number);
    VARIABLE(pointer("*struct { A int }", unnamed), "struct { long A; } *X");
}

static void names_of_members_are_not_reserved(void **state)
{
    (void)state;
    uint64_t type = named(make(GO_STRUCT, "main.T", 7)), small = boolean();
    const char *const names[] = {"int", "int_", "int__", "new", "unix", "__FILE__", "news"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        field(type, names[i], i, small);
    DEFINED(type, "T",
            "struct T X; struct T {     _Bool int___;     _Bool int_;     _Bool int__;     "
            "_Bool new_;     _Bool unix_;     _Bool __FILE___;     _Bool news; }");
}

static void large_gaps_are_members(void **state)
{
    (void)state;
    uint64_t type = named(make(GO_STRUCT, "main.T", 56)), small = boolean();
    field(type, "_", 0, array("[17]bool", 17, small));
    field(type, "a", 17, small);
    field(type, "_", 18, array("[16]bool", 16, small));
    field(type, "b", 34, small);
    field(type, "_", 35, array("[21]bool", 21, small));
    DEFINED(type, "T",
            "struct T X; struct T {     char padding_at_0_[17];     _Bool a;     char : 8;     "
            "char : 8;     char : 8;     char : 8;     char : 8;     char : 8;     char : 8;     "
            "char : 8;     char : 8;     char : 8;     char : 8;     char : 8;     char : 8;     "
            "char : 8;     char : 8;     char : 8;     _Bool b;     char padding_at_35_[21]; }");
    uint64_t blank = named(make(GO_STRUCT, "main.B", 1));
    field(blank, "_", 0, small);
    DEFINED(blank, "B", "struct B X; struct B {     char padding_at_0_[1]; }");
}

static void structs_may_refer_to_themselves(void **state)
{
    (void)state;
    uint64_t node = named(make(GO_STRUCT, "main.Node", 32));
    field(node, "next", 0, pointer("*main.Node", node));
    field(node, "kids", 8, slice("[]main.Node", node));
    DEFINED(node, "N",
            "struct Node X; struct Node {     struct Node *next;     "
            "struct plugin_go_slice_Node kids; }");
    uint64_t self = named(slice("main.Self", 0));
    of(self, self);
    DEFINED(self, "",
            "Self X; typedef struct plugin_go_slice_Self Self; "
            "struct plugin_go_slice_Self {     Self *data;     long len;     long cap; }");
}

static void structs_without_a_form_are_handles(void **state)
{
    (void)state;
    uint64_t handle = named(make(GO_STRUCT, "main.Handle", 8));
    field(handle, "m", 0, map());
    VARIABLE(pointer("*main.Handle", handle), "struct Handle *X");
    VARIABLE(slice("[]main.Handle", handle), "struct plugin_go_slice_Handle X");
    VARIABLE(handle, "none: its member m, map[string]int, is a map");
    VARIABLE(named(make(GO_STRUCT, "main.Empty", 0)), "struct Empty X");
}

static void one_type_is_written_once(void **state)
{
    (void)state;
    ERROR_AUTO error = {0};
    TEXT_AUTO reason = {0};
    struct go_types types = {0};
    struct btf btf;
    uint32_t ids[4], structs = 0;
    uint64_t number = integer(), node = point(), all = slice("[]int", number);
    uint64_t func = function();
    parameter(func, pointer("*main.Point", node));
    parameter(func, named(slice("main.Ints", number)));
    struct go_forms *forms = go_forms_new(&types, 1 << 24);
    assert_true(go_forms_add(forms, "A", all, false, &ids[0], &reason, &error));
    assert_true(go_forms_add(forms, "B", node, false, &ids[1], &reason, &error));
    assert_true(go_forms_add(forms, "C", func, true, &ids[2], &reason, &error));
    assert_true(go_forms_add(forms, "D", slice("[]int", number), false, &ids[3], &reason, &error));
    struct bytes section = read_back(forms, &btf);
    for (uint32_t id = 20; id < btf.count; id++)
        structs += btf_type(&btf, id).kind == BTF_STRUCT;
    assert_int_equal(structs, 2);
    for (size_t i = 0; i < COUNT(ids); i++) {
        struct btf_type type = btf_type(&btf, ids[i]);
        assert_int_equal(type.kind, i == 2 ? BTF_FUNC : BTF_VAR);
        assert_int_equal(*type.name, 'A' + (int)i);
    }
    btf_deinit(&btf);
    free((void *)section.data);
    go_forms_free(forms);
}

/* ---- functions ---- */

static void functions_take_and_return_values(void **state)
{
    (void)state;
    FUNCTION(function(), "void X(void)");
    uint64_t func = function(), node = point();
    parameter(func, integer());
    parameter(func, node);
    parameter(func, slice("[]string", string()));
    result(func, pointer("*main.Point", node));
    FUNCTION(func, "struct Point *X(long, struct Point, struct plugin_go_slice_string)");
}

static void an_error_is_its_text(void **state)
{
    (void)state;
    uint64_t func = function(), failure = named(make(GO_INTERFACE, "error", 16));
    result(func, failure);
    FUNCTION(func, "const char *X(void)");
    uint64_t takes = function();
    parameter(takes, failure);
    FUNCTION(takes, "none: its parameter 1, error, is an interface");
    uint64_t other = function();
    result(other, named(make(GO_INTERFACE, "main.error", 16)));
    FUNCTION(other, "none: its result, main.error, is an interface");
}

static void several_results_are_a_struct(void **state)
{
    (void)state;
    uint64_t func = function();
    result(func, boolean());
    result(func, named(make(GO_COMPLEX64, "complex64", 8)));
    result(func, point());
    result(func, boolean());
    result(func, named(make(GO_INTERFACE, "error", 16)));
    check_symbol(
        func, true, "plugin_go_results_",
        "struct plugin_go_results_X X(void); struct plugin_go_results_X {     _Bool r0;     "
        "_Complex float r1;     struct Point r2;     _Bool r3;     const char *r4; }",
        __LINE__);
}

/* Returns a func with one parameter of this type. */
static uint64_t taking(uint64_t type)
{
    uint64_t func = function();
    parameter(func, type);
    return func;
}

static void not_everything_is_passed_by_value(void **state)
{
    (void)state;
    uint64_t number = integer(), small = boolean();
    FUNCTION(taking(array("[2]int", 2, number)),
             "none: its parameter 1, [2]int, is an array, which C cannot pass by value");
    FUNCTION(taking(named(make(GO_STRUCT, "main.E", 0))),
             "none: its parameter 1, main.E, has size zero, which C cannot pass by value");
    uint64_t large = named(make(GO_STRUCT, "main.L", 65537));
    field(large, "a", 0, array("[65537]bool", 65537, small));
    FUNCTION(taking(large),
             "none: its parameter 1, main.L, is larger than 64 KiB, too large to pass by value");
    FUNCTION(taking(pointer("*main.L", large)), "void X(struct L *)");
    uint64_t padded = named(make(GO_STRUCT, "main.P", 16));
    field(padded, "a", 0, number);
    static const char other_layout[] =
        "is laid out differently in C, so it cannot be passed by value";
    char expected[200];
    snprintf(expected, sizeof expected, "none: its parameter 1, main.P, %s", other_layout);
    FUNCTION(taking(padded), expected);
    uint64_t holder = named(make(GO_STRUCT, "main.H", 32));
    field(holder, "p", 0, array("[2]main.P", 2, padded));
    snprintf(expected, sizeof expected, "none: its parameter 1, main.H, %s", other_layout);
    FUNCTION(taking(holder), expected);
}

static void results_are_not_too_large(void **state)
{
    (void)state;
    uint64_t large = named(make(GO_STRUCT, "main.L", 40000)), func = function();
    field(large, "a", 0, array("[40000]bool", 40000, boolean()));
    result(func, large);
    result(func, large);
    FUNCTION(func, "none: its results are larger than 64 KiB, too large to return by value");
}

/* ---- reasons ---- */

static void reasons_name_the_place(void **state)
{
    (void)state;
    uint64_t number = integer(), bad = map();
    VARIABLE(bad, "none: it is a map");
    VARIABLE(make(GO_CHAN, "chan int", 8), "none: it is a channel");
    VARIABLE(make(GO_INTERFACE, "interface {}", 16), "none: it is an interface");
    VARIABLE(function(), "none: it is a func value");
    uint64_t inner = named(make(GO_STRUCT, "main.I", 16)),
             outer = named(make(GO_STRUCT, "main.O", 40));
    field(inner, "a", 0, number);
    field(inner, "m", 8, bad);
    field(outer, "n", 0, number);
    field(outer, "list", 8, array("[2]main.I", 2, inner));
    uint64_t func = function();
    parameter(func, number);
    parameter(func, outer);
    FUNCTION(func, "none: member m of an element of member list of its parameter 2, "
                   "map[string]int, is a map");
    VARIABLE(slice("[]*map[string]int", pointer("*map[string]int", bad)),
             "none: the target of its element, map[string]int, is a map");
    uint64_t many = function();
    result(many, number);
    result(many, bad);
    FUNCTION(many, "none: its result 2, map[string]int, is a map");
}

static void names_have_letters_of_any_alphabet_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *name, *tag;
    } cases[] = {
        {"main.\xc2\xb5\xc3\x89\xcf\x80\xe4\xb8\x96\xf0\x90\x90\x80",
         "\xc2\xb5\xc3\x89\xcf\x80\xe4\xb8\x96\xf0\x90\x90\x80"},
        {"main.T*/x();/*\"\n", "T__x_______"},
        {"main.T\xc2\x9b", "T_"},     /* U+009B steers a terminal */
        {"main.T\xe2\x80\xae", "T_"}, /* U+202E turns the direction of the text */
        {"main.T\xc3\x97", "T_"},     /* U+00D7, a sign */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char expected[64];
        uint64_t type = named(make(GO_STRUCT, cases[i].name, 8));
        field(type, "A", 0, integer());
        snprintf(expected, sizeof expected, "struct %s X", cases[i].tag);
        VARIABLE(type, expected);
    }
}

static void names_in_reasons_are_escaped(void **state)
{
    (void)state;
    uint64_t type = named(make(GO_STRUCT, "main.\x1b[T", 8));
    field(type, "a\n", 0, make(GO_CHAN, "chan\t", 8));
    VARIABLE(type, "none: its member a\\x0a, chan\\x09, is a channel");
}

/* ---- cycles ---- */

static void c_must_know_what_a_type_is_made_of(void **state)
{
    static const char expected[] = "none: it refers to itself in a way that C cannot declare";
    (void)state;
    uint64_t twist = named(pointer("main.Twist", 0));
    of(twist, twist);
    VARIABLE(twist, expected);
    /* struct Loop { struct Loop (*a)[2]; } needs the size of Loop within Loop. */
    uint64_t loop = named(make(GO_STRUCT, "main.Loop", 8)), elements;
    elements = of(make(GO_ARRAY, "[2]main.Loop", 16), loop);
    fake_at(elements)->type.count = 2;
    field(loop, "a", 0, pointer("*[2]main.Loop", elements));
    VARIABLE(loop, expected);
    VARIABLE(pointer("*main.Loop", loop), "struct Loop *X");
    /* Go has no struct that contains itself, but a file may. */
    uint64_t self = named(make(GO_STRUCT, "main.Self", 8));
    field(self, "s", 0, self);
    VARIABLE(self, expected);
}

/* P and Q refer to each other, and one of them has a part without a form. */
static void a_fault_spreads_round_a_circle(void **state)
{
    (void)state;
    uint64_t first = named(slice("main.P", 0)), second = named(slice("main.Q", 0));
    uint64_t inner = make(GO_STRUCT, "struct { q *main.Q; m map[string]int }", 16);
    field(inner, "q", 0, pointer("*main.Q", second));
    field(inner, "m", 8, map());
    of(first, inner);
    of(second, pointer("*main.P", first));
    VARIABLE(second, "none: member m of an element of the target of its element, map[string]int, "
                     "is a map");
    VARIABLE(first, "none: member m of its element, map[string]int, is a map");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_have_their_sizes),
        TEST(declared_types_are_typedefs),
        TEST(slices_are_named_by_their_elements),
        TEST(structs_have_their_members),
        TEST(structs_may_refer_to_themselves),
        TEST(names_of_members_are_not_reserved),
        TEST(large_gaps_are_members),
        TEST(structs_without_a_form_are_handles),
        TEST(one_type_is_written_once),
        TEST(functions_take_and_return_values),
        TEST(an_error_is_its_text),
        TEST(several_results_are_a_struct),
        TEST(not_everything_is_passed_by_value),
        TEST(results_are_not_too_large),
        TEST(reasons_name_the_place),
        TEST(names_have_letters_of_any_alphabet_and_nothing_else),
        TEST(names_in_reasons_are_escaped),
        TEST(c_must_know_what_a_type_is_made_of),
        TEST(a_fault_spreads_round_a_circle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
