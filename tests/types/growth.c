/* Structs and enums that grow as both sides promise. The host, or what defines a symbol, is the
 * first side; the plugin is the second one. */
#include "src/types/growth.h"
#include "tests/common/check.h"
#include "tests/types/rules_check.h"

#define A        "a 0 pointer void "
#define B        "b 64 int "
#define C        "c 128 pointer void "
#define D        "d 192 int "
#define SHORT    "struct api 16 { " A B "}"
#define LONG     "struct api 24 { " A B C "}"
#define LONGEST  "struct api 32 { " A B C D "}"
#define BEHIND   "func f function int ( p pointer "
#define BY_VALUE "func f function int ( p "

/* One side: a symbol of these words, in a module that records its objects or not. */
static struct made side_of(const char *words, bool records_objects, uint32_t *id)
{
    struct make *make = make_start();
    *id = make_add(make, words);
    if (records_objects)
        make_var(make, "plugin_objects_", 0);
    return made_read(make);
}

/* Compares two functions with a parameter each. Returns what would be told: what has grown, or
 * where and how the sides differ; the caller frees it. */
static struct text told(const char *first, const char *second, const char *how,
                        enum type_rules rules, bool records_objects)
{
    char words[2][1 << 10];
    uint32_t ids[2];
    snprintf(words[0], sizeof words[0], "%s%s )", how, first);
    snprintf(words[1], sizeof words[1], "%s%s )", how, second);
    struct made a = side_of(words[0], true, &ids[0]);
    struct made b = side_of(words[1], records_objects, &ids[1]);
    struct type_cache cache = {0};
    struct type_difference difference = {.first_name = "the host",
                                         .first_path = "./host",
                                         .second_name = "the plugin",
                                         .tells_growth = true};
    ERROR_AUTO error = {0};
    struct text text = {0};
    bool agree = false;
    assert_true(type_compare_import(&cache, (struct type_side){&a.btf, ids[0]},
                                    (struct type_side){&b.btf, ids[1]}, rules, &agree, &difference,
                                    &error));
    if (agree)
        text_add(&text, "fits\n%s", text_chars(&difference.growth));
    else
        text_add(&text, "%s%s", text_chars(&difference.path), text_chars(&difference.cause));
    type_cache_deinit(&cache);
    type_difference_deinit(&difference);
    made_free(&a);
    made_free(&b);
    return text;
}

static void check_told(const char *first, const char *second, const char *how,
                       enum type_rules rules, bool records_objects, const char *expected, int line)
{
    TEXT_AUTO text = told(first, second, how, rules, records_objects);
    if (!strcmp(text_chars(&text), expected))
        return;
    print_message("# %s | %s: %s\n", first, second, text_chars(&text));
    _fail(__FILE__, line);
}

#define TELLS(first, second, expected)                                                             \
    check_told(first, second, BEHIND, TYPE_RULES, true, expected, __LINE__)
#define IN   "parameter 1: struct api"
#define HELP ": growth does not help there"

static void a_plugin_that_knows_less_fits(void **state)
{
    (void)state;
    TELLS("declared grows " LONG, "declared grows " SHORT,
          "fits\nstruct api: the host is 1 member longer\n");
    TELLS("declared grows " LONGEST, "declared grows " SHORT,
          "fits\nstruct api: the host is 2 members longer\n");
    TELLS("declared grows " SHORT, "declared grows " SHORT, "fits\n");
}

static void a_plugin_that_knows_more_needs_it(void **state)
{
    (void)state;
    TELLS("declared grows " SHORT, "declared grows " LONG,
          IN ": needs member c, which ./host does not have yet");
    TELLS("declared grows " SHORT, "declared grows " LONGEST,
          IN ": needs members c and d, which ./host does not have yet");
}

static void a_plugin_with_an_object_does_not_fit(void **state)
{
    (void)state;
    TELLS("declared grows " LONG,
          "declared object=local~variable~of~keep~in~plug.c declared grows " SHORT,
          IN " grew, and the plugin has a copy of it (local variable of keep in plug.c)" HELP);
    TELLS("declared grows " LONG, "declared elements=variable~all~in~plug.c declared grows " SHORT,
          IN " grew, and the plugin has a copy of it (variable all in plug.c)" HELP);
    TELLS("declared grows " LONG, "declared object=x declared grows " LONG, "fits\n");
    TELLS("declared object=x declared grows " LONG, "declared grows " SHORT,
          "fits\nstruct api: the host is 1 member longer\n");
    TELLS("declared elements=x declared grows " LONG, "declared grows " SHORT,
          IN " grew, and the host has an array of it (x)" HELP);
}

static void objects_that_nobody_recorded_may_be_there(void **state)
{
    (void)state;
    static const char expected[] =
        IN " grew, and the plugin does not record whether it has a copy of it" HELP;
    check_told("declared grows " LONG, "declared grows " SHORT, BEHIND, TYPE_RULES, false, expected,
               __LINE__);
    check_told("declared grows_sized=b " LONG, "declared grows_sized=b " SHORT, BEHIND, TYPE_RULES,
               false, IN " grew, and the plugin does not record whether it has an array of it" HELP,
               __LINE__);
}

static void a_sized_struct_grows_both_ways(void **state)
{
    (void)state;
    TELLS("declared grows_sized=b " LONG, "declared grows_sized=b " SHORT,
          "fits\nstruct api: the host is 1 member longer\n");
    TELLS("declared grows_sized=b " SHORT, "declared object=x declared grows_sized=b " LONGEST,
          "fits\nstruct api: the plugin is 2 members longer\n");
    TELLS("declared grows_versioned=b " SHORT, "declared grows_versioned=b " LONG,
          "fits\nstruct api: the plugin is 1 member longer\n");
}

static void both_sides_know_how_long_an_object_is(void **state)
{
    (void)state;
    TELLS("declared grows_unmarked declared grows_sized=c struct api 24 { " A B "c 128 unsigned }",
          SHORT,
          IN " grew, and the plugin has no member c, which tells how long an object is" HELP);
    TELLS("declared grows_unmarked declared grows_versioned=b " LONG, SHORT,
          "fits\nstruct api: the host is 1 member longer\n");
}

static void an_array_of_a_sized_struct_does_not_fit(void **state)
{
    (void)state;
    TELLS("declared grows_sized=b " LONG, "declared elements=x declared grows_sized=b " SHORT,
          IN " grew, and the plugin has an array of it (x)" HELP);
    TELLS("declared elements=y declared grows_versioned=b " LONG,
          "declared grows_versioned=b " SHORT,
          IN " grew, and the host has an array of it (y)" HELP);
}

static void both_sides_promise_the_same(void **state)
{
    (void)state;
    static const char lacks[] = IN ": the plugin lacks member c";
    TEXT_AUTO only_host = {0}, only_plugin = {0}, others = {0};
    text_add(&only_host, "%s; only the host promises that it grows", lacks);
    text_add(&only_plugin, "%s; only the plugin promises that it grows", lacks);
    text_add(&others, "%s; they promise different ways of growing", lacks);
    TELLS("declared grows " LONG, SHORT, text_chars(&only_host));
    TELLS(LONG, "declared grows " SHORT, text_chars(&only_plugin));
    TELLS(LONG, SHORT, lacks);
    TELLS("declared grows " LONG, "declared grows_sized=b " SHORT, text_chars(&others));
    TELLS("declared grows_sized=a " LONG, "declared grows_sized=b " SHORT, text_chars(&others));
    TELLS("declared grows_versioned=b " LONG, "declared grows_sized=b " SHORT, text_chars(&others));
}

static void a_host_may_promise_for_plugins_that_do_not(void **state)
{
    (void)state;
    TELLS("declared grows_unmarked declared grows " LONG, SHORT,
          "fits\nstruct api: the host is 1 member longer\n");
    TELLS("declared grows_unmarked declared grows_sized=b " SHORT, LONG,
          "fits\nstruct api: the plugin is 1 member longer\n");
    TELLS("declared grows " LONG, "declared grows_unmarked " SHORT,
          IN ": the plugin lacks member c; only the host promises that it grows");
    TELLS(LONG, "declared grows_unmarked declared grows " SHORT,
          IN ": the plugin lacks member c; only the plugin promises that it grows");
    TELLS("declared grows_unmarked declared grows " LONG, "declared grows_sized=b " SHORT,
          IN ": the plugin lacks member c; they promise different ways of growing");
}

static void the_shorter_one_is_a_prefix(void **state)
{
    (void)state;
    TELLS("declared grows struct api 24 { " A "c 64 pointer void b 128 int }",
          "declared grows " SHORT, IN ": the plugin lacks member c; 1 member behind it moved");
    TELLS("declared grows struct api 24 { b 0 int a 64 pointer void " C "}",
          "declared grows " SHORT, IN ": the plugin lacks member c");
    TELLS("declared grows struct api 24 { " A "b 64 float " C "}", "declared grows " SHORT,
          IN ": member b");
}

static void new_members_start_behind_what_the_other_side_knows(void **state)
{
    (void)state;
    TELLS("declared grows struct api 16 { " A B "c 96 int }", "declared grows " SHORT,
          IN " grew, and its new member c is within the 16 bytes that the plugin knows" HELP);
    TELLS("declared grows_sized=b struct api 24 { " A B "c 96 int d 128 int }",
          "declared grows_sized=b " SHORT,
          IN " grew, and its new member c is within the 16 bytes that the plugin knows" HELP);
}

static void alignments_are_equal(void **state)
{
    (void)state;
    TELLS("declared grows struct api 16 { b 0 int c 64 pointer void }",
          "declared grows struct api 4 { b 0 int }",
          IN " grew, and its alignment is 8 bytes on one side, 4 on the other" HELP);
    TELLS("declared grows aligned 32 " LONGEST, "declared grows " SHORT,
          IN " grew, and its alignment is 32 bytes on one side, 8 on the other" HELP);
}

static void what_is_not_behind_a_pointer_does_not_grow(void **state)
{
    (void)state;
    static const char expected[] = IN " grew, and it is not behind a pointer here" HELP;
    check_told("declared grows " LONG, "declared grows " SHORT, BY_VALUE, TYPE_RULES, true,
               expected, __LINE__);
    check_told("array 2 declared grows " LONG, "array 2 declared grows " SHORT, BEHIND, TYPE_RULES,
               true, expected, __LINE__);
    TELLS("struct outer 32 { x 0 declared grows " LONG " }",
          "struct outer 32 { x 0 declared grows " SHORT " }",
          "parameter 1: struct outer: member x: struct api grew, and it is not behind a pointer "
          "here" HELP);
    TELLS("struct outer 8 { x 0 pointer declared grows " LONG " }",
          "struct outer 8 { x 0 pointer declared grows " SHORT " }",
          "fits\nstruct api: the host is 1 member longer\n");
}

/* Behind a pointer it fits; by value, the same pair does not. */
static void a_pair_is_compared_for_each_way_to_it(void **state)
{
    (void)state;
    check_told("pointer declared grows " LONG " q same api",
               "pointer declared grows " SHORT " q same api", BY_VALUE, TYPE_RULES, true,
               "parameter 2: struct api grew, and it is not behind a pointer here" HELP, __LINE__);
}

static void tails_that_may_stand_for_more_do_not_grow(void **state)
{
    (void)state;
    static const struct {
        const char *words, *obstacle;
    } structs[] = {
        {LONG, NULL},
        {"struct s 8 { u 0 union u 4 { i 0 int } n 32 int }", NULL},
        {"struct s 8 { a 0:3 int n 32 int }", NULL},
        {"struct s 12 { n 0 int a 32 array 2 int }", NULL},
        {"union u 4 { i 0 int }", "it is a union"},
        {"struct s ;", "its members are unknown"},
        {"struct s 0 { }", "it has no members"},
        {"struct s 8 { _vptr 0 pointer struct s_vtable 8 { f 0 pointer function void ( ) } }",
         "it has virtual functions"},
        {"struct s 8 { n 0 int a 32:3 int }", "its last member is a bit-field"},
        {"struct s 8 { n 0 int u 32 union u 4 { i 0 int } }", "its last member is a union"},
        {"struct s 4 { n 0 int a 32 array 0 int }", "array"},
        {"struct s 8 { n 0 int a 32 array 1 int }", "array"},
        {"struct s 8 { n 0 int t 32 struct t 4 { a 0 array 1 int } }", "array"},
    };
    for (size_t i = 0; i < COUNT(structs); i++) {
        uint32_t id;
        struct made made = made_of(structs[i].words, &id);
        const char *obstacle = growth_obstacle(&made.btf, id);
        if (!structs[i].obstacle)
            assert_null(obstacle);
        else
            assert_non_null(strstr(obstacle, structs[i].obstacle));
        made_free(&made);
    }
    TELLS("declared grows struct api 12 { n 0 int a 32 array 1 int b 64 int }",
          "declared grows struct api 8 { n 0 int a 32 array 1 int }",
          IN
          " grew, and it ends with an array of unknown length, or of 0 or 1 elements, behind which "
          "more may follow" HELP);
}

static void strict_rules_know_no_promise(void **state)
{
    (void)state;
    check_told("declared grows " LONG, "declared grows " SHORT, BEHIND, TYPE_RULES_STRICT, true,
               IN ": the plugin lacks member c", __LINE__);
    check_told("pointer declared alias=out struct in 4 { i 0 int }", "pointer struct out ;",
               BY_VALUE, TYPE_RULES_STRICT, true, "parameter 1", __LINE__);
    check_told("declared grows enum e 4 { x 0 y 1 }", "declared grows enum e 4 { x 0 }", BY_VALUE,
               TYPE_RULES_STRICT, true, "parameter 1: enum e: the plugin lacks enumerator y",
               __LINE__);
}

/* ---- enums ---- */

static void an_enum_grows_both_ways(void **state)
{
    (void)state;
    TELLS("declared grows enum e 4 { x 0 y 1 }", "declared grows enum e 4 { x 0 }", "fits\n");
    TELLS("declared grows enum e 4 { x 0 }", "declared grows enum e 4 { x 0 y 1 }", "fits\n");
    TELLS("declared grows_unmarked declared grows enum e 4 { x 0 }", "enum e 4 { x 0 y 1 }",
          "fits\n");
    TELLS("enum e 4 { x 0 }", "declared grows enum e 4 { x 0 y 1 }",
          "parameter 1: enum e: the host lacks enumerator y");
}

static void what_both_know_of_an_enum_is_equal(void **state)
{
    (void)state;
    TELLS("declared grows enum e 4 { x 0 y 1 z 2 }", "declared grows enum e 4 { x 0 z 1 }",
          "parameter 1: enum e: the plugin lacks enumerator y; 1 enumerator behind it changed");
    TELLS("declared grows enum e 4 { x 0 y 1 }", "declared grows enum e 4 { x 0 z 1 }",
          "parameter 1: enum e: the plugin lacks enumerator y, the host lacks enumerator z");
    TELLS("declared grows enum e 4 { x 0 y 1 }", "declared grows enum e 4 { x 0 z 2 }", "fits\n");
    TELLS("declared grows enum e 4 { x 0 y 1 also 1 }", "declared grows enum e 4 { x 0 y 1 z 2 }",
          "fits\n");
    TELLS("declared grows_until=n enum e 4 { x 0 y 1 n 2 }",
          "declared grows_until=n enum e 4 { x 0 z 2 n 3 }", "fits\n");
    TELLS("declared grows_until=n enum e 4 { x 0 y 1 n 2 }",
          "declared grows_until=n enum e 4 { x 0 z 1 n 2 }",
          "parameter 1: enum e: the plugin lacks enumerator y, the host lacks enumerator z");
    TELLS("declared grows enum e 8 { x 0 y 1 }", "declared grows enum e 4 { x 0 }", "parameter 1");
    TELLS("declared grows signed-enum e 4 { x 0 y 1 }", "declared grows enum e 4 { x 0 }",
          "parameter 1: enum e");
}

static void a_sentinel_may_change(void **state)
{
    (void)state;
    TELLS("declared grows_until=n enum e 4 { x 0 y 1 n 2 }",
          "declared grows_until=n enum e 4 { x 0 n 1 }", "fits\n");
    TELLS("declared grows_until=n enum e 4 { x 0 n 1 }",
          "declared grows_until=n enum e 4 { x 0 y 1 n 2 }", "fits\n");
    TELLS("declared grows enum e 4 { x 0 n 1 }", "declared grows enum e 4 { x 0 y 1 n 2 }",
          "parameter 1: enum e: the host lacks enumerator y; 1 enumerator behind it changed");
    TELLS("declared grows_until=n enum e 4 { x 0 n 1 }",
          "declared grows_until=m enum e 4 { x 0 n 2 }", "parameter 1: enum e");
}

/* ---- aliases ---- */

static void an_alias_replaces_a_tag(void **state)
{
    (void)state;
    TELLS("declared alias=out struct in 4 { i 0 int }", "struct out ;", "fits\n");
    TELLS("declared alias=out struct in 4 { i 0 int }", "struct out 4 { i 0 int }", "fits\n");
    TELLS("declared alias=out declared alias=far struct in 4 { i 0 int }", "struct far ;",
          "fits\n");
    /* Of another file: the stamp writes none for a struct that no file of the module completes. */
    TELLS("declared alias=out struct in ;", "struct out 4 { i 0 int }", "fits\n");
    TELLS("struct in 4 { i 0 int }", "struct out ;", "parameter 1");
    TELLS("declared alias=out struct in 4 { i 0 int }", "struct far ;", "parameter 1");
    TELLS("declared alias=out union in 4 { i 0 int }", "struct out ;", "parameter 1");
    TELLS("declared alias=out struct in 4 { i 0 int }", "struct out 8 { i 0 int k 32 int }",
          "parameter 1: struct in: the host lacks member k");
}

static void an_alias_counts_from_the_host_that_knows_its_struct(void **state)
{
    (void)state;
    TELLS("struct in 4 { i 0 int }", "declared alias=in struct out 4 { i 0 int }", "parameter 1");
    TELLS("struct out ;", "declared alias=out struct in 4 { i 0 int }", "parameter 1");
}

static void a_struct_may_start_with_its_alias(void **state)
{
    (void)state;
    static const char context[] =
        "declared alias=api struct context 32 { ops 0 struct api 16 { a 0 pointer void b 64 int } m 128 "
        "int }";
    TELLS(context, SHORT, "fits\n");
    TELLS(context, "struct api ;", "fits\n");
    TELLS(context, "struct api 16 { " A "b 64 float }", "parameter 1: struct context: member b");
    TELLS(
        context, "declared object=x " SHORT,
        "parameter 1: struct context starts with it, and the plugin has a copy of it (x): the alias "
        "does not help there");
    TELLS("declared elements=x declared alias=api struct context 24 { ops 0 " SHORT " m 128 int }",
          SHORT,
          "parameter 1: struct context starts with it, and the host has an array of it (x): the "
          "alias does not help there");
    check_told(
        context, SHORT, BY_VALUE, TYPE_RULES, true,
        "parameter 1: struct context starts with it, and it is not behind a pointer here: the "
        "alias does not help there",
        __LINE__);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plugin_that_knows_less_fits),
        cmocka_unit_test(a_plugin_that_knows_more_needs_it),
        cmocka_unit_test(a_plugin_with_an_object_does_not_fit),
        cmocka_unit_test(objects_that_nobody_recorded_may_be_there),
        cmocka_unit_test(a_sized_struct_grows_both_ways),
        cmocka_unit_test(both_sides_know_how_long_an_object_is),
        cmocka_unit_test(an_array_of_a_sized_struct_does_not_fit),
        cmocka_unit_test(both_sides_promise_the_same),
        cmocka_unit_test(a_host_may_promise_for_plugins_that_do_not),
        cmocka_unit_test(the_shorter_one_is_a_prefix),
        cmocka_unit_test(new_members_start_behind_what_the_other_side_knows),
        cmocka_unit_test(alignments_are_equal),
        cmocka_unit_test(what_is_not_behind_a_pointer_does_not_grow),
        cmocka_unit_test(a_pair_is_compared_for_each_way_to_it),
        cmocka_unit_test(tails_that_may_stand_for_more_do_not_grow),
        cmocka_unit_test(strict_rules_know_no_promise),
        cmocka_unit_test(an_enum_grows_both_ways),
        cmocka_unit_test(what_both_know_of_an_enum_is_equal),
        cmocka_unit_test(a_sentinel_may_change),
        cmocka_unit_test(an_alias_replaces_a_tag),
        cmocka_unit_test(an_alias_counts_from_the_host_that_knows_its_struct),
        cmocka_unit_test(a_struct_may_start_with_its_alias),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
