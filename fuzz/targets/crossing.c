/* SPDX-License-Identifier: MIT */
/* Reads messages of another process: of tests/crossing/crossing_made.h, the function with all that
 * crosses. The input: a number, then what it says: 0, changes of the valid answer; 1, changes of
 * the valid call; 2, an answer; 3, a call; 4 to 7, the same of the function with what lasts, of
 * which a valid call came before. A change is two numbers: a place, and the four bytes there. */
#include "fuzz/fuzz.h"
#include "src/crossing/crossing_p.h"
#include "tests/crossing/crossing_made.h"

enum { ROOM = 1 << 14 };

static struct made_plan made;

/* Both sides of a call. */
struct sides {
    struct made_home home, before;
    struct made_lasting lasting, lasting_before;
    enum made_function function;
    struct made_side host_side, worker_side;
    struct crossing host, worker;
    uint8_t message[ROOM];
    size_t size;
};

static void sides_init(struct sides *sides)
{
    if (!made.plan.size)
        made_plan(&made);
    *sides = (struct sides){.host_side = {.is_host = true}};
    sides->host =
        (struct crossing){.plan = &made.plan, .side = &made_calls, .context = &sides->host_side};
    sides->worker =
        (struct crossing){.plan = &made.plan, .side = &made_calls, .context = &sides->worker_side};
    sides->host_side.kept.plan = sides->worker_side.kept.plan = &made.plan;
    made_home(&sides->home);
    memcpy(&sides->before, &sides->home, sizeof sides->home);
    made_lasting(&sides->lasting);
    memcpy(&sides->lasting_before, &sides->lasting, sizeof sides->lasting);
}

static void sides_deinit(struct sides *sides)
{
    crossing_deinit(&sides->host);
    crossing_deinit(&sides->worker);
    made_side_clear(&sides->host_side);
    made_side_clear(&sides->worker_side);
    kept_deinit(&sides->host_side.kept);
    kept_deinit(&sides->worker_side.kept);
}

/* False without memory (starve.c). */
static bool make_call(struct sides *sides, struct error *error)
{
    bool is_rich = sides->function == MADE_RICH;
    return crossing_call(&sides->host, sides->function,
                         is_rich ? sides->home.frame : sides->lasting.frame, sides->message, ROOM,
                         &sides->size, error);
}

static bool make_answer(struct sides *sides, struct error *error)
{
    void *frame = crossing_receive(&sides->worker, sides->function,
                                   (struct bytes){sides->message, sides->size}, error);
    if (!frame)
        return false;
    if (sides->function == MADE_RICH)
        made_rich(frame);
    else
        made_halve(frame);
    return crossing_answer(&sides->worker, sides->function, sides->message, ROOM, &sides->size,
                           error);
}

/* Returns the message that the input says, in a block of exactly its size. */
static struct bytes change(const struct sides *sides, struct bytes input)
{
    struct bytes whole = {sides->message, sides->size};
    uint8_t *copy = NULL;
    while (!copy) /* starve.c lets one allocation fail */
        copy = malloc(whole.size);
    memcpy(copy, whole.data, whole.size);
    while (input.size) {
        uint32_t at = fuzz_number(&input), value = fuzz_number(&input);
        memcpy(copy + at % (whole.size - sizeof value + 1), &value, sizeof value);
    }
    return (struct bytes){copy, whole.size};
}

/* The rest of the input, which states its own size: that is not worth looking for. */
static struct bytes own_message(struct bytes input)
{
    uint32_t stated = (uint32_t)input.size;
    uint8_t *copy = NULL;
    while (!copy)
        copy = malloc(input.size + 1);
    memcpy(copy, input.data, input.size);
    if (input.size >= sizeof stated)
        memcpy(copy, &stated, sizeof stated);
    return (struct bytes){copy, input.size};
}

/* A refusal changes nothing of the caller's; else all that it has can be read. */
static void finish(struct sides *sides, struct bytes answer)
{
    ERROR_AUTO error = {0};
    uint8_t *bytes = (uint8_t *)(uintptr_t)answer.data;
    if (crossing_finish(&sides->host, sides->function, bytes, answer.size, &error)) {
        fuzz_was_read = true;
        if (sides->function == MADE_RICH)
            made_look(sides->home.frame);
        made_look_at_call(sides->lasting.frame);
        const int *result = MADE_ARGUMENT(sides->lasting.frame, 4, const int *);
        for (int i = 0; sides->function == MADE_KEEP && result && i < sides->lasting.m; i++)
            fuzz_was_read |= result[i];
    } else {
        FUZZ_PROMISE(*error_text(&error));
        FUZZ_PROMISE(!memcmp(&sides->home, &sides->before, sizeof sides->home));
        FUZZ_PROMISE(!memcmp(&sides->lasting, &sides->lasting_before, sizeof sides->lasting));
    }
}

/* What is received can be read, and answered. */
static void receive(struct sides *sides, struct bytes call)
{
    ERROR_AUTO error = {0};
    crossing_clear(&sides->worker);
    void *frame = crossing_receive(&sides->worker, sides->function, call, &error);
    made_look_at_kept(&sides->worker_side);
    if (!frame) {
        FUZZ_PROMISE(*error_text(&error));
        return;
    }
    fuzz_was_read = true;
    if (sides->function == MADE_RICH)
        made_look(frame);
    else
        made_look_at_call(frame);
    if (!crossing_answer(&sides->worker, sides->function, sides->message, ROOM, &sides->size,
                         &error))
        FUZZ_PROMISE(error.code == PLUGIN_UNSUPPORTED || error.code == PLUGIN_NO_MEMORY);
}

/* What is kept is there before, so that the next call changes it. False without memory. */
static bool keep_first(struct sides *sides, struct error *error)
{
    struct bytes message = {sides->message, 0};
    bool done = make_call(sides, error);
    message.size = sides->size;
    done = done && crossing_receive(&sides->worker, sides->function, message, error);
    crossing_clear(&sides->host);
    crossing_clear(&sides->worker);
    return done;
}

FUZZ_TARGET(crossing)
{
    static struct sides sides;
    ERROR_AUTO error = {0};
    uint32_t what = fuzz_number(&input) % 8;
    sides_init(&sides);
    sides.function = what < 4 ? MADE_RICH : MADE_KEEP;
    if ((what < 4 || keep_first(&sides, &error)) && make_call(&sides, &error) &&
        (what % 2 || make_answer(&sides, &error))) {
        FUZZ_PART message = what % 4 < 2 ? change(&sides, input) : own_message(input);
        if (what % 2)
            receive(&sides, message);
        else
            finish(&sides, message);
    }
    sides_deinit(&sides);
}
