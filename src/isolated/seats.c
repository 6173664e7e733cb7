/* SPDX-License-Identifier: MIT */
/* The threads of the host that call an isolated plugin. Each has a slot, for as long as it lives.
 */
#include "isolated/seats.h"
#include "isolated/frame.h"
#include "isolated/regions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A message of more bytes than this is large. Its memory is given back after so many calls without
 * another: to get a MiB anew takes several times as long as to copy it. */
enum { LARGE = 256 * 1024, SMALL_CALLS = 16 };

static pthread_key_t key; /* the calling thread's seats: frees them when it ends */
static __thread struct seat *seats;

/* ---- what pointers cross as ---- */

static bool refer(void *context, const void *pointer, uint32_t type, uint64_t *reference,
                  struct error *error)
{
    const struct level *level = context;
    pthread_mutex_lock(&isolated_lock);
    bool done = opaque_refer(&level->seat->of->opaque, pointer, type, reference, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

static bool resolve(void *context, uint64_t reference, uint32_t type, void **pointer,
                    struct error *error)
{
    const struct level *level = context;
    pthread_mutex_lock(&isolated_lock);
    bool done = opaque_resolve(&level->seat->of->opaque, reference, type, pointer, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

static bool refer_function(void *context, const void *pointer, uint32_t function,
                           uint64_t *reference, struct error *error)
{
    const struct level *level = context;
    pthread_mutex_lock(&isolated_lock);
    struct isolated *isolated = level->seat->of;
    bool done = functions_refer(&isolated->functions, pointer, function, reference, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

static bool resolve_function(void *context, uint64_t reference, uint32_t function, void **pointer,
                             struct error *error)
{
    const struct level *level = context;
    pthread_mutex_lock(&isolated_lock);
    bool done = functions_resolve(&level->seat->of->functions, reference, function, pointer, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

/* What the plugin returned is valid until the thread's next call of it that nests as deep; what it
 * passed, until the host's function returns. */
static void *place(void *context, uint32_t number, size_t size, size_t alignment)
{
    struct level *level = context;
    void *at = level->is_back ? regions_place(level->regions, number, size, alignment) : NULL;
    if (level->owns)
        return owned_place(&level->owned, size);
    return at ? at : arena_alloc(&level->objects, size);
}

/* Memory that the worker has, too: a variable, or of plugin_alloc. */
static bool share(void *context, const void *at, uint64_t *reference, size_t *left)
{
    struct isolated *isolated = ((struct level *)context)->seat->of;
    return pages_share(&isolated->variables.pages, isolated->variables.start, isolated->plan, at,
                       reference, left) ||
           heap_share(&isolated->heap, at, reference, left);
}

static bool find_shared(void *context, uint64_t reference, void **at, size_t *left)
{
    struct isolated *isolated = ((struct level *)context)->seat->of;
    return reference_number(reference)
               ? pages_place(&isolated->variables.pages, isolated->variables.start, isolated->plan,
                             reference, at, left)
               : heap_find(&isolated->heap, reference, at, left);
}

static bool keep(void *context, const struct kept_object *object, uint32_t *number,
                 struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    struct isolated *isolated = ((struct level *)context)->seat->of;
    bool done = kept_keep(&isolated->kept, object, number, error);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

static void *proxy(void *context, uint32_t number, const struct kept_object *object, bool *is_new,
                   struct error *error)
{
    pthread_mutex_lock(&isolated_lock);
    struct isolated *isolated = ((struct level *)context)->seat->of;
    void *at = kept_proxy(&isolated->kept, number, object, is_new, error);
    pthread_mutex_unlock(&isolated_lock);
    return at;
}

static bool refer_kept(void *context, const void *pointer, const struct crossing_target *target,
                       uint64_t *reference)
{
    pthread_mutex_lock(&isolated_lock);
    struct isolated *isolated = ((struct level *)context)->seat->of;
    bool is_kept = kept_refer(&isolated->kept, pointer, target, reference);
    pthread_mutex_unlock(&isolated_lock);
    return is_kept;
}

static bool resolve_kept(void *context, uint64_t reference, const struct crossing_target *target,
                         void **pointer)
{
    pthread_mutex_lock(&isolated_lock);
    struct isolated *isolated = ((struct level *)context)->seat->of;
    bool done = kept_resolve(&isolated->kept, reference, target, pointer);
    pthread_mutex_unlock(&isolated_lock);
    return done;
}

static const struct crossing_side side = {.refer = refer,
                                          .resolve = resolve,
                                          .refer_function = refer_function,
                                          .resolve_function = resolve_function,
                                          .place = place,
                                          .share = share,
                                          .find_shared = find_shared,
                                          .keep = keep,
                                          .proxy = proxy,
                                          .refer_kept = refer_kept,
                                          .resolve_kept = resolve_kept,
                                          .keeps_shapes = true};

/* ---- levels ---- */

void level_clear(struct level *level)
{
    arena_deinit(&level->objects);
    owned_drop(&level->owned);
    crossing_clear(&level->crossing);
}

static void level_free(struct level *level)
{
    if (!level)
        return;
    level_clear(level);
    crossing_deinit(&level->crossing);
    regions_free(level->regions);
    free(level->frame);
    free(level);
}

struct level *seat_level(struct seat *seat, struct error *error)
{
    const struct plan *plan = seat->of->plan;
    if (seat->depth == CHANNEL_DEPTH_MAX) {
        error_set(error, PLUGIN_UNSUPPORTED, "calls nest more than %d deep", CHANNEL_DEPTH_MAX);
        return NULL;
    }
    struct level **level = &seat->levels[seat->depth];
    if (*level)
        return *level;
    struct level *made = calloc(1, sizeof *made);
    if (made)
        made->frame = frame_make(plan);
    if (!made || !made->frame) {
        error_set_no_memory(error);
        free(made);
        return NULL;
    }
    made->seat = seat;
    made->crossing.plan = plan;
    made->crossing.side = &side;
    made->crossing.context = made;
    return *level = made;
}

/* ---- seats ---- */

static void seat_free(struct seat *seat)
{
    for (size_t i = 0; i < CHANNEL_DEPTH_MAX; i++)
        level_free(seat->levels[i]);
    if (seat->message)
        munmap(seat->message, CHANNEL_MESSAGE_MAX);
    free(seat);
}

/* A worker that was stopped has no areas any more, nor has the child of a fork. */
static void give_back(struct seat *seat)
{
    uint8_t *areas = seat->of->areas[seat->slot];
    if (areas)
        madvise(areas, 2 * CHANNEL_MESSAGE_MAX, MADV_REMOVE);
    madvise(seat->message, CHANNEL_MESSAGE_MAX, MADV_DONTNEED);
}

/* At the end of a thread: its slots are free for others. */
static void seats_free(void *first)
{
    for (struct seat *seat = first, *next; seat; seat = next) {
        next = seat->next;
        struct isolated *isolated = seat->of;
        if (seat->depth) {
            /* pthread_exit in a function of the host, or a cancellation. */
            struct text why = {0};
            text_add(&why, "its process was killed: a function of the host that it called ended "
                           "its thread");
            isolated_end(isolated, &why, NULL);
            isolated_leave(isolated);
        }
        pthread_mutex_lock(&isolated_lock);
        isolated->seats[seat->slot] = NULL;
        if (seat->generation == isolated->generation)
            isolated->counts[seat->slot] = seat->count;
        if (seat->until_shrunk)
            give_back(seat);
        pthread_mutex_unlock(&isolated_lock);
        if (seat->is_start)
            isolated_end_change(isolated);
        seat_free(seat);
    }
    seats = NULL;
}

static void make_key(void)
{
    pthread_key_create(&key, seats_free);
}

/* Takes this slot or, from 0 on, a free one. With the lock held. */
static bool take_slot(struct seat *seat, uint32_t slot, struct error *error)
{
    struct isolated *isolated = seat->of;
    bool is_any = !slot;
    while (slot < CHANNEL_SLOTS && isolated->seats[slot])
        slot++;
    if (slot == CHANNEL_SLOTS && is_any)
        return error_set(error, PLUGIN_UNSUPPORTED, "more than %d threads call it", CHANNEL_SLOTS);
    isolated->seats[slot] = seat;
    seat->slot = slot;
    return true;
}

struct seat *seat_make(struct isolated *isolated, uint32_t slot, struct error *error)
{
    struct seat *seat = calloc(1, sizeof *seat);
    void *message = mmap(NULL, CHANNEL_MESSAGE_MAX, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!seat || message == MAP_FAILED) {
        error_set_no_memory(error);
        free(seat);
        return NULL;
    }
    seat->message = message;
    seat->of = isolated;
    seat->is_service = slot == CHANNEL_SERVICE;
    seat->is_start = slot == CHANNEL_INITS;
    if (take_slot(seat, slot, error))
        return seat;
    seat_free(seat);
    return NULL;
}

void seat_drop(struct seat *seat)
{
    seat->of->seats[seat->slot] = NULL;
    seat_free(seat);
}

void seat_take(struct seat *seat)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
    seat->next = seats;
    seats = seat;
    pthread_setspecific(key, seats);
}

void seat_leave(struct seat *seat)
{
    struct seat **link = &seats;
    while (*link != seat)
        link = &(*link)->next;
    *link = seat->next;
    pthread_setspecific(key, seats);
}

struct seat *seat_find(const struct isolated *isolated)
{
    struct seat *seat = seats;
    while (seat && seat->of != isolated)
        seat = seat->next;
    return seat;
}

/* Finds the seat, but not that of a start which was left by a jump, and goes on no more. */
static struct seat *find_current(struct isolated *isolated)
{
    struct seat *seat = seat_find(isolated);
    if (!seat || !seat->is_start)
        return seat;
    seat_unwind(seat);
    if (seat->depth)
        return seat;
    seat_leave(seat);
    pthread_mutex_lock(&isolated_lock);
    seat_drop(seat);
    pthread_mutex_unlock(&isolated_lock);
    isolated_end_change(isolated);
    return seat_find(isolated);
}

struct seat *seat_get(struct isolated *isolated, struct error *error)
{
    struct seat *seat = find_current(isolated);
    if (seat)
        return seat;
    pthread_mutex_lock(&isolated_lock);
    seat = seat_make(isolated, 0, error);
    pthread_mutex_unlock(&isolated_lock);
    if (seat)
        seat_take(seat);
    return seat;
}

bool calls_is_calling(struct isolated *isolated)
{
    struct seat *seat = find_current(isolated);
    if (seat)
        seat_unwind(seat);
    return seat && seat->depth;
}

/* Maps the areas of the slot, unless an ended thread has left them, and asks for a thread of the
 * worker. */
static bool seat_map(struct seat *seat, struct error *error)
{
    struct isolated *isolated = seat->of;
    uint8_t **areas = &isolated->areas[seat->slot];
    if (!*areas) {
        void *made = mmap(NULL, CHANNEL_AREAS, PROT_READ | PROT_WRITE, MAP_SHARED,
                          isolated->worker.memory, (off_t)channel_call_area(seat->slot));
        if (made == MAP_FAILED)
            return error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
        madvise(made, CHANNEL_AREAS, MADV_DONTFORK);
        *areas = made;
        isolated->counts[seat->slot] = 0;
        /* The worker has the other slots from its start on. If it is gone, who waits for an answer
         * notices. */
        if (seat->slot < CHANNEL_SLOTS)
            worker_ask(&isolated->worker, seat->slot);
    }
    return true;
}

bool seat_prepare(struct seat *seat, struct error *error)
{
    struct isolated *isolated = seat->of;
    if (seat->generation == isolated->generation)
        return true;
    if (!seat_map(seat, error))
        return false;
    seat->call = isolated->areas[seat->slot];
    seat->answer = seat->call + CHANNEL_MESSAGE_MAX;
    seat->count = isolated->counts[seat->slot];
    seat->generation = isolated->generation;
    return true;
}

void calls_forget_areas(struct isolated *isolated, bool is_child)
{
    for (uint32_t i = 0; i < CHANNEL_ALL; i++) {
        if (isolated->areas[i] && !is_child)
            munmap(isolated->areas[i], CHANNEL_AREAS);
        isolated->areas[i] = NULL;
    }
}

void calls_forget_threads(struct isolated *isolated)
{
    const struct seat *own = seat_find(isolated);
    for (uint32_t i = 0; i < CHANNEL_ALL; i++)
        if (isolated->seats[i] != own)
            isolated->seats[i] = NULL;
    /* The fork was made by a function that the plugin called. */
    isolated->users = own && own->depth;
}

/* ---- jumps ---- */

/* Does the thread run on this part of its own stack? Coroutines have others, of which nobody can
 * say which one is above. */
static bool is_own_stack(uintptr_t from, uintptr_t to)
{
    pthread_attr_t attributes;
    void *start;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return false;
    bool is_known = pthread_attr_getstack(&attributes, &start, &size) == 0;
    pthread_attr_destroy(&attributes);
    return is_known && from - (uintptr_t)start < size && to - (uintptr_t)start < size;
}

void seat_unwind(struct seat *seat)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    bool is_left = false;
    while (seat->is_in_host && here > seat->levels[seat->depth - 1]->stack &&
           is_own_stack(seat->levels[seat->depth - 1]->stack, here)) {
        seat->depth -= seat->depth > 1 ? 2 : 1;
        seat->is_in_host = seat->depth;
        is_left = true;
    }
    if (!is_left)
        return;
    struct text why = {0};
    text_add(&why, "its process was killed: a function of the host that it called was left by a "
                   "jump or an exception");
    isolated_end(seat->of, &why, NULL);
    if (!seat->depth)
        isolated_leave(seat->of);
}

/* ---- messages ---- */

static void note_size(struct seat *seat, size_t size)
{
    if (size > LARGE)
        seat->until_shrunk = SMALL_CALLS;
}

void seat_send(struct seat *seat, size_t size)
{
    note_size(seat, size);
    struct channel_slot *slot = seat_slot(seat);
    memcpy(seat->call, seat->message, size);
    slot->call_size = (uint32_t)size;
    seat->count++;
    channel_post(&slot->call, seat->count);
}

bool seat_receive(struct seat *seat, size_t size)
{
    if (size > CHANNEL_MESSAGE_MAX)
        return false;
    note_size(seat, size);
    memcpy(seat->message, seat->answer, size);
    return true;
}

void seat_shrink(struct seat *seat)
{
    if (seat->until_shrunk && --seat->until_shrunk == 0)
        give_back(seat);
}
