/* Calls back: the plugin calls a function of the host, which the thread runs that waits for it. */
#include "isolated/frame.h"
#include "isolated/regions.h"
#include "isolated/seats.h"

#include <errno.h>

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
    if (!back->code)
        return set_broken(seat, error, "it called a function of the host that it was not given");
    /* The worker has shared its variables before its inits run. */
    if (seat->is_start && !isolated_take_variables(seat->of, error))
        return isolated_set_broken(seat->of, error);
    return seat_receive(seat, back->size) ||
           set_broken(seat, error, "its call back is larger than a message");
}

/* Runs the host's function. It may call the plugin, whose calls nest; and it may never return, by
 * longjmp, an exception or the end of its thread: then nobody answers the worker, and whoever sees
 * that first ends it (seat_unwind, and the thread's end). */
static void run(struct seat *seat, struct level *level, struct back *back, uint8_t *frame)
{
    const struct isolated *isolated = seat->of;
    const struct plan_function *planned = plan_function(isolated->plan, back->called.function);
    void *arguments[PLAN_PARAMETERS_MAX];
    uint32_t depth = seat->depth;
    frame_arguments(frame, isolated->plan, planned, arguments);
    level->stack = (uintptr_t)arguments; /* in this frame, and far below those that led to it */
    seat->depth = depth + 1;
    seat->is_in_host = true;
    errno = back->errno_value;
    ffi_call(&isolated->cifs[back->called.function], FFI_FN(back->code),
             frame + planned->result_offset, arguments);
    back->errno_value = errno;
    seat->depth = depth;
    seat->is_in_host = false;
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
    if (!crossing_answer(&level->crossing, back->called.function, seat->message,
                         CHANNEL_MESSAGE_MAX, &size, error)) {
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
    arena_deinit(&level->objects);
    crossing_clear(&level->crossing);
    uint8_t *frame = crossing_receive(&level->crossing, back.called.function,
                                      (struct bytes){seat->message, back.size}, error);
    if (!frame)
        return isolated_set_broken(seat->of, error);
    run(seat, level, &back, frame);
    return answer(seat, level, &back, error);
}
