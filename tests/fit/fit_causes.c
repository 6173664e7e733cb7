/* One cause is told once, with the symbols that lead to it; in one line; and how much was compared.
 */
#include "tests/fit/fit_made.h"

#include <stdio.h>

#define REQUEST_OLD       "struct request 12 { id 0 int range 32 int body 64 int }"
#define REQUEST_NEW       "struct request 8 { id 0 int body 32 int }"
#define TAKES(name, type) "func " name " function int ( r pointer " type " )"

#define LACKS                                                                                      \
    "\n  struct request: the plugin lacks member range; 1 member behind it moved"                  \
    "\n      host    int range;                /* offset 4, 4 bytes */     built by gcc 12.2.0"    \
    "\n      plugin  no such member; 8 bytes                               built by clang 14.0.6"

/* Both sides have this function, with their own struct. */
static void use(struct scene *scene, const char *name)
{
    char host_words[256], plugin_words[256];
    snprintf(host_words, sizeof host_words, TAKES("%s", REQUEST_OLD), name);
    snprintf(plugin_words, sizeof plugin_words, TAKES("%s", REQUEST_NEW), name);
    define(&scene->host, name, FUNCTION, host_words);
    import(&scene->plugin, -1, name, FUNCTION, plugin_words);
}

/* Judges the plugin; the error is that of a refusal. */
static void refuse(struct scene *scene, struct misfits *misfits, struct error *error)
{
    static struct arena arena;
    end(&scene->host);
    end(&scene->plugin);
    end(&scene->other);
    struct library item = {.path = scene->plugin.path,
                           .module = &scene->plugin.module,
                           .dynamic = scene->plugin.dynamic};
    struct libraries libraries = {.arena = &arena,
                                  .items = &item,
                                  .count = 1,
                                  .missing = scene->missing,
                                  .missing_count = scene->missing_count};
    struct fit_host host = host_of(scene);
    assert_true(fit_collect(misfits, &libraries, &host, scene->is_strict, error));
    assert_false(misfits_refuse(misfits, "hello.so", "./host", error));
    arena_deinit(&arena);
}

/* ---- once ---- */

static void two_symbols_lead_to_one_misfit(void **state)
{
    struct scene *scene = *state;
    use(scene, "handle");
    use(scene, "reply");
    expect(scene, LACKS "\n      used by handle (parameter 1), reply (parameter 1)");
}

/* As if two files of the plugin declared it. */
static void one_symbol_leads_to_it_once(void **state)
{
    struct scene *scene = *state;
    use(scene, "handle");
    import(&scene->plugin, -1, "handle", FUNCTION, TAKES("handle", REQUEST_NEW));
    expect(scene, LACKS "\n      used by handle (parameter 1)");
}

static void of_many_symbols_a_few_are_named(void **state)
{
    struct scene *scene = *state;
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    char name[8];
    for (int i = 0; i < 23; i++) {
        snprintf(name, sizeof name, "f%02d", i);
        use(scene, name);
    }
    refuse(scene, &misfits, &error);
    assert_string_equal(
        error_text(&error),
        "hello.so does not fit ./host (1 misfit):" LACKS
        "\n      used by f00 (parameter 1), f01 (parameter 1), f02 (parameter 1) and 20 others"
        "\n  23 uses compared, 0 not");
    /* All of them are there for who asks. */
    assert_int_equal(misfits.items[0].symbol_count, 23);
    assert_string_equal(misfits.items[0].symbol, "f00");
    assert_string_equal(misfits.items[0].symbols[0], "f00");
    assert_string_equal(misfits.items[0].symbols[22], "f22");
}

static void other_causes_are_told_apart(void **state)
{
    struct scene *scene = *state;
    use(scene, "handle");
    define(&scene->host, "log", FUNCTION, "func log function void ( l int )");
    import(&scene->plugin, -1, "log", FUNCTION, "func log function void ( l long )");
    define(&scene->host, "other", FUNCTION, TAKES("other", REQUEST_OLD));
    import(&scene->plugin, -1, "other", FUNCTION,
           TAKES("other", "struct request 12 { id 0 int range 32 float body 64 int }"));
    use(scene, "reply");
    expect(scene, LACKS "\n      used by handle (parameter 1), reply (parameter 1)"
                        "\n  log: parameter 1"
                        "\n      host    int    /* 4 bytes */     built by gcc 12.2.0"
                        "\n      plugin  long   /* 8 bytes */     built by clang 14.0.6"
                        "\n  struct request: member range"
                        "\n      host    int range;     /* offset 4, 4 bytes */     built by gcc "
                        "12.2.0"
                        "\n      plugin  float range;   /* offset 4, 4 bytes */     built by clang "
                        "14.0.6"
                        "\n      used by other (parameter 1)");
}

/* ---- in one line ---- */

static void expect_line(struct scene *scene, const char *line)
{
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    refuse(scene, &misfits, &error);
    assert_string_equal(text_chars(&error.line), line);
}

static void a_line_has_the_first_cause(void **state)
{
    struct scene *scene = *state;
    use(scene, "handle");
    use(scene, "reply");
    expect_line(scene, "hello.so does not fit ./host: struct request: the plugin lacks member "
                       "range; 1 member behind it moved");
}

static void a_line_says_how_many_more_there_are(void **state)
{
    struct scene *scene = *state;
    use(scene, "handle");
    want(&scene->plugin, "a_missing");
    want(&scene->plugin, "z_missing");
    expect_line(scene, "hello.so does not fit ./host: a_missing: not exported by the host (and 2 "
                       "more misfits)");
}

static void a_line_has_both_sides(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "n", VARIABLE, "var n int");
    import(&scene->plugin, -1, "n", VARIABLE, "var n long");
    want(&scene->plugin, "z\nmissing");
    expect_line(scene, "hello.so does not fit ./host: n: different type: int n in the host, long n "
                       "in the plugin (and 1 more misfit)");
}

static void a_line_has_what_alone_tells_the_sides_apart(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "s", VARIABLE, "var s struct s 8 { a 0 char b 32 int }");
    import(&scene->plugin, -1, "s", VARIABLE, "var s struct s 8 { a 0 char b 8 int }");
    expect_line(scene,
                "hello.so does not fit ./host: struct s: member b: int b (offset 4, 4 bytes) "
                "in the host, int b (offset 1, 4 bytes) in the plugin");
}

static void a_line_of_another_kind_needs_no_sides(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "n", VARIABLE, "var n int");
    import(&scene->plugin, -1, "n", FUNCTION, "func n function int ( )");
    expect_line(scene, "hello.so does not fit ./host: n: a variable in the host, a function in the "
                       "plugin");
}

static void a_line_has_no_newline(void **state)
{
    struct scene *scene = *state;
    want(&scene->plugin, "evil\033[2J\nname");
    expect_line(scene, "hello.so does not fit ./host: evil\\x1b[2J\\x0aname: not exported by the "
                       "host");
}

/* ---- how much was compared ---- */

static void a_refusal_ends_with_the_uses(void **state)
{
    struct scene *scene = *state;
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    define(&scene->host, "fine", FUNCTION, "func fine function void ( )");
    import(&scene->plugin, -1, "fine", FUNCTION, "func fine function void ( )");
    use(scene, "handle");
    define(&scene->host, "unknown", VARIABLE, "var unknown int");
    import(&scene->plugin, -1, "unknown", VARIABLE, NULL);
    refuse(scene, &misfits, &error);
    assert_string_equal(strrchr(error_text(&error), '\n'), "\n  2 uses compared, 1 not");
}

static void on_another_machine_no_use_is_compared(void **state)
{
    struct scene *scene = *state;
    MISFITS_AUTO misfits = {0};
    ERROR_AUTO error = {0};
    use(scene, "handle");
    use(scene, "reply");
    scene->plugin.module.elf.machine = EM_AARCH64;
    scene->host.module.elf.machine = EM_X86_64;
    refuse(scene, &misfits, &error);
    assert_string_equal(strrchr(error_text(&error), '\n'), "\n  0 uses compared, 2 not");
}

/* Two declarations that read the same, of a kind alone. */
static void sides_without_types_have_their_kind(void **state)
{
    struct scene *scene = *state;
    define(&scene->host, "n", VARIABLE, NULL);
    import(&scene->plugin, -1, "n", FUNCTION, NULL);
    expect(scene,
           "\n  n: a variable in the host, a function in the plugin"
           "\n      host    n;   /* a variable; its type was not recorded */     built by gcc "
           "12.2.0"
           "\n      plugin  n;   /* a function; its type was not recorded */     built by "
           "clang 14.0.6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_symbols_lead_to_one_misfit),
        TEST(one_symbol_leads_to_it_once),
        TEST(of_many_symbols_a_few_are_named),
        TEST(other_causes_are_told_apart),
        TEST(a_line_has_the_first_cause),
        TEST(a_line_says_how_many_more_there_are),
        TEST(a_line_has_both_sides),
        TEST(a_line_has_what_alone_tells_the_sides_apart),
        TEST(a_line_of_another_kind_needs_no_sides),
        TEST(a_line_has_no_newline),
        TEST(a_refusal_ends_with_the_uses),
        TEST(on_another_machine_no_use_is_compared),
        TEST(sides_without_types_have_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
