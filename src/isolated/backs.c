/* SPDX-License-Identifier: MIT */
/* Calls back: the plugin calls a function of the host, which the thread runs that waits for it. */
#include "isolated/frame.h"
#include "isolated/regions.h"
#include "isolated/seats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the worker calls, as it says. Copied once. */
struct back {
    struct channel_call called;
    uint32_t size;
    int errno_value;
    const void *code;
};

static bool set_broken(struct seat *seat, struct error *error, const char *what)
{
    error_set(error, PLUGIN_CRASHED, "%s", what);
    return isolated_set_broken(seat->of, error);
}

/* Reads what is called, and copies the message. */
static bool take(struct seat *seat, struct back *back, struct error *error)
{
    const volatile struct channel_slot *slot = seat_slot(seat);
    struct functions *functions = &seat->of->functions;
    *back = (struct back){.called = {slot->called_back.number, slot->called_back.function},
                          .size = slot->answer_size,
                          .errno_value = slot->errno_value};
    pthread_mutex_lock(&isolated_lock);
    back->code = functions_called(functions, back->called.number, back->called.function);
    pthread_mutex_unlock(&isolated_lock);
    /* Those that free are not called: the worker frees copies of its own. */
    if (!back->code || plan_function(seat->of->plan, back->called.function)->frees)
        return set_broken(seat, error, "it called a function of the host that it was not given");
    /* The worker has shared its variables before its inits run. */
    if (seat->is_start && !isolated_take_variables(seat->of, error))
        return isolated_set_broken(seat->of, error);
    return seat_receive(seat, back->size) ||
           set_broken(seat, error, "its call back is larger than a message");
}

/* Runs a function of the host. It may call the plugin, whose calls nest; and it may never return,
 * by longjmp, an exception or the end of its thread: then nobody answers the worker, and whoever
 * sees that first ends it (seat_unwind, and the thread's end). */
static void run(struct seat *seat, struct level *level, uint32_t function, const void *code,
                void *result, void **arguments)
{
    uint32_t depth = seat->depth;
    level->stack = (uintptr_t)arguments; /* of the caller, and far below those that led to it */
    seat->depth = depth + 1;
    seat->is_in_host = true;
    ffi_call(&seat->of->cifs[function], FFI_FN(code), result, arguments);
    seat->depth = depth;
    seat->is_in_host = false;
}

static void run_called(struct seat *seat, struct level *level, struct back *back, uint8_t *frame)
{
    const struct plan *plan = seat->of->plan;
    const struct plan_function *planned = plan_function(plan, back->called.function);
    void *arguments[PLAN_PARAMETERS_MAX];
    frame_arguments(frame, plan, planned, arguments);
    errno = back->errno_value;
    run(seat, level, back->called.function, back->code, frame + planned->result_offset, arguments);
    back->errno_value = errno;
}

/* Frees a result of the host's, as the function that returned it wants. That may call the plugin.
 */
static void free_result(struct seat *seat, struct level *level, uint32_t freed_by, void *result)
{
    struct isolated *isolated = seat->of;
    if (freed_by == PLAN_FREED_BY_C) {
        free(result);
        return;
    }
    uint32_t function = freed_by - PLAN_FREED_BY;
    pthread_mutex_lock(&isolated_lock);
    const void *code =
        functions_called(&isolated->functions, function - isolated->plan->symbol_count, function);
    pthread_mutex_unlock(&isolated_lock);
    run(seat, level, function, code, NULL, (void *[]){&result});
}

/* Once the answer is written, frees the result. The answer is kept meanwhile. */
static bool free_written(struct seat *seat, struct level *level, uint32_t function, size_t size,
                         struct error *error)
{
    const struct plan_function *planned = plan_function(seat->of->plan, function);
    void *result;
    memcpy(&result, (uint8_t *)level->crossing.items[0].at + planned->result_offset, sizeof result);
    if (!result)
        return true;
    if (!crossing_result_is_new(&level->crossing, seat->message)) {
        error_set(
            error, PLUGIN_UNSUPPORTED,
            "%s: it points into an argument or into shared memory, and PLUGIN_OWNED says that "
            "the caller frees it",
            plan_name(seat->of->plan, planned->name));
        return false;
    }
    uint8_t *copy = malloc(size);
    if (!copy)
        return error_set_no_memory(error);
    memcpy(copy, seat->message, size);
    free_result(seat, level, planned->freed_by, result);
    memcpy(seat->message, copy, size);
    free(copy);
    return true;
}

/* Sends what the function returned. It is the plugin that waits for it, and that has no way to be
 * told of an error. */
static bool answer(struct seat *seat, struct level *level, const struct back *back,
                   struct error *error)
{
    struct channel_slot *slot;
    size_t size;
    if (!isolated_runs(seat->of, error))
        return false;
    seat_shrink(seat);
    uint32_t function = back->called.function;
    bool done = crossing_answer(&level->crossing, function, seat->message, CHANNEL_MESSAGE_MAX,
                                &size, error);
    if (done && plan_function(seat->of->plan, function)->freed_by)
        done = free_written(seat, level, function, size, error);
    if (!isolated_runs(seat->of, error))
        return false;
    if (!done) {
        error_prefix(error, "what the host returned to it cannot cross: ");
        return isolated_set_broken(seat->of, error);
    }
    slot = seat_slot(seat);
    slot->is_answer = true;
    slot->errno_value = back->errno_value;
    seat_send(seat, size);
    return true;
}

/* What the plugin passes lies in guarded regions: a function of the host that goes beyond one
 * object, since nobody said that there are more, must not read or write another of the host's. */
static struct level *next_level(struct seat *seat, struct error *error)
{
    struct level *level = seat_level(seat, error);
    if (!level)
        return NULL;
    level->is_back = true;
    if (!level->regions && !(level->regions = regions_make())) {
        error_set_no_memory(error);
        return NULL;
    }
    return level;
}

bool backs_serve(struct seat *seat, struct error *error)
{
    struct back back;
    struct level *level = next_level(seat, error);
    if (!level)
        return isolated_set_broken(seat->of, error);
    if (!take(seat, &back, error))
        return false;
    level_clear(level);
    level->owns = false;
    uint8_t *frame = crossing_receive(&level->crossing, back.called.function,
                                      (struct bytes){seat->message, back.size}, error);
    if (!frame)
        return isolated_set_broken(seat->of, error);
    run_called(seat, level, &back, frame);
    return answer(seat, level, &back, error);
}
