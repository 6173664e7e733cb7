/* SPDX-License-Identifier: MIT */
#include "bare.h"

#include <linux/futex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { NOTHING, VALUE, LENGTH, FIRST, BACK, RESULT };

struct header {
    uint32_t kind, size;
    int32_t number;
};

struct message {
    struct header header;
    unsigned char bytes[MEGABYTE];
};

/* One direction of the shared memory. */
struct box {
    uint32_t turn; /* atomic */
    struct message message;
};

/* One side of a connection. */
struct end {
    int socket; /* or: */
    struct box *in, *out;
    uint32_t received;      /* its turn */
    struct message message; /* received */
};

static void fail(void)
{
    _exit(EXIT_FAILURE);
}

static void send_message(struct end *end, struct header header, const void *bytes)
{
    if (end->out) {
        end->out->message.header = header;
        if (header.size)
            memcpy(end->out->message.bytes, bytes, header.size);
        __atomic_fetch_add(&end->out->turn, 1, __ATOMIC_SEQ_CST);
        syscall(SYS_futex, &end->out->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
        return;
    }
    struct iovec parts[] = {{&header, sizeof header}, {(void *)(uintptr_t)bytes, header.size}};
    if (writev(end->socket, parts, 2) != (ssize_t)(sizeof header + header.size))
        fail();
}

static const struct message *receive(struct end *end)
{
    if (end->in) {
        uint32_t found;
        while ((found = __atomic_load_n(&end->in->turn, __ATOMIC_SEQ_CST)) == end->received)
            syscall(SYS_futex, &end->in->turn, FUTEX_WAIT, found, NULL, NULL, 0);
        end->received = found;
        end->message.header = end->in->message.header;
        memcpy(end->message.bytes, end->in->message.bytes, end->message.header.size);
        return &end->message;
    }
    unsigned char *at = (unsigned char *)&end->message;
    size_t size = 0;
    do {
        ssize_t got = read(end->socket, at + size, sizeof end->message - size);
        if (got <= 0)
            fail();
        size += (size_t)got;
    } while (size < sizeof(struct header) ||
             size < sizeof(struct header) + end->message.header.size);
    return &end->message;
}

/* ---- the other process ---- */

static void serve(struct end *end)
{
    for (;;) {
        const struct message *message = receive(end);
        int result = 0;
        switch ((enum kind)message->header.kind) {
        case VALUE:
            result = message->bytes[sizeof(struct bytes64) - 1];
            break;
        case LENGTH:
            result = (int)strlen((const char *)message->bytes);
            break;
        case FIRST:
            result = message->bytes[0];
            break;
        case BACK:
            send_message(end, (struct header){BACK, 0, message->header.number}, NULL);
            result = receive(end)->header.number;
            break;
        case NOTHING:
        case RESULT:
            break;
        }
        send_message(end, (struct header){RESULT, 0, result}, NULL);
    }
}

static struct end socket_pair, futex;

void bare_start(void)
{
    int sockets[2];
    struct box *boxes =
        mmap(NULL, 2 * sizeof *boxes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (boxes == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0)
        fail();
    struct end *ends[] = {&socket_pair, &futex};
    for (int i = 0; i < 2; i++) {
        bool is_host = fork() != 0;
        socket_pair.socket = sockets[is_host];
        futex.in = &boxes[is_host];
        futex.out = &boxes[!is_host];
        if (!is_host) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(ends[i]);
        }
    }
}

/* ---- calls ---- */

static int call(struct end *end, enum kind kind, int number, const void *bytes, size_t size)
{
    send_message(end, (struct header){kind, (uint32_t)size, number}, bytes);
    return receive(end)->header.number;
}

#define CALLS_OF(end)                                                                              \
    static void end##_nothing(void)                                                                \
    {                                                                                              \
        call(&end, NOTHING, 0, NULL, 0);                                                           \
    }                                                                                              \
    static int end##_value(struct bytes64 value)                                                   \
    {                                                                                              \
        return call(&end, VALUE, 0, &value, sizeof value);                                         \
    }                                                                                              \
    static int end##_length(const char *string)                                                    \
    {                                                                                              \
        return call(&end, LENGTH, 0, string, strlen(string) + 1);                                  \
    }                                                                                              \
    static int end##_first(const unsigned char *bytes, size_t count)                               \
    {                                                                                              \
        return call(&end, FIRST, 0, bytes, count);                                                 \
    }                                                                                              \
    static int end##_back(int (*function)(int), int number)                                        \
    {                                                                                              \
        number = function(call(&end, BACK, number, NULL, 0));                                      \
        return call(&end, RESULT, number, NULL, 0);                                                \
    }                                                                                              \
    const struct calls bare_##end = {end##_nothing, end##_value, end##_length, end##_first,        \
                                     end##_back}

CALLS_OF(socket_pair);
CALLS_OF(futex);
