/* Interfaces, expected symbols, and the program itself. */
#include "library.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct point {
    int x, y;
};

/* What fixture.c exports. */
struct fixture {
    int (*get_number)(void);
    const char *(*greeting)(const struct point *);
    int *number;
    const int *limit;
    struct point *origin;
    int (*not_there)(void);
};
PLUGIN_OPTIONAL(struct fixture, not_there);

struct renamed {
    int (*get)(void);
};
PLUGIN_NAMED(struct renamed, get, "get_number");

/* Fits by the rules for qualifiers, which strict does not have. */
struct loose {
    const char *(*greeting)(struct point *);
};

struct demanding {
    int (*get_number)(void);
    long *number;
    int (*not_there)(void);
    int *of_thread;
};

int main(void);
extern int of_the_program;
int of_the_program = 5;

static plugin *open_fixture(const char *path, struct fixture *f)
{
    plugin *p = plugin_open_as(path, f);
    if (!p)
        fail_msg("%s", plugin_error());
    return p;
}

static void an_interface_is_filled(void **state)
{
    (void)state;
    struct fixture f;
    memset(&f, 255, sizeof f);
    plugin *p = open_fixture("seed.so", &f);
    assert_int_equal(f.get_number(), 1);
    *f.number = 3;
    assert_int_equal(f.get_number(), 3);
    *f.number = 1;
    assert_int_equal(*f.limit, 10);
    assert_string_equal(f.greeting(f.origin), "three");
    assert_null(f.not_there);
    assert_ptr_equal(f.number, plugin_as(plugin_lookup(p, "number"), int *));
}

static void each_place_has_its_own_plugin(void **state)
{
    (void)state;
    static const char *const paths[] = {"seed.so", "other.so", "seed.so", "other.so", "other.so"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct fixture f, bound;
        plugin *p = open_fixture(paths[i], &f);
        assert_int_equal(f.get_number(), paths[i][0] == 's' ? 1 : 2);
        memset(&bound, 255, sizeof bound);
        assert_true(plugin_bind(p, &bound));
        assert_memory_equal(&f, &bound, sizeof f);
    }
}

/* What the place was filled with before counts by the rules of then, and does not replace what
 * options.expect demands. */
static void a_place_is_judged_again_if_more_is_demanded(void **state)
{
    (void)state;
    struct plugin_expect missing[] = {PLUGIN_EXPECT("nothing", int), {NULL, NULL}};
    const struct plugin_options all[] = {{.size = sizeof *all},
                                         {.size = sizeof *all},
                                         {.size = sizeof *all, .strict = true},
                                         {.size = sizeof *all},
                                         {.size = sizeof *all, .expect = missing},
                                         {.size = sizeof *all}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct loose loose;
        memset(&loose, 255, sizeof loose);
        bool fits = !all[i].strict && !all[i].expect;
        assert_int_equal(plugin_open_as_with("seed.so", &all[i], &loose) != NULL, fits);
        assert_int_equal(loose.greeting != NULL, fits);
        if (!fits)
            assert_int_equal(plugin_error_code(), PLUGIN_MISFIT);
    }
}

static void a_member_may_have_another_name(void **state)
{
    (void)state;
    struct renamed r;
    assert_non_null(plugin_open_as("seed.so", &r));
    assert_int_equal(r.get(), 1);
}

/* Of a plugin that is open and one that is not. */
static void all_that_is_missing_is_told_at_once(void **state)
{
    (void)state;
    open_plugin("seed.so");
    static const char *const paths[] = {"seed.so", "demanded.so"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct demanding d;
        memset(&d, 255, sizeof d);
        setenv("CONSTRUCTIONS", "", 1);
        assert_null(plugin_open_as(paths[i], &d));
        assert_int_equal(plugin_error_code(), PLUGIN_MISFIT);
        has_text(plugin_error(), paths[i]);
        has_text(plugin_error(), "(3 misfits):");
        has_text(plugin_error(), "struct demanding: number: different type");
        has_text(plugin_error(), "struct demanding: not_there: the plugin does not export it");
        has_text(plugin_error(), "struct demanding: of_thread: a thread-local variable");
        assert_string_equal(getenv("CONSTRUCTIONS"), "");
        assert_null(d.get_number);
        assert_null(d.number);
        assert_null(d.not_there);
        assert_null(d.of_thread);
    }
}

static void a_host_may_try_one_interface_after_the_other(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    struct demanding newer;
    struct fixture older;
    assert_false(plugin_bind(p, &newer));
    assert_int_equal(plugin_error_code(), PLUGIN_MISFIT);
    assert_null(newer.get_number);
    assert_true(plugin_bind(p, &older));
    assert_int_equal(older.get_number(), 1);
}

static void a_null_plugin_keeps_the_error(void **state)
{
    (void)state;
    struct fixture f;
    memset(&f, 255, sizeof f);
    assert_null(plugin_open("no such file"));
    assert_false(plugin_bind((plugin *)NULL, &f));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
    assert_null(f.number);
    memset(&f, 255, sizeof f);
    assert_null(plugin_open_as("no such file", &f));
    has_text(plugin_error(), "no such file");
    assert_null(f.number);
    assert_null(plugin_open_as((const char *)NULL, &f));
    has_text(plugin_error(), "the path is NULL");
}

static void names_may_be_known_at_run_time_only(void **state)
{
    (void)state;
    char name[16];
    snprintf(name, sizeof name, "%s_%s", "get", "number");
    struct plugin_expect good[] = {
        PLUGIN_EXPECT(name, int(void)), PLUGIN_EXPECT("origin", struct point), {NULL, NULL}};
    struct plugin_options options = {.size = sizeof options, .expect = good};
    plugin *p = plugin_open_with("seed.so", &options);
    assert_non_null(p);
    struct plugin_expect bad[] = {
        PLUGIN_EXPECT(name, long(void)), PLUGIN_EXPECT("nothing", int), {NULL, NULL}};
    options.expect = bad;
    static const char *const paths[] = {"seed.so", "demanded.so"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_null(plugin_open_with(paths[i], &options));
        assert_int_equal(plugin_error_code(), PLUGIN_MISFIT);
        has_text(plugin_error(), "(2 misfits):");
        has_text(plugin_error(), "get_number: result");
        has_text(plugin_error(), "nothing: the plugin does not export it");
    }
    struct fixture f;
    options.expect = good;
    assert_ptr_equal(plugin_open_as_with("seed.so", &options, &f), p);
    options.expect = bad;
    assert_null(plugin_open_as_with("seed.so", &options, &f));
    assert_null(f.number);
}

static void a_type_that_no_stamp_records_is_an_error(void **state)
{
    (void)state;
    static const int unknown;
    struct plugin_expect expect[] = {{"get_number", &unknown}, {NULL, NULL}};
    struct plugin_options options = {.size = sizeof options, .expect = expect};
    assert_null(plugin_open_with("seed.so", &options));
    assert_int_equal(plugin_error_code(), PLUGIN_UNSUPPORTED);
    has_text(plugin_error(), "PLUGIN_EXPECT");
}

static void a_symbol_is_found_without_an_error(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    plugin_error_clear();
    assert_ptr_equal(plugin_find_symbol(p, "number"), plugin_lookup(p, "number"));
    assert_null(plugin_find_symbol(p, "no_such"));
    assert_null(plugin_find_symbol(p, NULL));
    assert_null(plugin_find_symbol(NULL, "number"));
    assert_int_equal(plugin_error_code(), PLUGIN_OK);
}

struct own {
    int *of_the_program;
    int (*main)(void);
};
PLUGIN_OPTIONAL(struct own, main);

static void the_program_has_symbols(void **state)
{
    (void)state;
    plugin *program = plugin_program();
    assert_non_null(program);
    assert_ptr_equal(plugin_program(), program);
    int *variable = plugin_as(plugin_lookup(program, "of_the_program"), int *);
    assert_ptr_equal(variable, &of_the_program);
    struct own own;
    assert_true(plugin_bind(program, &own));
    assert_ptr_equal(own.of_the_program, &of_the_program);
    assert_ptr_equal(own.main, main);
    assert_null(plugin_lookup(program, "no_such"));
    assert_int_equal(plugin_path(program)[0], '/');
}

/* ---- threads ---- */

enum { THREADS = 8, ROUNDS = 300 };

static pthread_barrier_t barrier;

static void *open_and_bind(void *number)
{
    size_t start = (size_t)number;
    static const char *const paths[] = {"seed.so", "other.so", "threads-1.so", "threads-2.so"};
    static const int numbers[] = {1, 2, 81, 82};
    pthread_barrier_wait(&barrier);
    for (size_t i = start; i < start + ROUNDS; i++) {
        struct fixture f, bound;
        plugin *p = plugin_open_as(paths[i % 4], &f);
        if (!p || !plugin_bind(p, &bound) || memcmp(&f, &bound, sizeof f) != 0 ||
            f.get_number() != numbers[i % 4] || !plugin_program())
            return (void *)"wrong";
    }
    return NULL;
}

static void interfaces_may_be_used_from_many_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, open_and_bind, (void *)i);
    for (size_t i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    pthread_barrier_destroy(&barrier);
}

int main(void)
{
    const char *placement = getenv("PLACEMENT");
    is_built_in = placement && !strcmp(placement, "built-in");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interface_is_filled),
        cmocka_unit_test(a_place_is_judged_again_if_more_is_demanded),
        cmocka_unit_test(each_place_has_its_own_plugin),
        cmocka_unit_test(a_member_may_have_another_name),
        cmocka_unit_test(all_that_is_missing_is_told_at_once),
        cmocka_unit_test(a_host_may_try_one_interface_after_the_other),
        cmocka_unit_test(a_null_plugin_keeps_the_error),
        cmocka_unit_test(names_may_be_known_at_run_time_only),
        cmocka_unit_test(a_type_that_no_stamp_records_is_an_error),
        cmocka_unit_test(a_symbol_is_found_without_an_error),
        cmocka_unit_test(the_program_has_symbols),
        cmocka_unit_test(interfaces_may_be_used_from_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
