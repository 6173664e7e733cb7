#include "crimes.h"
/* The rules of the shared memory, which a hostile plugin knows as well. */
#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct db {
    int value;
};

static int calls;

int number(void)
{
    return ++calls;
}

static int deep(volatile char *above)
{
    volatile char here[4096];
    here[0] = above[0];
    return deep(here) + here[0];
}

int crash(int how)
{
    if (how == 0)
        *(volatile int *)NULL = 1;
    else if (how == 1)
        abort();
    else if (how == 2)
        exit(3);
    else
        return deep((volatile char[]){1});
    return 0;
}

int hang(void)
{
    for (volatile int i = 0;; i++)
        ;
}

int beyond(const int *values, int count)
{
    int result = 0;
    for (int i = 0; i < count; i++)
        result += ((const volatile int *)values)[i];
    return result;
}

int call(int how)
{
    switch (how) {
    case 0:
        return open("/etc/passwd", O_RDONLY);
    case 1:
        return socket(AF_INET, SOCK_STREAM, 0);
    case 2:
        return (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); /* musl blocks signals in fork */
    case 3:
        return execl("/bin/true", "true", NULL);
    case 4:
        return kill(getppid(), SIGTERM);
    case 5:
        return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    case 6: {
        void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return code != MAP_FAILED;
    }
    default:
        return ftruncate(START_CHANNEL, 0);
    }
}

/* Answers the call under way by itself, with this message. */
static int answer(uint32_t count, uint32_t size, uint32_t status, const void *message)
{
    struct channel *channel =
        mmap(NULL, CHANNEL_START, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, 0);
    uint8_t *area = mmap(NULL, CHANNEL_MESSAGE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED,
                         START_CHANNEL, (off_t)channel_answer_area(0));
    struct channel_slot *slot = &channel->slots[0];
    if (message)
        memcpy(area, message, size);
    slot->answer_size = size;
    slot->status = status;
    __atomic_store_n(&slot->answer.count, slot->call.count + count, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &slot->answer.count, FUTEX_WAKE, 1, NULL, NULL, 0);
    return hang();
}

int lie(int how)
{
    uint32_t junk[64];
    memset(junk, how == 3 ? 0xff : 1, sizeof junk);
    switch (how) {
    case 0:
        return answer(1, 0, CHANNEL_RETURNED, NULL); /* out of order */
    case 1:
        return answer(0, CHANNEL_MESSAGE_MAX + 1, CHANNEL_RETURNED, NULL);
    case 2:
        return answer(0, 0, 77, NULL);
    case 3:
    case 4:
        return answer(0, sizeof junk, CHANNEL_RETURNED, junk);
    case 6:
        return answer(0, CHANNEL_TEXT_MAX + 1, CHANNEL_PANICKED, NULL);
    case 7:
        return answer(0, 5, CHANNEL_PANICKED, "\x1b[2J");
    default:
        return answer(0, 0, CHANNEL_RETURNED, NULL);
    }
}

size_t eat(size_t bytes)
{
    size_t done = 0;
    for (char *block; done < bytes && (block = malloc(1 << 20)); done += 1 << 20)
        memset(block, 1, 1 << 20);
    return done;
}

const char *endless(void)
{
    char *page = malloc(3 * CHANNEL_MESSAGE_MAX);
    memset(page, 'x', 3 * CHANNEL_MESSAGE_MAX);
    return page;
}

struct db *db(void)
{
    static struct db one;
    return &one;
}

int use_db(struct db *db)
{
    return db != NULL;
}

static struct owner *kept_owner;

void keep(struct owner *owner)
{
    kept_owner = owner;
}

struct owner *kept(void)
{
    return kept_owner;
}

int flood(int count)
{
    return count;
}

int is_open(int descriptor)
{
    return lseek(descriptor, 0, SEEK_CUR) != -1 || errno != EBADF;
}
