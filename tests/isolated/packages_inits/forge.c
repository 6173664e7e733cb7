/* A hostile plugin, whose init says by itself what the process would say. */
#include "inits.h"
#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

long V;

int number(int n)
{
    return n;
}

PLUGIN_INIT
{
    struct start_ready ready = {.outcome = START_READY};
    struct channel *channel =
        mmap(NULL, CHANNEL_START, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, 0);
    struct channel_slot *slot = &channel->slots[CHANNEL_INITS];
    const char *forged = getenv("INIT");
    uint32_t count = 1;
    host_note("forging");
    count++;
    switch (forged ? atoi(forged) : 0) {
    case 1: /* it is ready */
        slot->status = CHANNEL_RETURNED;
        break;
    case 2:
        slot->status = CHANNEL_CALLS;
        slot->called_back = (struct channel_call){100, 0};
        break;
    case 3:
        slot->status = CHANNEL_NO_MEMORY;
        break;
    case 4:
        slot->status = CHANNEL_RETURNED;
        count++;
        break;
    case 5:
        send(START_SOCKET, &ready, sizeof ready, 0);
        _exit(0);
    case 6: /* a message of another size, and another outcome */
        ready.outcome = 77;
        send(START_SOCKET, &ready, forged[1] ? 1 : sizeof ready, 0);
        slot->status = CHANNEL_RETURNED;
        break;
    default:
        return;
    }
    __atomic_store_n(&slot->answer.count, count, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &slot->answer.count, FUTEX_WAKE, 1, NULL, NULL, 0);
    for (;;)
        ;
}
