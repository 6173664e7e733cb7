/* SPDX-License-Identifier: MIT */
/* Calls of an isolated plugin. The host calls a closure of libffi, which writes the arguments as a
 * message, waits for the answer, and reads it. */
#include "isolated/frame.h"
#include "isolated/seats.h"

#include <errno.h>
#include <string.h>

/* ---- what goes wrong ---- */

/* Without a name, it is the start that was waited for. */
static void set_late(struct isolated *isolated, const char *name, struct error *error)
{
    static const char inits[] = "its constructors and inits";
    struct text why = {0};
    text_add(&why, "its process was killed: %s%s exceeded options.timeout_ms (%u ms)",
             name ? "a call of " : inits, name ? name : "", isolated->timeout_ms);
    isolated_end(isolated, &why, NULL);
    error_set(error, PLUGIN_TIMEOUT, "%s exceeded options.timeout_ms (%u ms)%s",
              name ? "it" : inits, isolated->timeout_ms,
              name ? ", and its process was killed" : "");
}

/* ---- waiting ---- */

/* Waits for the worker's next message. Only this waiting counts: in functions of the host, the
 * clock of the limit stops. */
static bool wait_once(struct seat *seat, const char *name, struct error *error)
{
    struct isolated *isolated = seat->of;
    struct channel_slot *slot = seat_slot(seat);
    bool has_limit = isolated->timeout_ms && seat->depth; /* the service waits for no call */
    uint64_t start = has_limit ? channel_now() : 0;
    uint64_t until = has_limit ? start + seat->left : 0;
    switch (channel_wait(&slot->answer, seat->count - 1,
                         (struct channel_end){&isolated->worker.death, &slot->life.word}, until,
                         &seat->patience)) {
    case CHANNEL_DONE:
        break;
    case CHANNEL_DEAD:
        isolated_end(isolated, &(struct text){0}, error);
        return false;
    case CHANNEL_LATE:
        set_late(isolated, name, error);
        return false;
    }
    if (has_limit) {
        uint64_t used = channel_now() - start;
        seat->left -= used < seat->left ? used : seat->left;
    }
    if (__atomic_load_n(&slot->answer.count, __ATOMIC_ACQUIRE) == seat->count)
        return true;
    error_set(error, PLUGIN_CRASHED, "it answered a call that was not made");
    return isolated_set_broken(isolated, error);
}

bool seat_wait(struct seat *seat, const char *name, uint32_t *status, struct error *error)
{
    for (;;) {
        if (!wait_once(seat, name, error))
            return false;
        *status = ((const volatile struct channel_slot *)seat_slot(seat))->status;
        if (*status != CHANNEL_CALLS)
            return true;
        if (!backs_serve(seat, error))
            return false;
    }
}

/* The worker lives on; the text is its own word. */
static bool set_panicked(struct seat *seat, size_t size, struct error *error)
{
    TEXT_AUTO text = {0};
    if (size > CHANNEL_TEXT_MAX || !seat_receive(seat, size)) {
        error_set(error, PLUGIN_CRASHED, "its answer is larger than a message");
        return isolated_set_broken(seat->of, error);
    }
    text_add_bytes(&text, (const char *)seat->message, strnlen((const char *)seat->message, size));
    return error_set(error, PLUGIN_CRASHED, "it panicked: %s", text_chars(&text));
}

/* Copies the answer out of the shared memory. */
static bool take_answer(struct seat *seat, uint32_t status, size_t *answer_size, int *errno_value,
                        struct error *error)
{
    const volatile struct channel_slot *slot = seat_slot(seat);
    uint32_t size = slot->answer_size;
    *errno_value = slot->errno_value;
    if (status == CHANNEL_TOO_LARGE)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "what it returned does not fit into a message of %d bytes",
                         CHANNEL_MESSAGE_MAX);
    if (status == CHANNEL_NOT_SHARED)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "it returned a pointer into a variable, or into memory of plugin_alloc, "
                         "that leads beyond it, or to pointers");
    if (status == CHANNEL_NOT_OWNED)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "it returned a pointer into an argument or into shared memory, and "
                         "PLUGIN_OWNED says that the caller frees it");
    if (status == CHANNEL_NEGATIVE)
        return error_set(error, PLUGIN_UNSUPPORTED, "it returned a negative number of objects");
    if (status == CHANNEL_WRONG_FUNCTION)
        return error_set(error, PLUGIN_WRONG_TYPE,
                         "it returned a function of the host as one of another type");
    if (status == CHANNEL_NO_MEMORY || status == CHANNEL_NO_HANDLE)
        return error_set(error, PLUGIN_NO_MEMORY, "the plugin's process is out of %s",
                         status == CHANNEL_NO_MEMORY ? "memory" : "handles");
    if (status == CHANNEL_PANICKED)
        return set_panicked(seat, size, error);
    if (status != CHANNEL_RETURNED || !seat_receive(seat, size)) {
        error_set(error, PLUGIN_CRASHED, "its answer is larger than a message");
        return isolated_set_broken(seat->of, error);
    }
    *answer_size = size;
    return true;
}

/* ---- a call ---- */

/* The result is the host's, until it frees it. */
static bool take_result(struct level *level, uint32_t function, struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    bool done =
        owned_take(&level->seat->of->owned, &level->crossing, function, &level->owned, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

/* Frees a result, of which the plugin's own was freed when it had crossed. */
static bool free_result(const struct isolated_closure *closure, void **arguments,
                        struct error *error)
{
    void *at;
    memcpy(&at, arguments[0], sizeof at);
    pthread_mutex_lock(&isolated_lock);
    bool done = owned_free(&closure->of->owned, at, closure->function, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

/* Calls the function with the frame of the level. The caller uses the worker. */
static bool call_at(struct seat *seat, struct level *level, const struct isolated_closure *closure,
                    int *errno_value, struct error *error)
{
    const struct plan *plan = seat->of->plan;
    const struct plan_function *planned = plan_function(plan, closure->function);
    const char *name = plan_name(plan, planned->name);
    struct channel_slot *slot = seat_slot(seat);
    size_t size, answer_size = 0;
    uint32_t status;
    level->is_back = false;
    level_clear(level);
    level->owns = planned->freed_by >= PLAN_FREED_BY;
    if (!crossing_call(&level->crossing, closure->function, level->frame, seat->message,
                       CHANNEL_MESSAGE_MAX, &size, error))
        return false;
    slot->called = (struct channel_call){closure->number, closure->function};
    slot->is_answer = false;
    slot->errno_value = *errno_value;
    seat_send(seat, size);
    bool done = seat_wait(seat, name, &status, error) &&
                take_answer(seat, status, &answer_size, errno_value, error);
    if (done &&
        !crossing_finish(&level->crossing, closure->function, seat->message, answer_size, error))
        done = error->code == PLUGIN_CRASHED ? isolated_set_broken(seat->of, error) : false;
    if (done && planned->freed_by)
        done = take_result(level, closure->function, error);
    seat_shrink(seat);
    return done;
}

/* The calling thread's outermost call uses the worker, and those in it with it. */
static bool enter(struct seat *seat, struct error *error)
{
    struct isolated *isolated = seat->of;
    seat_unwind(seat);
    if (seat->depth && !seat->is_in_host)
        return error_set(error, PLUGIN_UNSUPPORTED, "a handler of a signal calls it in a call");
    if (seat->depth <= seat->is_service)
        seat->left = (uint64_t)isolated->timeout_ms * 1000000;
    return seat->depth ? isolated_runs(isolated, error) : isolated_enter(isolated, error);
}

static bool prepare(struct seat *seat, struct error *error)
{
    if (seat->generation == seat->of->generation)
        return true;
    pthread_mutex_lock(&isolated_lock);
    bool done = seat_prepare(seat, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

static bool call(const struct isolated_closure *closure, void *result, void **arguments,
                 int *errno_value, struct error *error)
{
    struct isolated *isolated = closure->of;
    const struct plan_function *planned = plan_function(isolated->plan, closure->function);
    struct seat *seat = seat_get(isolated, error);
    if (!seat || !enter(seat, error))
        return false;
    uint32_t depth = seat->depth;
    bool done =
        !closure->generation || closure->generation == isolated->generation ||
        error_set(error, PLUGIN_CRASHED, "the function belongs to a process that has ended");
    struct level *level = done && prepare(seat, error) ? seat_level(seat, error) : NULL;
    done = level;
    if (done) {
        seat->depth++;
        seat->is_in_host = false;
        frame_fill(level->frame, isolated->plan, planned, arguments);
        done = call_at(seat, level, closure, errno_value, error);
        if (done)
            frame_result(level->frame, planned, closure->cif->rtype, result);
        seat->depth = depth;
        seat->is_in_host = depth;
    }
    if (!depth)
        isolated_leave(isolated);
    return done;
}

void calls_run(ffi_cif *cif, void *result, void **arguments, void *data)
{
    const struct isolated_closure *closure = data;
    const struct plan *plan = closure->of->plan;
    int errno_value = errno;
    struct error error = {0};
    if (!(plan_function(plan, closure->function)->frees
              ? free_result(closure, arguments, &error)
              : call(closure, result, arguments, &errno_value, &error))) {
        size_t size = cif->rtype->type == FFI_TYPE_VOID ? 0 : cif->rtype->size;
        memset(result, 0, size && size < sizeof(ffi_arg) ? sizeof(ffi_arg) : size);
        error_prefix(&error, "call of %s of isolated plugin %s: ",
                     plan_name(plan, plan_function(plan, closure->function)->name),
                     closure->of->path);
        isolated_publish(&error);
    }
    errno = errno_value;
}
