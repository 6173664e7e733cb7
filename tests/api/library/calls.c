/* Plugins that open others, threads, and plugin_seal. */
#include "../../common/counts.h"
#include "library.h"

#include <pthread.h>
#include <stdlib.h>

/* ---- constructors that open plugins ---- */

static const char *said_by(plugin *p)
{
    char(*said)[4096] = plugin_as(plugin_lookup(p, "said"), char(*)[4096]);
    return said ? *said : plugin_error();
}

static void a_constructor_may_open_other_plugins(void **state)
{
    (void)state;
    setenv("OPENS_OTHER", "inner.so", 1);
    plugin *outer = open_plugin("opens-other.so");
    assert_string_equal(said_by(outer), "");
    assert_ptr_equal(*plugin_as(plugin_lookup(outer, "other"), plugin **), open_plugin("inner.so"));
}

static void a_constructor_that_opens_its_own_plugin_gets_an_error(void **state)
{
    (void)state;
    setenv("OPENS_SELF", "opens-self.so", 1);
    plugin *p = open_plugin("opens-self.so");
    char code[16];
    snprintf(code, sizeof code, "%d ", PLUGIN_INIT_FAILED);
    has_text(said_by(p), code);
    has_text(said_by(p), "opens-self.so opens ");
}

static void a_ring_of_plugins_gets_an_error(void **state)
{
    (void)state;
    setenv("OPENS_RING_B", "ring-b.so", 1);
    setenv("OPENS_RING_A", "ring-a.so", 1);
    plugin *a = open_plugin("ring-a.so"), *b = open_plugin("ring-b.so");
    assert_string_equal(said_by(a), "");
    has_text(said_by(b), "ring-a.so opens ");
    has_text(said_by(b), "ring-b.so opens ");
}

/* ---- threads ---- */

enum { THREADS = 8, ROUNDS = 200 };

static pthread_barrier_t barrier;

static void *open_at_once(void *path)
{
    pthread_barrier_wait(&barrier);
    return plugin_open(path);
}

static void threads_that_open_at_once_get_the_same_plugin(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    void *plugins[THREADS];
    unsetenv("CONSTRUCTIONS");
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_at_once, "at-once.so"), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], &plugins[i]);
    pthread_barrier_destroy(&barrier);
    for (int i = 0; i < THREADS; i++) {
        assert_non_null(plugins[i]);
        assert_ptr_equal(plugins[i], plugins[0]);
    }
    assert_string_equal(getenv("CONSTRUCTIONS"), "x");
}

/* Two threads, whose plugins' constructors each open the other's plugin. */
static void threads_whose_plugins_open_each_other_end(void **state)
{
    (void)state;
    pthread_t threads[2];
    void *plugins[2];
    setenv("OPENS_CROSS_B", "cross-b.so", 1);
    setenv("OPENS_CROSS_A", "cross-a.so", 1);
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&threads[0], NULL, open_at_once, "cross-a.so");
    pthread_create(&threads[1], NULL, open_at_once, "cross-b.so");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], &plugins[i]);
    pthread_barrier_destroy(&barrier);
    assert_non_null(plugins[0]);
    assert_non_null(plugins[1]);
    assert_ptr_equal(plugins[0], open_plugin("cross-a.so"));
    assert_ptr_equal(plugins[1], open_plugin("cross-b.so"));
}

/* What a thread does again and again; returns how often it did not get what it should. */
static void *use_all(void *argument)
{
    intptr_t wrong = 0;
    plugin *p = argument;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        wrong += plugin_open(i % 2 ? "many.so" : "./many.so") != p;
        const plugin_symbol *number = plugin_lookup(p, "number");
        wrong += ask_for_int(number) != plugin_address(number);
        wrong += strcmp(plugin_symbol_decl(number), "int number") != 0;
        wrong += plugin_lookup(p, "nothing") != NULL;
        wrong += plugin_error_code() != PLUGIN_NO_SYMBOL;
        wrong += plugin_as(number, double *) != NULL;
        wrong += strstr(plugin_error(), "double") == NULL;
        wrong += plugin_open("unstamped.so") != NULL;
    }
    return (void *)wrong;
}

static void everything_may_be_used_from_many_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    plugin *p = open_plugin("many.so");
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_all, p), 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    pthread_barrier_destroy(&barrier);
}

static void *has_no_error(void *unused)
{
    (void)unused;
    return (void *)(intptr_t)(plugin_error_code() == PLUGIN_OK && !*plugin_error() &&
                              !*plugin_error_line());
}

static void each_thread_has_its_own_error(void **state)
{
    (void)state;
    pthread_t thread;
    void *none;
    assert_null(plugin_open("no such file"));
    pthread_create(&thread, NULL, has_no_error, NULL);
    pthread_join(thread, &none);
    assert_non_null(none);
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
}

static void every_error_has_one_line(void **state)
{
    (void)state;
    plugin *p = open_plugin("many.so");
    plugin_error_clear();
    assert_string_equal(plugin_error_line(), "");
    /* A text of one line is the line. */
    assert_null(plugin_open("no\nsuch file"));
    assert_string_equal(plugin_error_line(), plugin_error());
    assert_null(strchr(plugin_error_line(), '\n'));
    /* A text of several lines has another one. */
    assert_null(plugin_as(plugin_lookup(p, "number"), double *));
    assert_non_null(strchr(plugin_error(), '\n'));
    assert_null(strchr(plugin_error_line(), '\n'));
    assert_non_null(strstr(plugin_error_line(), "symbol number of plugin "));
    assert_non_null(
        strstr(plugin_error_line(), " has a different type: requested double, recorded int"));
    /* It is that of the last failure. */
    assert_null(plugin_open("no such file"));
    assert_string_equal(plugin_error_line(), plugin_error());
    plugin_error_clear();
    assert_string_equal(plugin_error_line(), "");
}

/* ---- the end ---- */

static void a_sealed_process_opens_nothing_new(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    plugin_seal();
    assert_ptr_equal(plugin_open("seed.so"), p);
    assert_null(plugin_open("sealed.so"));
    assert_int_equal(plugin_error_code(), PLUGIN_SEALED);
    assert_int_equal(count_mappings("sealed.so"), 0);
}

int main(void)
{
    const char *placement = getenv("PLACEMENT");
    is_built_in = placement && !strcmp(placement, "built-in");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constructor_may_open_other_plugins),
        cmocka_unit_test(a_constructor_that_opens_its_own_plugin_gets_an_error),
        cmocka_unit_test(a_ring_of_plugins_gets_an_error),
        cmocka_unit_test(threads_that_open_at_once_get_the_same_plugin),
        cmocka_unit_test(threads_whose_plugins_open_each_other_end),
        cmocka_unit_test(everything_may_be_used_from_many_threads),
        cmocka_unit_test(each_thread_has_its_own_error),
        cmocka_unit_test(every_error_has_one_line),
        cmocka_unit_test(a_sealed_process_opens_nothing_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
