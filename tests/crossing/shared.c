/* Pointers into memory that both sides have. */
#include "src/crossing/crossing_p.h"
#include "tests/common/check.h"
#include "tests/crossing/crossing_made.h"

#include <stdio.h>

/* The same memory, at two places: bytes that one side has written the other copies when asked. */
enum { SHARED = 256, LIVE = 200 }; /* behind LIVE, nothing was allocated: the host knows */
static _Alignas(16) uint8_t host_memory[SHARED], worker_memory[SHARED];

static struct made_plan made;
static struct made_side host_side, worker_side;
static struct error error;
static _Alignas(16) uint8_t frame[8 * 16];
static uint8_t call[4096], answer[4096];
static size_t call_size, answer_size;

static size_t left_of(const struct made_side *side, size_t offset)
{
    size_t end = side->is_host ? LIVE : SHARED;
    return offset < end ? end - offset : 0;
}

static bool share(void *context, const void *at, uint64_t *reference, size_t *left)
{
    const struct made_side *side = context;
    size_t offset = (uintptr_t)at - (uintptr_t)(side->is_host ? host_memory : worker_memory);
    if (offset >= SHARED)
        return false;
    *reference = reference_make(REFERENCE_SHARED, 3, (uint32_t)offset);
    *left = left_of(side, offset);
    return true;
}

static bool find_shared(void *context, uint64_t reference, void **at, size_t *left)
{
    const struct made_side *side = context;
    size_t offset = reference_offset(reference);
    if (reference_number(reference) != 3 || offset >= SHARED)
        return false;
    *at = (side->is_host ? host_memory : worker_memory) + offset;
    *left = left_of(side, offset);
    return true;
}

static const struct crossing_side calls = {.refer = made_refer,
                                           .resolve = made_resolve,
                                           .place = made_place,
                                           .share = share,
                                           .find_shared = find_shared,
                                           .keep = made_keep,
                                           .proxy = made_proxy,
                                           .refer_kept = made_refer_kept,
                                           .resolve_kept = made_resolve_kept};
static struct crossing host = {.plan = &made.plan, .side = &calls, .context = &host_side};
static struct crossing worker = {.plan = &made.plan, .side = &calls, .context = &worker_side};

static int start(void **state)
{
    (void)state;
    made_plan(&made);
    memset(host_memory, 0, sizeof host_memory);
    memset(worker_memory, 0, sizeof worker_memory);
    host_side.is_host = true;
    return 0;
}

static int clear(void **state)
{
    (void)state;
    crossing_deinit(&host);
    crossing_deinit(&worker);
    host = (struct crossing){.plan = &made.plan, .side = &calls, .context = &host_side};
    worker = (struct crossing){.plan = &made.plan, .side = &calls, .context = &worker_side};
    made_side_clear(&host_side);
    made_side_clear(&worker_side);
    error_free(&error);
    return 0;
}

static void set(int argument, const void *pointer)
{
    MADE_ARGUMENT(frame, argument, const void *) = pointer;
}

static bool send_call(enum made_function function)
{
    crossing_clear(&host);
    return crossing_call(&host, function, frame, call, sizeof call, &call_size, &error);
}

static void *receive(enum made_function function)
{
    crossing_clear(&worker);
    return crossing_receive(&worker, function, (struct bytes){call, call_size}, &error);
}

static bool answer_call(enum made_function function)
{
    return crossing_answer(&worker, function, answer, sizeof answer, &answer_size, &error) &&
           crossing_finish(&host, function, answer, answer_size, &error);
}

static void check_error(enum plugin_code code, const char *text)
{
    assert_string_equal(error_text(&error), text);
    assert_int_equal(error.code, code);
    error_free(&error);
}

static void pointers_cross_as_places(void **state)
{
    (void)state;
    set(0, host_memory + 40);
    MADE_ARGUMENT(frame, 1, int) = 40; /* to the last byte */
    assert_true(send_call(MADE_SUM));
    assert_int_equal(host.count, 1);
    void *own = receive(MADE_SUM);
    assert_non_null(own);
    assert_ptr_equal(MADE_ARGUMENT(own, 0, void *), worker_memory + 40);
    MADE_ARGUMENT(own, 2, void *) = worker_memory + 48;
    assert_true(answer_call(MADE_SUM));
    assert_ptr_equal(MADE_ARGUMENT(frame, 2, void *), host_memory + 48);
}

/* Nothing is copied: neither in, nor back. */
static void what_is_shared_is_not_written(void **state)
{
    (void)state;
    memset(host_memory, 7, LIVE);
    set(0, host_memory);
    MADE_ARGUMENT(frame, 1, uint64_t) = LIVE;
    assert_true(send_call(MADE_FILL));
    assert_int_equal(call_size, 16 + 16 + 32);
    void *own = receive(MADE_FILL);
    assert_ptr_equal(MADE_ARGUMENT(own, 0, void *), worker_memory);
    assert_true(answer_call(MADE_FILL));
    assert_int_equal(host_memory[0], 7);
    assert_int_equal(worker_memory[0], 0);
}

static void no_objects_are_at_the_end(void **state)
{
    (void)state;
    set(0, host_memory + LIVE);
    MADE_ARGUMENT(frame, 1, int) = 0;
    assert_true(send_call(MADE_SUM));
    void *own = receive(MADE_SUM);
    assert_ptr_equal(MADE_ARGUMENT(own, 0, void *), worker_memory + LIVE);
}

static void check_sum(const void *at, int count, const char *text)
{
    set(0, at);
    MADE_ARGUMENT(frame, 1, int) = count;
    assert_false(send_call(MADE_SUM));
    check_error(PLUGIN_WRONG_TYPE, text);
}

static void the_caller_is_told_what_cannot_cross(void **state)
{
    (void)state;
    check_sum(
        host_memory + 40, 41,
        "sum: parameter values: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (41 of int)");
    check_sum(
        host_memory + LIVE, 1,
        "sum: parameter values: it refers to memory that no plugin_alloc gave, or that was freed (1 of int)");
    check_sum(host_memory + 2, 1,
              "sum: parameter values: it refers to shared memory between objects (1 of int)");
    set(0, host_memory);
    assert_false(send_call(MADE_TURN));
    check_error(PLUGIN_WRONG_TYPE,
                "turn: parameter list: it refers to pointers in shared memory (1 of struct node)");
    assert_false(send_call(MADE_SHOW));
    check_error(PLUGIN_WRONG_TYPE,
                "show: parameter text: it refers to pointers in shared memory (1 of struct words)");
}

/* An object of the caller's own may point there. */
static void members_cross_as_places(void **state)
{
    (void)state;
    struct box box = {.bytes = host_memory + 8, .size = 100};
    set(0, &box);
    assert_true(send_call(MADE_BOX));
    void *own = receive(MADE_BOX);
    struct box *theirs = MADE_ARGUMENT(own, 0, struct box *);
    assert_ptr_equal(theirs->bytes, worker_memory + 8);
    theirs->bytes = worker_memory + 9;
    theirs->size = LIVE - 9;
    assert_true(answer_call(MADE_BOX));
    assert_ptr_equal(box.bytes, host_memory + 9);
}

/* What the worker takes for its memory, the host knows better. */
static void counts_of_answers_are_checked(void **state)
{
    (void)state;
    struct box box = {.bytes = host_memory, .size = 1}, before = box;
    set(0, &box);
    assert_true(send_call(MADE_BOX));
    void *own = receive(MADE_BOX);
    struct box *theirs = MADE_ARGUMENT(own, 0, struct box *);
    theirs->bytes = worker_memory + 9;
    theirs->size = LIVE - 8;
    assert_false(answer_call(MADE_BOX));
    check_error(
        PLUGIN_CRASHED,
        "the answer to box refers to objects that do not lie within one variable, or within memory of one plugin_alloc");
    assert_memory_equal(&box, &before, sizeof box);
    theirs->size = SHARED;
    assert_false(answer_call(MADE_BOX));
    check_error(
        PLUGIN_WRONG_TYPE,
        "box: the pointer at byte 56 of struct box: it refers to objects that do not lie within one variable, or within memory of one plugin_alloc (256 of unsigned char)");
}

/* Strings are copied, and end within the memory. */
static void strings_are_copied(void **state)
{
    (void)state;
    strcpy((char *)host_memory + 10, "you");
    set(0, host_memory + 10);
    set(1, NULL);
    assert_true(send_call(MADE_GREET));
    void *own = receive(MADE_GREET);
    const char *theirs = MADE_ARGUMENT(own, 0, const char *);
    assert_string_equal(theirs, "you");
    assert_true(theirs < (char *)worker_memory || theirs >= (char *)worker_memory + SHARED);
    memset(host_memory + 10, 'x', LIVE - 10);
    assert_false(send_call(MADE_GREET));
    check_error(
        PLUGIN_WRONG_TYPE,
        "greet: parameter name: the string does not end within the shared memory that has it");
    set(0, host_memory + LIVE);
    assert_false(send_call(MADE_GREET));
    check_error(
        PLUGIN_WRONG_TYPE,
        "greet: parameter name: the string does not end within the shared memory that has it");
}

/* An answer to sum with this reference as the result. */
static bool finish_with(uint64_t reference)
{
    set(0, NULL);
    MADE_ARGUMENT(frame, 1, int) = 0;
    MADE_ARGUMENT(frame, 2, void *) = NULL;
    assert_true(send_call(MADE_SUM));
    assert_non_null(receive(MADE_SUM));
    assert_true(crossing_answer(&worker, MADE_SUM, answer, sizeof answer, &answer_size, &error));
    memcpy(answer + 32, &reference, sizeof reference);
    return crossing_finish(&host, MADE_SUM, answer, answer_size, &error);
}

static void check_forged(uint64_t reference, const char *text)
{
    assert_false(finish_with(reference));
    check_error(PLUGIN_CRASHED, text);
    assert_null(MADE_ARGUMENT(frame, 2, void *));
}

static void forged_places_are_refused(void **state)
{
    (void)state;
    assert_true(finish_with(reference_make(REFERENCE_SHARED, 3, LIVE - 4)));
    assert_ptr_equal(MADE_ARGUMENT(frame, 2, void *), host_memory + LIVE - 4);
    check_forged(reference_make(REFERENCE_SHARED, 3, 1),
                 "the answer to sum refers to shared memory between objects");
    check_forged(reference_make(REFERENCE_SHARED, 3, LIVE),
                 "the answer to sum refers to memory that no plugin_alloc gave, or that was freed");
    check_forged(reference_make(REFERENCE_SHARED, 3, SHARED),
                 "the answer to sum refers to shared memory that there is not");
    check_forged(reference_make(REFERENCE_SHARED, 3, UINT32_MAX),
                 "the answer to sum refers to shared memory that there is not");
    check_forged(reference_make(REFERENCE_SHARED, 2, 0),
                 "the answer to sum refers to shared memory that there is not");
    host.side = worker.side = &made_calls;
    check_forged(reference_make(REFERENCE_SHARED, 3, 0),
                 "the answer to sum refers to shared memory that there is not");
}

/* What is no plain object has no place: strings, opaque pointers. */
static void only_plain_objects_have_places(void **state)
{
    (void)state;
    uint64_t reference = reference_make(REFERENCE_SHARED, 3, 0);
    set(0, "you");
    set(1, NULL);
    assert_true(send_call(MADE_GREET));
    assert_non_null(receive(MADE_GREET));
    assert_true(crossing_answer(&worker, MADE_GREET, answer, sizeof answer, &answer_size, &error));
    memcpy(answer + 32, &reference, sizeof reference);
    assert_false(crossing_finish(&host, MADE_GREET, answer, answer_size, &error));
    check_error(PLUGIN_CRASHED,
                "the answer to greet has a handle or a token where an object belongs");
    set(0, NULL);
    assert_true(send_call(MADE_OPAQUE));
    assert_non_null(receive(MADE_OPAQUE));
    assert_true(crossing_answer(&worker, MADE_OPAQUE, answer, sizeof answer, &answer_size, &error));
    memcpy(answer + 32, &reference, sizeof reference);
    assert_false(crossing_finish(&host, MADE_OPAQUE, answer, answer_size, &error));
    check_error(PLUGIN_CRASHED,
                "the answer to opaque has an object where a handle or a token belongs");
}

/* Whatever bits a plugin flips, the host gets NULL, or objects within the memory. */
static void flipped_bits_are_harmless(void **state)
{
    (void)state;
    for (int bit = 0; bit < 64; bit++)
        for (int other = 0; other < 64; other++) {
            uint64_t reference = reference_make(REFERENCE_SHARED, 3, 120);
            reference ^= (uint64_t)1 << bit ^ (uint64_t)1 << other;
            if (finish_with(reference)) {
                uintptr_t at = (uintptr_t)MADE_ARGUMENT(frame, 2, uint8_t *);
                uintptr_t start_of_it = (uintptr_t)host_memory;
                assert_true(!at || (at >= start_of_it && at + 4 <= start_of_it + LIVE));
            }
            error_free(&error);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pointers_cross_as_places),
        TEST(what_is_shared_is_not_written),
        TEST(no_objects_are_at_the_end),
        TEST(the_caller_is_told_what_cannot_cross),
        TEST(members_cross_as_places),
        TEST(counts_of_answers_are_checked),
        TEST(strings_are_copied),
        TEST(forged_places_are_refused),
        TEST(only_plain_objects_have_places),
        TEST(flipped_bits_are_harmless),
    };
    return cmocka_run_group_tests_name("shared", tests, NULL, NULL);
}
