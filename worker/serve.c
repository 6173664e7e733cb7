/* SPDX-License-Identifier: MIT */
/* The threads of the worker, one for each slot: each waits for a call, makes it, and answers. */
#include "worker/worker.h"

#include "src/crossing/kept.h"
#include "src/crossing/opaque.h"
#include "src/isolated/regions.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct plan *serve_plan;
struct channel *serve_channel;

static struct server *servers[CHANNEL_ALL]; /* atomic */
static __thread struct server *own_server;
static uint32_t death; /* never set: the host's end ends this process at once */
static const struct channel_end no_end = {.death = &death};

/* Held by the thread of the plugin's own that calls the host, one at a time. */
static pthread_mutex_t service_lock = PTHREAD_MUTEX_INITIALIZER;

/* All threads have the same handles and tokens. */
static pthread_mutex_t opaque_lock = PTHREAD_MUTEX_INITIALIZER;
static struct opaque opaque = {.own = REFERENCE_HANDLE, .other = REFERENCE_TOKEN};

/* And what is kept, and results of the host that the plugin is still to free. */
static pthread_mutex_t lasting_lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept kept;
static struct owned owned;

static bool refer(void *context, const void *pointer, uint32_t type, uint64_t *reference,
                  struct error *error)
{
    struct level *level = context;
    pthread_mutex_lock(&opaque_lock);
    size_t before = opaque.count;
    bool done = opaque_refer(&opaque, pointer, type, reference, error);
    bool is_new = opaque.count > before;
    pthread_mutex_unlock(&opaque_lock);
    if (is_new && go_is_used())
        go_keep(pointer);
    if (!done && error->code == PLUGIN_UNSUPPORTED)
        level->refusal = CHANNEL_NO_HANDLE;
    return done;
}

static bool resolve(void *context, uint64_t reference, uint32_t type, void **pointer,
                    struct error *error)
{
    (void)context;
    pthread_mutex_lock(&opaque_lock);
    bool done = opaque_resolve(&opaque, reference, type, pointer, error);
    pthread_mutex_unlock(&opaque_lock);
    return done;
}

static void *place(void *context, uint32_t number, size_t size, size_t alignment)
{
    struct level *level = context;
    if (number && go_is_used())
        return go_place(&level->crossing.items[number], size);
    void *at = level->owns ? NULL : regions_place(level->regions, number, size, alignment);
    if (level->owns)
        return owned_place(&level->owned, size);
    return at ? at : arena_alloc(&level->objects, size);
}

static bool keep(void *context, const struct kept_object *object, uint32_t *number,
                 struct error *error)
{
    (void)context;
    pthread_mutex_lock(&lasting_lock);
    bool done = kept_keep(&kept, object, number, error);
    pthread_mutex_unlock(&lasting_lock);
    return done;
}

static void *proxy(void *context, uint32_t number, const struct kept_object *object, bool *is_new,
                   struct error *error)
{
    (void)context;
    pthread_mutex_lock(&lasting_lock);
    void *at = kept_proxy(&kept, number, object, is_new, error);
    pthread_mutex_unlock(&lasting_lock);
    return at;
}

static bool refer_kept(void *context, const void *pointer, const struct crossing_target *target,
                       uint64_t *reference)
{
    (void)context;
    pthread_mutex_lock(&lasting_lock);
    bool is_kept = kept_refer(&kept, pointer, target, reference);
    pthread_mutex_unlock(&lasting_lock);
    return is_kept;
}

static bool resolve_kept(void *context, uint64_t reference, const struct crossing_target *target,
                         void **pointer)
{
    (void)context;
    pthread_mutex_lock(&lasting_lock);
    bool done = kept_resolve(&kept, reference, target, pointer);
    pthread_mutex_unlock(&lasting_lock);
    return done;
}

static const struct crossing_side side = {.refer = refer,
                                          .resolve = resolve,
                                          .refer_function = functions_refer_here,
                                          .resolve_function = functions_resolve_here,
                                          .place = place,
                                          .share = shared_share,
                                          .find_shared = shared_find,
                                          .keep = keep,
                                          .proxy = proxy,
                                          .refer_kept = refer_kept,
                                          .resolve_kept = resolve_kept};

void serve_prepare(const struct plan *plan, struct channel *channel)
{
    serve_plan = opaque.plan = kept.plan = plan;
    serve_channel = channel;
}

/* ---- levels ---- */

bool regions_find(const void *address, uint32_t *slot, uint32_t *number)
{
    for (uint32_t i = 0; i < CHANNEL_ALL; i++) {
        const struct server *server = __atomic_load_n(&servers[i], __ATOMIC_ACQUIRE);
        for (uint32_t k = 0; server && k < CHANNEL_DEPTH_MAX; k++)
            if (server->levels[k] && regions_have(server->levels[k]->regions, address, number)) {
                *slot = i;
                return true;
            }
    }
    return false;
}

void level_clear(struct level *level)
{
    arena_deinit(&level->objects);
    owned_drop(&level->owned);
    crossing_clear(&level->crossing);
}

struct level *server_level(struct server *server)
{
    if (server->depth == CHANNEL_DEPTH_MAX)
        return NULL;
    struct level *level = server->levels[server->depth];
    if (!level && (level = calloc(1, sizeof *level))) {
        level->crossing.plan = serve_plan;
        level->crossing.side = &side;
        level->crossing.context = level;
        server->levels[server->depth] = level;
    }
    return level;
}

/* ---- results that are freed ---- */

bool server_take_result(struct level *level, uint32_t function, struct error *error)
{
    pthread_mutex_lock(&lasting_lock);
    bool done = owned_take(&owned, &level->crossing, function, &level->owned, error);
    pthread_mutex_unlock(&lasting_lock);
    return done;
}

bool server_free(const void *result, uint32_t function, struct error *error)
{
    pthread_mutex_lock(&lasting_lock);
    bool done = owned_free(&owned, result, function, error);
    pthread_mutex_unlock(&lasting_lock);
    return done;
}

/* Frees the result of a call, which the host has then. That may call the host: the answer is kept
 * meanwhile. */
static enum channel_status free_written(struct server *server, const struct level *level,
                                        const struct plan_function *planned, size_t size)
{
    void *result;
    memcpy(&result, (uint8_t *)level->crossing.items[0].at + planned->result_offset, sizeof result);
    if (!result)
        return CHANNEL_RETURNED;
    if (!crossing_result_is_new(&level->crossing, server->answer))
        return CHANNEL_NOT_OWNED;
    uint8_t *copy = malloc(size);
    if (!copy)
        return CHANNEL_NO_MEMORY;
    memcpy(copy, server->answer, size);
    server->depth++;
    functions_free(planned, result);
    server->depth--;
    memcpy(server->answer, copy, size);
    free(copy);
    return CHANNEL_RETURNED;
}

/* ---- calls ---- */

static enum channel_status refusal_of(const struct level *level, const struct error *error)
{
    return level->refusal                     ? level->refusal
           : error->code == PLUGIN_NO_MEMORY  ? CHANNEL_NO_MEMORY
           : error->code == PLUGIN_WRONG_TYPE ? CHANNEL_NOT_SHARED
           : error->code == PLUGIN_MISFIT     ? CHANNEL_NEGATIVE
                                              : CHANNEL_TOO_LARGE;
}

/* Puts the text in the place of an answer. */
static size_t answer_panic(const struct server *server, char *text)
{
    size_t size = strnlen(text, CHANNEL_TEXT_MAX);
    memcpy(server->answer, text, size);
    free(text);
    return size;
}

static uint32_t serve_call(struct server *server, const struct channel_call *called, size_t *size,
                           struct error *error)
{
    struct channel_slot *slot = &serve_channel->slots[server->slot];
    struct level *level = server_level(server);
    if (!level || (!level->regions && !(level->regions = regions_make())))
        return CHANNEL_NO_MEMORY;
    struct crossing *crossing = &level->crossing;
    const struct plan_function *planned = plan_function(serve_plan, called->function);
    level_clear(level);
    level->owns = false;
    level->refusal = CHANNEL_RETURNED;
    uint8_t *frame = crossing_receive(crossing, called->function,
                                      (struct bytes){server->call, slot->call_size}, error);
    bool done = frame;
    if (done) {
        server->depth++;
        errno = slot->errno_value;
        functions_call(called, frame);
        slot->errno_value = errno;
        server->depth--;
        char *panic = go_take_panic();
        if (panic) {
            *size = answer_panic(server, panic);
            go_release(crossing);
            return CHANNEL_PANICKED;
        }
        done = crossing_answer(crossing, called->function, server->answer, CHANNEL_MESSAGE_MAX,
                               size, error);
        if (go_is_used())
            go_release(crossing);
    }
    enum channel_status status = done ? CHANNEL_RETURNED : refusal_of(level, error);
    if (done && planned->freed_by)
        status = free_written(server, level, planned, *size);
    return status;
}

void server_send(struct server *server, enum channel_status status, size_t size)
{
    struct channel_slot *slot = &serve_channel->slots[server->slot];
    /* The host may write there, too. */
    if (__fpending(stdout))
        fflush(stdout);
    slot->answer_size = (uint32_t)size;
    slot->status = status;
    channel_post(&slot->answer, server->count);
}

bool server_next(struct server *server)
{
    struct channel_slot *slot = &serve_channel->slots[server->slot];
    channel_wait(&slot->call, server->count, no_end, 0, &server->patience);
    server->count++;
    if (slot->is_answer)
        return false;
    struct channel_call called = slot->called;
    struct error error = {0};
    size_t size = 0;
    uint32_t status = serve_call(server, &called, &size, &error);
    error_free(&error);
    server_send(server, status, size);
    return true;
}

/* ---- threads ---- */

/* Robust futexes of the first thread, one for each slot. This list takes the place of the C
 * library's, which is of use only where a thread ends and its process goes on. */
static struct robust_list_head lives = {.list = {&lives.list},
                                        .futex_offset = offsetof(struct channel_life, word)};

static void live_in(struct channel_slot *slot)
{
    if (lives.list.next == &lives.list)
        syscall(SYS_set_robust_list, &lives, sizeof lives);
    slot->life.word = (uint32_t)syscall(SYS_gettid) | FUTEX_WAITERS;
    slot->life.next = (uintptr_t)lives.list.next;
    lives.list.next = (struct robust_list *)&slot->life.next;
}

static void *serve(void *data)
{
    own_server = data;
    claims_catch_here();
    while (server_next(own_server))
        ;
    return NULL;
}

static struct server *server_new(uint32_t number)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    server->slot = number;
    server->call = mmap(NULL, CHANNEL_AREAS, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL,
                        (off_t)channel_call_area(number));
    server->answer = server->call + CHANNEL_MESSAGE_MAX;
    return server->call != MAP_FAILED ? server : NULL;
}

bool serve_start(uint32_t number)
{
    pthread_t thread;
    struct server *server = number < CHANNEL_SLOTS && !servers[number] ? server_new(number) : NULL;
    if (!server)
        return false;
    live_in(&serve_channel->slots[number]);
    __atomic_store_n(&servers[number], server, __ATOMIC_RELEASE);
    return pthread_create(&thread, NULL, serve, server) == 0 && pthread_detach(thread) == 0;
}

/* ---- inits, and threads of the plugin's own ---- */

bool serve_start_calls(void)
{
    servers[CHANNEL_SERVICE] = server_new(CHANNEL_SERVICE);
    servers[CHANNEL_INITS] = own_server = server_new(CHANNEL_INITS);
    live_in(&serve_channel->slots[CHANNEL_SERVICE]);
    live_in(&serve_channel->slots[CHANNEL_INITS]);
    return servers[CHANNEL_SERVICE] && own_server;
}

/* Waits until the host serves the slot. Its first message is no call, but says so. */
static void wait_for_host(struct server *server)
{
    if (server->count)
        return;
    channel_wait(&serve_channel->slots[server->slot].call, 0, no_end, 0, &server->patience);
    server->count++;
}

void serve_set_ready(void)
{
    wait_for_host(own_server);
    server_send(own_server, CHANNEL_RETURNED, 0);
    own_server = NULL;
}

struct server *server_enter(void)
{
    if (!own_server) {
        pthread_mutex_lock(&service_lock);
        own_server = servers[CHANNEL_SERVICE];
    }
    wait_for_host(own_server);
    return own_server;
}

void server_leave(struct server *server)
{
    if (server->slot != CHANNEL_SERVICE || server->depth)
        return;
    own_server = NULL;
    pthread_mutex_unlock(&service_lock);
}
