/* The judgement of what a host uses of a plugin. */
#include "src/fit/demands.h"
#include "tests/common/check.h"
#include "tests/fit/fit_made.h"

#include <string.h>

/* ---- the judgement ---- */

/* Reads the host's only interface. */
static uint32_t demands_of(const struct module *host, struct demand *items)
{
    uint32_t count = meta_interface(&host->meta, 0).member_count;
    for (uint32_t i = 0; i < count; i++)
        items[i] = demand_of(host, "host", 0, i);
    return count;
}

/* Judges the plugin by the host's interface. The text of the misfits, without its first line and
 * the last, which counts the uses, must be `lines`; NULL if the plugin meets it. Returns how many
 * types were compared. */
static size_t expect_judged(struct scene *scene,
                            const char *(*hidden)(const void *context, const char *name),
                            const char *lines)
{
    struct demand items[ITEMS];
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    end(&scene->host);
    end(&scene->plugin);
    end(&scene->other);
    struct demands demands = {.items = items,
                              .count = demands_of(&scene->host.module, items),
                              .hidden = hidden,
                              .context = scene};
    assert_true(demands_judge(&misfits, demands, &scene->plugin.module, &error));
    assert_int_equal(error.code, PLUGIN_OK);
    if (misfits.count)
        misfits_refuse(&misfits, scene->plugin.path, scene->host.path, &error);
    TEXT_AUTO text = {0};
    text_add(&text, "%s", misfits.count ? strchr(error_text(&error), '\n') : "it fits");
    if (misfits.count)
        *strrchr(text.chars, '\n') = '\0';
    assert_string_equal(text_chars(&text), lines ? lines : "it fits");
    /* With each allocation failing in turn, it fails for lack of memory, or finds the same. */
    for (starve_begin(); starve_goes_on();) {
        MISFITS_AUTO starved = {0};
        ERROR_AUTO starved_error = {0};
        bool is_judged = demands_judge(&starved, demands, &scene->plugin.module, &starved_error);
        starve_end();
        if (is_judged)
            assert_int_equal(starved.count, misfits.count);
        else
            assert_int_equal(starved_error.code, PLUGIN_NO_MEMORY);
    }
    return misfits.uses.compared;
}

static size_t expect_met(struct scene *scene)
{
    return expect_judged(scene, NULL, NULL);
}

#define LINE_FUNCTION "function bool ( l pointer struct line 16 { text 0 pointer char n 64 int } )"

/* ---- rules ---- */

#define API_SHORT "struct api 8 { log 0 pointer function void ( ) }"
#define API_LONG                                                                                   \
    "struct api 16 { log 0 pointer function void ( ) get 64 pointer function void ( ) }"

/* The function runs in the plugin, which may promise more; the struct grew in the host. By the
 * strict rules, both are misfits. */
static void the_plugin_provides_what_the_host_demands(void **state)
{
    struct scene *scene = *state;
    struct demand items[ITEMS];
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "init",
               "pointer function int ( a pointer declared grows " API_LONG " )");
    add_member(&scene->host, "line", "pointer function pointer const char ( s pointer char )");
    define(&scene->plugin, "init", FUNCTION,
           "func init function int ( a pointer declared grows " API_SHORT " )");
    define(&scene->plugin, "line", FUNCTION,
           "func line function pointer char ( s pointer const char )");
    make_var(scene->host.make, "plugin_objects_", 0);
    make_var(scene->plugin.make, "plugin_objects_", 0);
    end(&scene->host);
    end(&scene->plugin);
    end(&scene->other);
    struct demands demands = {.items = items, .count = demands_of(&scene->host.module, items)};
    for (enum type_rules rules = TYPE_RULES; rules <= TYPE_RULES_STRICT; rules++) {
        MISFITS_AUTO misfits = {.is_verbose = true};
        ERROR_AUTO error = {0};
        demands.rules = rules;
        assert_true(demands_judge(&misfits, demands, &scene->plugin.module, &error));
        assert_int_equal(misfits.count, rules == TYPE_RULES_STRICT ? 2 : 0);
        assert_string_equal(text_chars(&misfits.growth),
                            rules == TYPE_RULES ? "struct api: the host is 1 member longer\n" : "");
    }
}

/* Whoever forges a stamp may give any type the hash that the host's has. */
static void by_the_strict_rules_no_hash_is_believed(void **state)
{
    struct scene *scene = *state;
    struct demand items[ITEMS];
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "line", "pointer function int ( a int )")->hash = 7;
    define(&scene->plugin, "line", FUNCTION, "func line function int ( a long )");
    scene->plugin.tables->symbols[0].hash = 7;
    end(&scene->host);
    end(&scene->plugin);
    end(&scene->other);
    struct demands demands = {.items = items, .count = demands_of(&scene->host.module, items)};
    for (enum type_rules rules = TYPE_RULES; rules <= TYPE_RULES_STRICT; rules++) {
        MISFITS_AUTO misfits = {0};
        ERROR_AUTO error = {0};
        demands.rules = rules;
        assert_true(demands_judge(&misfits, demands, &scene->plugin.module, &error));
        assert_int_equal(misfits.count, rules == TYPE_RULES_STRICT ? 1 : 0);
    }
}

static void a_plugin_demands_no_more_than_its_host_has(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "init",
               "pointer function int ( a pointer declared grows " API_SHORT " )");
    add_member(&scene->host, "line", "pointer function int ( s pointer const char )");
    define(&scene->plugin, "init", FUNCTION,
           "func init function int ( a pointer declared grows " API_LONG " )");
    define(&scene->plugin, "line", FUNCTION, "func line function int ( s pointer char )");
    expect_judged(
        scene, NULL,
        "\n  struct api: needs member get, which the host does not have yet"
        "\n      host    no such member; 8 bytes                               built by gcc 12.2.0"
        "\n      plugin  void (*get)(void);        /* offset 8, 8 bytes */     built by clang 14.0.6"
        "\n      used by init (parameter 1)"
        "\n  struct filter: line: parameter 1"
        "\n      host    const char *   /* 8 bytes */     built by gcc 12.2.0"
        "\n      plugin  char *         /* 8 bytes */     built by clang 14.0.6");
}

/* ---- what is met ---- */

static void an_interface_that_is_met(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "filter_level", "pointer int");
    add_member(&scene->host, "filter_line", "pointer " LINE_FUNCTION);
    add_member(&scene->host, "table", "pointer array 4 int");
    define(&scene->plugin, "filter_level", VARIABLE, "var filter_level int");
    define(&scene->plugin, "filter_line", FUNCTION, "func filter_line " LINE_FUNCTION);
    define(&scene->plugin, "table", VARIABLE, "var table array 4 int");
    assert_int_equal(expect_met(scene), 3);
}

static void a_demand_has_all_that_the_stamp_records(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "filter_level", "pointer int");
    struct format_member *member = add_member(&scene->host, "table", "const pointer int");
    member->flags = FORMAT_MEMBER_OPTIONAL;
    member->hash = 7;
    end(&scene->host);
    end(&scene->plugin);
    end(&scene->other);
    struct demand demand = demand_of(&scene->host.module, "label", 0, 1);
    assert_string_equal(demand.interface, "struct filter");
    assert_string_equal(demand.name, "table");
    assert_string_equal(demand.label, "label");
    assert_ptr_equal(demand.module, &scene->host.module);
    assert_int_equal(demand.hash, 7);
    assert_int_equal(demand.type, scene->host.tables->members[1].type);
    assert_int_equal(demand.offset, 8);
    assert_true(demand.is_optional);
    assert_false(demand_of(&scene->host.module, "label", 0, 0).is_optional);
}

static void an_optional_symbol_may_be_missing(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "filter_level", "pointer int");
    add_member(&scene->host, "help", "pointer function int ( )")->flags = FORMAT_MEMBER_OPTIONAL;
    define(&scene->plugin, "filter_level", VARIABLE, "var filter_level int");
    assert_int_equal(expect_met(scene), 1);
}

/* Only a pointer is a promise to write no more than it says. */
static void a_pointer_to_const_reads_a_variable(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "level", "pointer const int");
    define(&scene->plugin, "level", VARIABLE, "var level int");
    expect_met(scene);
}

/* ---- what is not ---- */

static void every_missing_symbol_is_told(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "filter_level", "pointer int");
    add_member(&scene->host, "filter_line", "pointer " LINE_FUNCTION);
    expect_judged(scene, NULL,
                  "\n  struct filter: filter_level: the plugin does not export it"
                  "\n  struct filter: filter_line: the plugin does not export it");
}

static void what_is_expected_by_name_has_no_interface(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "");
    add_member(&scene->host, "mod_init", "pointer function int ( )");
    expect_judged(scene, NULL, "\n  mod_init: the plugin does not export it");
}

static const char *is_hidden(const void *context, const char *name)
{
    const struct scene *scene = context;
    assert_string_equal(scene->plugin.path, "/plugins/hello.so");
    return !strcmp(name, "filter_level") ? "static" : "";
}

static void the_reason_why_it_is_not_exported_is_told(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "filter_level", "pointer int");
    add_member(&scene->host, "filter_line", "pointer " LINE_FUNCTION);
    expect_judged(scene, is_hidden,
                  "\n  struct filter: filter_level: the plugin does not export it: it is static"
                  "\n  struct filter: filter_line: the plugin does not export it");
}

static void a_symbol_of_a_package_is_none_of_the_plugin(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "area", "pointer function double ( )");
    share(&scene->plugin, add_package(&scene->plugin, GEOM), "area", FUNCTION,
          "func area function double ( )");
    expect_judged(scene, is_hidden,
                  "\n  struct filter: area: the plugin has it in package example.com/geom; an "
                  "interface consists of symbols of the main package");
}

static void a_thread_local_variable_has_no_single_address(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "level", "pointer int")->hash = 7;
    define(&scene->plugin, "level", FORMAT_THREAD_LOCAL, "var level int");
    scene->plugin.tables->symbols[0].hash = 7;
    assert_int_equal(
        expect_judged(scene, NULL,
                      "\n  struct filter: level: a thread-local variable has an address in each "
                      "thread; look it up there"),
        0);
}

static void an_optional_symbol_is_judged_if_it_is_there(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "help", "pointer function int ( )")->flags = FORMAT_MEMBER_OPTIONAL;
    add_member(&scene->host, "level", "pointer int")->flags = FORMAT_MEMBER_OPTIONAL;
    add_member(&scene->host, "raw", "pointer int")->flags = FORMAT_MEMBER_OPTIONAL;
    define(&scene->plugin, "help", FUNCTION, "func help function int ( a int )");
    define(&scene->plugin, "level", FORMAT_THREAD_LOCAL, "var level int");
    define(&scene->plugin, "raw", VARIABLE, NULL);
    expect_judged(scene, NULL,
                  "\n  struct filter: help: the host lacks parameter 1 (a)"
                  "\n      host    int help(void);      built by gcc 12.2.0"
                  "\n      plugin  int help(int a);     built by clang 14.0.6"
                  "\n  struct filter: level: a thread-local variable has an address in each "
                  "thread; look it up there"
                  "\n  struct filter: raw: its type was not recorded; compile the file "
                  "that defines it with -g");
}

static void what_is_not_known_never_agrees(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "chosen", "pointer function int ( )");
    add_member(&scene->host, "level", "pointer int");
    define(&scene->plugin, "chosen", FORMAT_INDIRECT, NULL);
    define(&scene->plugin, "level", VARIABLE, NULL);
    assert_int_equal(
        expect_judged(scene, NULL,
                      "\n  struct filter: chosen: its type was not recorded: its resolver "
                      "does not return a pointer to it"
                      "\n  struct filter: level: its type was not recorded; compile the "
                      "file that defines it with -g"),
        0);
}

static void the_path_to_the_difference_is_told(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "area",
               "pointer function double ( s pointer const " SHAPE_DOUBLE " )");
    define(&scene->plugin, "area", FUNCTION, AREA(SHAPE_FLOAT));
    expect_judged(scene, NULL,
                  "\n  struct shape: member r"
                  "\n      host    double r;   /* offset 8, 8 bytes */     built by gcc 12.2.0"
                  "\n      plugin  float r;    /* offset 4, 4 bytes */     built by clang 14.0.6"
                  "\n      used by area (parameter 1)");
}

static void a_whole_type_is_shown_as_a_declaration(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "level", "const pointer int");
    add_member(&scene->host, "line", "pointer int");
    add_member(&scene->host, "table", "pointer array 4 int");
    define(&scene->plugin, "level", VARIABLE, "var level long");
    define(&scene->plugin, "line", FUNCTION, "func line function int ( )");
    define(&scene->plugin, "table", VARIABLE, "var table array 3 int");
    expect_judged(scene, NULL,
                  "\n  struct filter: level: different type"
                  "\n      host    int level;      built by gcc 12.2.0"
                  "\n      plugin  long level;     built by clang 14.0.6"
                  "\n  struct filter: line: different type"
                  "\n      host    int line;           built by gcc 12.2.0"
                  "\n      plugin  int line(void);     built by clang 14.0.6"
                  "\n  struct filter: table: different type"
                  "\n      host    int table[4];     built by gcc 12.2.0"
                  "\n      plugin  int table[3];     built by clang 14.0.6");
}

static void a_pointer_does_not_drop_const(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "level", "pointer int");
    define(&scene->plugin, "level", VARIABLE, "var level const int");
    expect_judged(scene, NULL,
                  "\n  struct filter: level: different type"
                  "\n      host    int level;           built by gcc 12.2.0"
                  "\n      plugin  const int level;     built by clang 14.0.6");
}

/* ---- hashes ---- */

/* The types differ, so that one sees whether they were compared. */
static void demand_of_another_type(struct scene *scene, uint64_t demanded, uint64_t recorded)
{
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "line", "pointer function int ( )")->hash = demanded;
    define(&scene->plugin, "line", FUNCTION, "func line function long ( )");
    scene->plugin.tables->symbols[0].hash = recorded;
}

#define DIFFERENT_RESULT                                                                           \
    "\n  struct filter: line: result"                                                              \
    "\n      host    int    /* 4 bytes */     built by gcc 12.2.0"                                 \
    "\n      plugin  long   /* 8 bytes */     built by clang 14.0.6"

static void an_equal_hash_settles(void **state)
{
    demand_of_another_type(*state, 7, 7);
    assert_int_equal(expect_met(*state), 1);
}

static void another_hash_settles_nothing(void **state)
{
    demand_of_another_type(*state, 7, 8);
    assert_int_equal(expect_judged(*state, NULL, DIFFERENT_RESULT), 1);
}

static void no_hash_settles_nothing(void **state)
{
    demand_of_another_type(*state, 0, 0);
    assert_int_equal(expect_judged(*state, NULL, DIFFERENT_RESULT), 1);
}

static void other_hashes_of_equal_types_agree(void **state)
{
    struct scene *scene = *state;
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "line", "pointer function int ( )")->hash = 7;
    define(&scene->plugin, "line", FUNCTION, "func line function int ( )");
    scene->plugin.tables->symbols[0].hash = 8;
    assert_int_equal(expect_met(scene), 1);
}

/* ---- limits ---- */

/* Of a hostile file, which makes every misfit costly. */
static void a_judgement_that_costs_too_much_ends(void **state)
{
    struct scene *scene = *state;
    struct demand items[2];
    ERROR_AUTO error = {0};
    MISFITS_AUTO misfits = {.cost = MISFITS_COST_MAX - 1};
    start_interface(&scene->host, "struct filter");
    add_member(&scene->host, "a", "pointer int");
    add_member(&scene->host, "b", "pointer int");
    end(&scene->host);
    end(&scene->plugin);
    end(&scene->other);
    struct demands demands = {.items = items, .count = demands_of(&scene->host.module, items)};
    assert_true(demands_judge(&misfits, demands, &scene->plugin.module, &error));
    assert_int_equal(misfits.count, 1);
    assert_true(misfits_are_too_many(&misfits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_plugin_provides_what_the_host_demands),
        TEST(by_the_strict_rules_no_hash_is_believed),
        TEST(a_plugin_demands_no_more_than_its_host_has),
        TEST(an_interface_that_is_met),
        TEST(a_demand_has_all_that_the_stamp_records),
        TEST(an_optional_symbol_may_be_missing),
        TEST(a_pointer_to_const_reads_a_variable),
        TEST(every_missing_symbol_is_told),
        TEST(what_is_expected_by_name_has_no_interface),
        TEST(the_reason_why_it_is_not_exported_is_told),
        TEST(a_symbol_of_a_package_is_none_of_the_plugin),
        TEST(a_thread_local_variable_has_no_single_address),
        TEST(an_optional_symbol_is_judged_if_it_is_there),
        TEST(what_is_not_known_never_agrees),
        TEST(the_path_to_the_difference_is_told),
        TEST(a_whole_type_is_shown_as_a_declaration),
        TEST(a_pointer_does_not_drop_const),
        TEST(an_equal_hash_settles),
        TEST(another_hash_settles_nothing),
        TEST(no_hash_settles_nothing),
        TEST(other_hashes_of_equal_types_agree),
        TEST(a_judgement_that_costs_too_much_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
