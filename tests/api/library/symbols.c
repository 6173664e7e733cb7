/* Symbols: lookups, assertions and use. */
#include "library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

struct point {
    int x, y;
};

/* ---- the seed's example ---- */

static void a_variable_and_a_function_are_used_with_their_types(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    int *number = plugin_as(plugin_lookup(p, "number"), int *);
    int (*get)(void) = plugin_as(plugin_lookup(p, "get_number"), int (*)(void));
    assert_non_null(number);
    assert_non_null(get);
    *number = 7;
    assert_int_equal(get(), 7);
}

static void a_constructor_runs_once_and_main_never(void **state)
{
    (void)state;
    unsetenv("CONSTRUCTIONS");
    open_plugin("once.so");
    open_plugin("./once.so");
    assert_string_equal(getenv("CONSTRUCTIONS"), "x");
    open_plugin("has-main.so"); /* its main ends the process */
}

/* ---- symbols ---- */

static void symbols_come_in_the_order_of_names(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    static const char *const decls[] = {
        "int call_helper(void)",
        "volatile int device",
        "int get_number(void)",
        "int get_of_thread(void)",
        "const char *greeting(const struct point *p)",
        "indirect",
        "const int limit",
        "int number",
        "int of_thread",
        "struct point origin",
    };
    size_t count = 0;
    for (const plugin_symbol *s = plugin_next(p, NULL); s; s = plugin_next(p, s)) {
        assert_true(count < sizeof decls / sizeof *decls);
        count += !HAS_IFUNC && !strcmp(decls[count], "indirect");
        has_text(decls[count], plugin_symbol_name(s));
        if (strcmp(plugin_symbol_name(s), "indirect") != 0)
            assert_string_equal(plugin_symbol_decl(s), decls[count]);
        assert_ptr_equal(plugin_symbol_decl(s), plugin_symbol_decl(s));
        assert_ptr_equal(plugin_lookup(p, plugin_symbol_name(s)), s);
        count++;
    }
    assert_int_equal(count, sizeof decls / sizeof *decls);
}

static void an_address_is_that_of_dlsym(void **state)
{
    (void)state;
    only_loadable("dlsym knows no built-in plugin");
    plugin *p = open_plugin("seed.so");
    void *handle = dlopen("./seed.so", RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(handle);
    for (const plugin_symbol *s = plugin_next(p, NULL); s; s = plugin_next(p, s))
        assert_ptr_equal(plugin_address(s), dlsym(handle, plugin_symbol_name(s)));
    dlclose(handle);
}

static void an_indirect_function_is_called_through_its_resolver(void **state)
{
    (void)state;
    plugin *p = plugin_open(HAS_IFUNC ? "seed.so" : "elsewhere/indirect.so");
    int (*indirect)(void);
    *(void **)&indirect = plugin_address(plugin_lookup(p, "indirect"));
    if (HAS_IFUNC) {
        assert_int_equal(indirect(), 1001);
    } else {
        assert_null(p);
        has_text(plugin_error(), "indirect.so does not fit: the dynamic loader refuses it");
        has_text(plugin_error(), "indirect");
    }
}

static void null_passes_through_and_keeps_the_error(void **state)
{
    (void)state;
    assert_null(plugin_open("no such file"));
    assert_null(plugin_as(plugin_lookup(NULL, "x"), int *));
    assert_null(plugin_address(NULL));
    assert_null(plugin_symbol_name(NULL));
    assert_null(plugin_symbol_decl(NULL));
    assert_null(plugin_next(NULL, NULL));
    assert_null(plugin_path(NULL));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
    has_text(plugin_error(), "no such file");
    assert_null(plugin_open(NULL));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
    assert_null(plugin_lookup(open_plugin("seed.so"), NULL));
    assert_int_equal(plugin_error_code(), PLUGIN_NO_SYMBOL);
}

static void success_leaves_the_error(void **state)
{
    (void)state;
    assert_null(plugin_open("no such file"));
    plugin *p = open_plugin("seed.so");
    assert_non_null(plugin_as(plugin_lookup(p, "number"), int *));
    assert_int_equal(plugin_error_code(), PLUGIN_NOT_FOUND);
}

/* ---- assertions ---- */

static void qualifiers_may_be_added_and_not_dropped(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    const plugin_symbol *number = plugin_lookup(p, "number"), *limit = plugin_lookup(p, "limit");
    assert_non_null(plugin_as(number, const int *));
    assert_non_null(plugin_as(number, const volatile int *));
    assert_non_null(plugin_as(limit, const int *));
    assert_null(plugin_as(limit, int *));
    assert_int_equal(plugin_error_code(), PLUGIN_WRONG_TYPE);
    assert_null(plugin_as(plugin_lookup(p, "device"), int *));
    assert_non_null(plugin_as(plugin_lookup(p, "device"), volatile int *));
    assert_non_null(plugin_as(plugin_lookup(p, "origin"), struct point *));
    assert_non_null(plugin_as(plugin_lookup(p, "greeting"), const char *(*)(const struct point *)));
    assert_null(plugin_as(plugin_lookup(p, "greeting"), char *(*)(const struct point *)));
}

static void one_place_may_ask_for_many_symbols(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so"), *q = open_plugin("other.so");
    const plugin_symbol *a = plugin_lookup(p, "number"), *b = plugin_lookup(q, "number");
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(ask_for_int(a), plugin_address(a));
        assert_ptr_equal(ask_for_int(b), plugin_address(b));
        assert_null(ask_for_int(plugin_lookup(p, "limit")));
        assert_null(ask_for_int(NULL));
        assert_ptr_equal(ask_for_int(a), plugin_address(a));
        assert_null(ask_for_int(NULL));
    }
    assert_ptr_not_equal(plugin_address(a), plugin_address(b));
}

static void *use_thread_local(void *symbol)
{
    int *own = ask_for_int(symbol);
    *own = 42;
    return own;
}

static void a_thread_local_variable_is_the_threads(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so");
    const plugin_symbol *symbol = plugin_lookup(p, "of_thread");
    int *own = ask_for_int(symbol);
    assert_non_null(own);
    *own = 5;
    pthread_t thread;
    void *others;
    assert_int_equal(pthread_create(&thread, NULL, use_thread_local, (void *)symbol), 0);
    assert_int_equal(pthread_join(thread, &others), 0);
    assert_ptr_not_equal(own, others);
    assert_ptr_equal(ask_for_int(symbol), own);
    int (*get)(void) = plugin_as(plugin_lookup(p, "get_of_thread"), int (*)(void));
    assert_int_equal(get(), 5);
}

/* ---- identity ---- */

static void plugins_keep_their_names_apart(void **state)
{
    (void)state;
    plugin *p = open_plugin("seed.so"), *q = open_plugin("other.so");
    int (*a)(void) = plugin_as(plugin_lookup(p, "call_helper"), int (*)(void));
    int (*b)(void) = plugin_as(plugin_lookup(q, "call_helper"), int (*)(void));
    int (*get)(void) = plugin_as(plugin_lookup(q, "get_number"), int (*)(void));
    assert_int_equal(a(), 100);
    assert_int_equal(b(), 200);
    assert_int_equal(get(), 2);
}

/* These two were linked by hand, so that nothing but how they are opened keeps them apart. */
static void plugins_linked_by_hand_keep_their_names_apart(void **state)
{
    (void)state;
    only_loadable("built-in plugins are not linked by hand");
    plugin *p = open_plugin("by-hand-1.so"), *q = open_plugin("by-hand-2.so");
    int (*a)(void) = plugin_as(plugin_lookup(p, "get_number"), int (*)(void));
    int (*b)(void) = plugin_as(plugin_lookup(q, "get_number"), int (*)(void));
    assert_int_equal(a(), 61);
    assert_int_equal(b(), 62);
}

int main(void)
{
    const char *placement = getenv("PLACEMENT");
    is_built_in = placement && !strcmp(placement, "built-in");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_and_a_function_are_used_with_their_types),
        cmocka_unit_test(a_constructor_runs_once_and_main_never),
        cmocka_unit_test(symbols_come_in_the_order_of_names),
        cmocka_unit_test(an_address_is_that_of_dlsym),
        cmocka_unit_test(an_indirect_function_is_called_through_its_resolver),
        cmocka_unit_test(null_passes_through_and_keeps_the_error),
        cmocka_unit_test(success_leaves_the_error),
        cmocka_unit_test(qualifiers_may_be_added_and_not_dropped),
        cmocka_unit_test(one_place_may_ask_for_many_symbols),
        cmocka_unit_test(a_thread_local_variable_is_the_threads),
        cmocka_unit_test(plugins_keep_their_names_apart),
        cmocka_unit_test(plugins_linked_by_hand_keep_their_names_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
