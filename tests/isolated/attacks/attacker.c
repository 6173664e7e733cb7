/* A hostile plugin. It knows the rules of the shared memory, and breaks them. */
#include "attacker.h"

#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* ---- at the start ---- */

static void hang(void)
{
    for (volatile int i = 0;; i++)
        ;
}

/* Answers in the place of its process. ATTACK says by how many bytes the message is too large, its
 * fields, and what is done then; or only that. */
__attribute__((constructor)) static void attack_start(void)
{
    struct start_ready ready[2] = {0};
    const char *attack = getenv("ATTACK");
    unsigned reason;
    int more;
    char then[16] = "";
    if (!attack)
        return;
    if (sscanf(attack, "%d %u %x %u %u %15s", &more, &ready->outcome, &ready->sandbox, &ready->init,
               &reason, then) < 5) {
        snprintf(then, sizeof then, "%s", attack);
    } else {
        memset(ready->reason, reason ? 'x' : 0, sizeof ready->reason);
        send(START_SOCKET, ready, sizeof *ready + (size_t)more, MSG_NOSIGNAL);
    }
    if (!strcmp(then, "again"))
        send(START_SOCKET, ready, sizeof *ready, MSG_NOSIGNAL);
    else if (!strcmp(then, "exit"))
        _exit(7);
    else if (!strcmp(then, "die"))
        raise(SIGKILL);
    else if (!strcmp(then, "hang"))
        hang();
}

/* ---- honest ---- */

int number(void)
{
    return 1;
}

static int twice(int value)
{
    return 2 * value;
}

const struct record *copy(const struct record *record, char *text, size_t size)
{
    static struct record made;
    static int values[100];
    snprintf(text, size, "%s of %d", record->name, record->twice ? record->twice(21) : 0);
    made = (struct record){record->number, "copied", record->count, values, twice};
    memcpy(values, record->values, record->count * sizeof *values);
    return &made;
}

int ask(int (*function)(int value), int value)
{
    return function(value);
}

/* ---- words of the shared memory ---- */

static void *map_shared(uint64_t offset, size_t size)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, (off_t)offset);
}

int change(size_t offset, int how, uint32_t value, int end)
{
    struct channel *channel = map_shared(0, CHANNEL_START);
    struct channel_slot *slot = &channel->slots[0];
    /* The claim follows the slots, for those who count so far. */
    char *word = offset < sizeof *slot ? (char *)slot : (char *)&channel->claim - sizeof *slot;
    uint32_t before;
    memcpy(&before, word + offset, sizeof before);
    before = how == SET ? value : before + value;
    if (end != RETURNS)
        slot->status = end == CALLS ? CHANNEL_CALLS : CHANNEL_RETURNED;
    memcpy(word + offset, &before, sizeof before);
    if (end == RETURNS)
        return 5;
    __atomic_store_n(&slot->answer.count, slot->call.count, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &slot->answer.count, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    hang();
    return 0;
}

/* Changes words of the slots in use, and what lies at the start of their messages. */
static void *flip_always(void *data)
{
    (void)data;
    enum { MESSAGE = 512 };
    uint64_t random = (uint64_t)time(NULL) * 2862933555777941757U + 3037000493U;
    uint8_t *channel = map_shared(0, CHANNEL_START);
    uint8_t *places[] = {channel, map_shared(channel_call_area(0), 4096),
                         map_shared(channel_answer_area(0), 4096)};
    const size_t sizes[] = {2 * sizeof(struct channel_slot), MESSAGE, MESSAGE};
    for (;;) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        size_t place = random % 16 ? 1 + random / 16 % 2 : 0;
        volatile uint8_t *at = places[place] + random / 64 % sizes[place];
        uint8_t before = *at;
        *at = (uint8_t)(random >> 56);
        /* Half of the changes last as long as a read of it, so that honest messages pass as well.
         */
        for (volatile int i = 0; i < (int)(random / 4096 % 64); i++)
            ;
        if (random / 32 % 2)
            *at = before;
        for (volatile int i = 0; i < (int)(random / 8192 % 4096); i++)
            ;
    }
    return NULL;
}

void flip(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, flip_always, NULL);
    pthread_detach(thread);
}

/* ---- bombs ---- */

static void *wait_always(void *data)
{
    (void)data;
    for (;;)
        pause();
    return NULL;
}

int bomb(int how)
{
    enum { MANY = 1000000 };
    pthread_t thread;
    char block[4096] = "";
    int count = 0;
    switch (how) {
    case 0: /* processes */
        while (count < MANY && syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0)
            count++;
        break;
    case 1: /* threads */
        while (count < MANY && pthread_create(&thread, NULL, wait_always, NULL) == 0)
            count++;
        break;
    case 2: /* output */
        for (;;)
            fwrite(block, 1, sizeof block, stdout);
    case 3: /* messages that the host does not wait for */
        while (count < MANY &&
               send(START_SOCKET, block, sizeof block, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
            count++;
        break;
    default: /* descriptors */
        while (count < MANY && fcntl(0, F_DUPFD, 0) >= 0)
            count++;
    }
    return count < MANY ? 1 : MANY;
}
