/* Pointers that only one of two sides follows, both in this process. */
#include "src/crossing/opaque.h"
#include "tests/common/check.h"
#include "tests/crossing/crossing_made.h"

static struct made_plan made;
static uint32_t db, file;
static struct opaque host, worker;
static struct error error;
static char objects[8];

static int start(void **state)
{
    (void)state;
    made_plan(&made);
    db = made_name(&made, "struct db");
    file = made_name(&made, "struct file");
    host = (struct opaque){.plan = &made.plan, .own = REFERENCE_TOKEN, .other = REFERENCE_HANDLE};
    worker = (struct opaque){.plan = &made.plan, .own = REFERENCE_HANDLE, .other = REFERENCE_TOKEN};
    return 0;
}

static int stop(void **state)
{
    (void)state;
    opaque_deinit(&host);
    opaque_deinit(&worker);
    error_free(&error);
    return 0;
}

static void check_error(enum plugin_code expected, const char *text)
{
    assert_string_equal(error_text(&error), text);
    assert_int_equal(error.code, expected);
    error_free(&error);
}

static void *resolve(struct opaque *to, uint64_t reference, uint32_t type)
{
    void *pointer = NULL;
    return opaque_resolve(to, reference, type, &pointer, &error) ? pointer : NULL;
}

static void a_round_trip_gives_the_original(void **state)
{
    (void)state;
    uint64_t there, back;
    assert_true(opaque_refer(&host, &objects[0], db, &there, &error));
    void *token = resolve(&worker, there, db);
    assert_non_null(token);
    assert_true(opaque_refer(&worker, token, db, &back, &error));
    assert_int_equal(back, there);
    assert_ptr_equal(resolve(&host, back, db), &objects[0]);
}

/* Two threads of a side may number their objects in one order, and send them in another. */
static void objects_come_in_any_order(void **state)
{
    (void)state;
    uint64_t references[3], back;
    for (int i = 0; i < 3; i++)
        assert_true(opaque_refer(&worker, &objects[i], i == 1 ? file : db, &references[i], &error));
    void *last = resolve(&host, references[2], db);
    assert_non_null(last);
    /* The one before is not known yet. */
    assert_false(opaque_refer(&host, (char *)last - 16, db, &back, &error));
    check_error(PLUGIN_WRONG_TYPE, "the pointer to struct db is not one that was given");
    assert_ptr_equal(resolve(&host, references[1], file), (char *)last - 16);
    assert_ptr_equal(resolve(&host, references[0], db), (char *)last - 32);
    assert_null(resolve(&host, references[1], db));
    check_error(PLUGIN_CRASHED, "it gave an object of type struct file as one of type struct db");
    assert_null(resolve(&host, reference_make(REFERENCE_HANDLE, OPAQUE_MAX, 0), db));
    check_error(PLUGIN_CRASHED, "it made more than 1048576 objects");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_round_trip_gives_the_original, start, stop),
        cmocka_unit_test_setup_teardown(objects_come_in_any_order, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
