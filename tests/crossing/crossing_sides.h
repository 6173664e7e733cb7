/* Calls between two sides, both in this process: what the tests of crossing share. */
#ifndef TESTS_CROSSING_SIDES_H
#define TESTS_CROSSING_SIDES_H

#include "src/crossing/crossing_p.h"
#include "tests/common/check.h"
#include "tests/crossing/crossing_made.h"

#include <stdio.h>

static struct made_plan made;

enum { ROOM = 1 << 16, FRAME = 8 * 16 };

/* Two sides that call each other. */
static struct made_side host_side, worker_side;

/* Gives memory with zeroes behind all of it. */
static _Alignas(16) uint8_t roomy[2 * MIB];
static size_t roomy_used;

static void *roomy_place(void *context, uint32_t number, size_t size, size_t alignment)
{
    (void)context;
    (void)number;
    (void)alignment;
    void *place = roomy + roomy_used;
    roomy_used += size + 16 - (roomy_used + size) % 16;
    return roomy_used < sizeof roomy ? place : NULL;
}

static const struct crossing_side roomy_calls = {.refer = made_refer,
                                                 .resolve = made_resolve,
                                                 .refer_function = made_refer_function,
                                                 .resolve_function = made_resolve_function,
                                                 .place = roomy_place,
                                                 .refer_kept = made_refer_kept};

static struct crossing host = {.plan = &made.plan, .side = &made_calls, .context = &host_side};
static struct crossing worker = {.plan = &made.plan, .side = &made_calls, .context = &worker_side};
static uint8_t call[ROOM], answer[ROOM];
static size_t call_size, answer_size;
static _Alignas(16) uint8_t frame[FRAME];
static struct error error;

static inline int start(void **state)
{
    (void)state;
    made_plan(&made);
    host_side.kept.plan = worker_side.kept.plan = &made.plan;
    return 0;
}

/* Ends a call; the caller's new objects are gone. */
static inline void clear(void)
{
    crossing_clear(&host);
    crossing_clear(&worker);
    made_side_clear(&host_side);
    made_side_clear(&worker_side);
    error_free(&error);
    host_side.is_host = true;
}

static inline int clear_all(void **state)
{
    (void)state;
    clear();
    crossing_deinit(&host);
    crossing_deinit(&worker);
    kept_deinit(&host_side.kept);
    kept_deinit(&worker_side.kept);
    return 0;
}

static inline void set(int argument, const void *pointer)
{
    MADE_ARGUMENT(frame, argument, const void *) = pointer;
}

#define RESULT(number, type) MADE_ARGUMENT(frame, number, type)

/* The bytes in a block of exactly their size, so that ASan sees a read beyond the end. */
static inline uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    return copy;
}

/* The host's half of a call, from a frame. */
static inline bool send_call(enum made_function function, void *from)
{
    clear();
    memset(call, 0xA5, sizeof call);
    return crossing_call(&host, function, from, call, sizeof call, &call_size, &error);
}

/* The worker's half. */
static inline bool serve(enum made_function function, void (*callee)(void *frame))
{
    uint8_t *copy = copy_of(call, call_size);
    void *own = crossing_receive(&worker, function, (struct bytes){copy, call_size}, &error);
    free(copy);
    if (!own)
        return false;
    if (callee)
        callee(own);
    memset(answer, 0xA5, sizeof answer);
    return crossing_answer(&worker, function, answer, sizeof answer, &answer_size, &error);
}

static inline bool finish(enum made_function function)
{
    uint8_t *copy = copy_of(answer, answer_size);
    bool is_good = crossing_finish(&host, function, copy, answer_size, &error);
    free(copy);
    return is_good;
}

static inline bool round_trip(enum made_function function, void (*callee)(void *frame))
{
    bool is_good = send_call(function, frame) && serve(function, callee) && finish(function);
    if (!is_good)
        printf("# %s\n", error_text(&error));
    return is_good;
}

static inline void check_error(enum plugin_code code, const char *text)
{
    assert_string_equal(error_text(&error), text);
    assert_int_equal(error.code, code);
}

/* A list of nodes, numbered. */
static inline void chain(struct node *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        nodes[i] = (struct node){i + 1 < count ? &nodes[i + 1] : NULL, (int)i};
}

#endif
