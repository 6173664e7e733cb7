/* The numbers of functions that cross, on two sides in this process. */
#include "src/crossing/functions.h"
#include "tests/common/check.h"
#include "tests/crossing/crossing_made.h"

static struct made_plan made;
static struct functions host, worker;
static struct error error;
static char code[4096]; /* of the host's functions and the plugin's */

/* What calls function N of the other side. */
static char host_makes[2048], worker_makes[2048];
static size_t makes;
static bool makes_none;

static void *make(void *context, uint32_t number, uint32_t function, struct error *why)
{
    (void)function;
    if (makes_none) {
        error_set_no_memory(why);
        return NULL;
    }
    return (char *)context + number + 256 * makes++;
}

static int start(void **state)
{
    (void)state;
    made_plan(&made);
    makes = 0;
    makes_none = false;
    host = (struct functions){.plan = &made.plan,
                              .own_kind = REFERENCE_HOST_FUNCTION,
                              .other_kind = REFERENCE_PLUGIN_FUNCTION,
                              .make = make,
                              .context = host_makes};
    worker = (struct functions){.plan = &made.plan,
                                .own_kind = REFERENCE_PLUGIN_FUNCTION,
                                .other_kind = REFERENCE_HOST_FUNCTION,
                                .make = make,
                                .context = worker_makes};
    /* A symbol of the plugin, and an import. */
    assert_true(functions_add_own(&worker, &code[0], MADE_OTHER, &error));
    assert_true(functions_add_other(&host, &code[1], MADE_OTHER, &error));
    assert_true(functions_add_own(&host, &code[2], MADE_CALLED, &error));
    assert_true(functions_add_other(&worker, &code[3], MADE_CALLED, &error));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    functions_deinit(&host);
    functions_deinit(&worker);
    error_free(&error);
    return 0;
}

static void check_error(enum plugin_code expected, const char *text)
{
    assert_string_equal(error_text(&error), text);
    assert_int_equal(error.code, expected);
    error_free(&error);
}

/* What the other side gets for a pointer; NULL with the error set. */
static void *pass(struct functions *from, struct functions *to, const void *pointer,
                  uint32_t function)
{
    uint64_t reference;
    void *result = NULL;
    if (functions_refer(from, pointer, function, &reference, &error))
        functions_resolve(to, reference, function, &result, &error);
    return result;
}

static void a_round_trip_gives_the_original(void **state)
{
    (void)state;
    void *there = pass(&host, &worker, &code[10], MADE_CALLED);
    assert_non_null(there);
    assert_ptr_equal(pass(&host, &worker, &code[10], MADE_CALLED), there);
    assert_ptr_not_equal(pass(&host, &worker, &code[11], MADE_CALLED), there);
    assert_ptr_equal(pass(&worker, &host, there, MADE_CALLED), &code[10]);
    void *here = pass(&worker, &host, &code[20], MADE_OTHER);
    assert_ptr_equal(pass(&worker, &host, &code[20], MADE_OTHER), here);
    assert_ptr_equal(pass(&host, &worker, here, MADE_OTHER), &code[20]);
}

static void symbols_and_imports_are_known(void **state)
{
    (void)state;
    assert_ptr_equal(pass(&worker, &host, &code[0], MADE_OTHER), &code[1]);
    assert_ptr_equal(pass(&host, &worker, &code[1], MADE_OTHER), &code[0]);
    assert_ptr_equal(pass(&host, &worker, &code[2], MADE_CALLED), &code[3]);
    assert_ptr_equal(pass(&worker, &host, &code[3], MADE_CALLED), &code[2]);
    assert_int_equal(makes, 0);
}

static void what_is_called_was_given(void **state)
{
    (void)state;
    assert_non_null(pass(&host, &worker, &code[10], MADE_OTHER));
    assert_ptr_equal(functions_called(&host, 0, MADE_CALLED), &code[2]);
    assert_ptr_equal(functions_called(&host, 1, MADE_OTHER), &code[10]);
    assert_null(functions_called(&host, 0, MADE_OTHER));
    assert_null(functions_called(&host, 1, MADE_CALLED));
    assert_null(functions_called(&host, 2, MADE_OTHER));
    assert_null(functions_called(&host, UINT32_MAX, MADE_OTHER));
    assert_null(functions_called(&host, 1, MADE_FUNCTIONS));
    assert_null(functions_called(&host, 1, UINT32_MAX));
}

/* One address may be passed as a function of two types; the sides then have one for each. */
static void a_type_has_its_own_function(void **state)
{
    (void)state;
    void *called = pass(&host, &worker, &code[10], MADE_CALLED);
    void *other = pass(&host, &worker, &code[10], MADE_OTHER);
    assert_ptr_not_equal(called, other);
    assert_null(pass(&worker, &host, called, MADE_OTHER));
    check_error(PLUGIN_WRONG_TYPE, "the function is of type void (*)(void), and not int (*)(int)");
}

static void lies_are_refused(void **state)
{
    (void)state;
    void *pointer;
    static const char none[] = "it gave a function as one of type int (*)(int) that is none";
    assert_non_null(pass(&worker, &host, &code[20], MADE_CALLED));
    uint64_t other_type = reference_make(REFERENCE_PLUGIN_FUNCTION, 1, 0);
    assert_false(functions_resolve(&host, other_type, MADE_OTHER, &pointer, &error));
    check_error(PLUGIN_CRASHED, none);
    uint64_t never = reference_make(REFERENCE_HOST_FUNCTION, 1, 0);
    assert_false(functions_resolve(&host, never, MADE_OTHER, &pointer, &error));
    check_error(PLUGIN_CRASHED, none);
    uint64_t import = reference_make(REFERENCE_HOST_FUNCTION, 0, 0);
    assert_false(functions_resolve(&host, import, MADE_OTHER, &pointer, &error));
    check_error(PLUGIN_CRASHED, none);
    uint64_t beyond = reference_make(REFERENCE_PLUGIN_FUNCTION, FUNCTIONS_MAX + 1, 0);
    assert_false(functions_resolve(&host, beyond, MADE_OTHER, &pointer, &error));
    check_error(PLUGIN_CRASHED, "it gave a function that there cannot be");
    uint64_t last = reference_make(REFERENCE_PLUGIN_FUNCTION, FUNCTIONS_MAX, 0);
    assert_true(functions_resolve(&host, last, MADE_OTHER, &pointer, &error));
}

static void there_are_limits(void **state)
{
    (void)state;
    uint64_t reference;
    for (size_t i = 0; i < FUNCTIONS_MAX; i++)
        assert_true(functions_refer(&host, &code[100 + i], MADE_OTHER, &reference, &error));
    assert_int_equal(reference_number(reference), FUNCTIONS_MAX);
    assert_false(functions_refer(&host, &code[99], MADE_OTHER, &reference, &error));
    check_error(PLUGIN_UNSUPPORTED, "more than 1024 functions are passed");
    assert_true(functions_refer(&host, &code[100], MADE_OTHER, &reference, &error));
    makes_none = true;
    assert_null(pass(&worker, &host, &code[20], MADE_OTHER));
    check_error(PLUGIN_NO_MEMORY, "out of memory");
    makes_none = false;
    assert_non_null(pass(&worker, &host, &code[20], MADE_OTHER));
}

static void a_restart_ends_what_the_other_side_has(void **state)
{
    (void)state;
    void *stale = pass(&worker, &host, &code[20], MADE_OTHER);
    assert_non_null(pass(&host, &worker, &code[10], MADE_OTHER));
    functions_restart(&host);
    assert_null(pass(&host, &worker, stale, MADE_OTHER));
    check_error(PLUGIN_CRASHED, "the function belongs to a process that has ended");
    assert_null(functions_called(&host, 1, MADE_OTHER));
    assert_ptr_equal(functions_called(&host, 0, MADE_CALLED), &code[2]);
    assert_ptr_equal(pass(&host, &worker, &code[1], MADE_OTHER), &code[0]);
    assert_ptr_equal(pass(&host, &worker, &code[2], MADE_CALLED), &code[3]);
    void *next = pass(&worker, &host, &code[20], MADE_OTHER);
    assert_non_null(next);
    assert_ptr_not_equal(next, stale);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_round_trip_gives_the_original, start, stop),
        cmocka_unit_test_setup_teardown(symbols_and_imports_are_known, start, stop),
        cmocka_unit_test_setup_teardown(what_is_called_was_given, start, stop),
        cmocka_unit_test_setup_teardown(a_type_has_its_own_function, start, stop),
        cmocka_unit_test_setup_teardown(lies_are_refused, start, stop),
        cmocka_unit_test_setup_teardown(there_are_limits, start, stop),
        cmocka_unit_test_setup_teardown(a_restart_ends_what_the_other_side_has, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
