/* SPDX-License-Identifier: MIT */
/* Calls back: code of the plugin calls the host, through the slot of the call that it serves, and
 * serves the host's calls until the answer comes. */
#include "worker/worker.h"

#include "src/isolated/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct level *next_level(struct server *server)
{
    if (server->depth == CHANNEL_DEPTH_MAX)
        claims_end("calls nest too deep");
    struct level *level = server_level(server);
    if (level && !level->frame)
        level->frame = frame_make(serve_plan);
    if (!level || !level->frame)
        claims_end("out of memory");
    return level;
}

/* Of a result the plugin has a copy: the host has freed its own. */
static void free_result(uint32_t function, void **arguments)
{
    struct error error = {0};
    void *result;
    memcpy(&result, arguments[0], sizeof result);
    if (!server_free(result, function, &error))
        claims_end(error_text(&error));
}

void backs_call(uint32_t number, uint32_t function, ffi_cif *cif, void *result, void **arguments)
{
    const struct plan_function *planned = plan_function(serve_plan, function);
    int errno_value = errno;
    if (!worker_is_mapped)
        worker_fail("a constructor calls a function of the host, before all of the plugin is "
                    "mapped: call it in a PLUGIN_INIT");
    if (worker_is_ending)
        claims_end("a destructor or an atexit function may not, since the host waits for its end");
    if (planned->frees) {
        free_result(function, arguments);
        return;
    }
    struct server *server = server_enter();
    struct channel_slot *slot = &serve_channel->slots[server->slot];
    struct level *level = next_level(server);
    struct error error = {0};
    size_t size;
    level_clear(level);
    level->owns = planned->freed_by >= PLAN_FREED_BY;
    frame_fill(level->frame, serve_plan, planned, arguments);
    if (!crossing_call(&level->crossing, function, level->frame, server->answer,
                       CHANNEL_MESSAGE_MAX, &size, &error))
        claims_end(error_text(&error));
    slot->called_back = (struct channel_call){number, function};
    slot->errno_value = errno_value;
    server->depth++;
    server_send(server, CHANNEL_CALLS, size);
    while (server_next(server))
        ;
    server->depth--;
    errno_value = slot->errno_value;
    if (!crossing_finish(&level->crossing, function, server->call, slot->call_size, &error) ||
        (planned->freed_by && !server_take_result(level, function, &error)))
        claims_end(error_text(&error));
    frame_result(level->frame, planned, cif->rtype, result);
    server_leave(server);
    errno = errno_value;
}
