/* SPDX-License-Identifier: MIT */
/* Waiting: first a thread looks for a while, which answers in less than a microsecond while calls
 * follow each other; then it sleeps. With one processor, looking would keep the other side from it.
 */
#include "isolated/channel.h"

#include "base/valgrind.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Of Linux 5.16; older headers have none of it. */
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
struct waited {
    uint64_t value, address;
    uint32_t flags, reserved;
};
enum { WAITED_32 = 2, WAITED_PRIVATE = 128 };

enum {
    SPIN = 20000, /* nanoseconds */
    MISSES_MAX = 7,
    LOOKS = 32,      /* between two looks at the clock */
    SLICE = 10000000 /* how long a thread sleeps where it can wait for one word only */
};

uint64_t channel_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static struct timespec timespec_of(uint64_t time)
{
    return (struct timespec){(time_t)(time / 1000000000), (long)(time % 1000000000)};
}

static bool has_processors(void)
{
    static int known; /* atomic; 1: one, 2: more */
    int count = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (!count) {
        cpu_set_t set;
        bool is_one = sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) < 2;
        count = is_one ? 1 : 2;
        __atomic_store_n(&known, count, __ATOMIC_RELAXED);
    }
    return count > 1;
}

static void pause_processor(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Not only acquired: behind the store of is_awaited, this load must not come before it. */
static bool is_changed(const struct channel_word *word, uint32_t count)
{
    return __atomic_load_n(&word->count, __ATOMIC_SEQ_CST) != count;
}

static bool is_dead(const struct channel_end *end)
{
    return __atomic_load_n(end->death, __ATOMIC_ACQUIRE) ||
           (end->life && __atomic_load_n(end->life, __ATOMIC_ACQUIRE) & FUTEX_OWNER_DIED);
}

static bool look_until(const struct channel_word *word, uint32_t count,
                       const struct channel_end *end, uint64_t until)
{
    do {
        for (int i = 0; i < LOOKS; i++) {
            if (is_changed(word, count))
                return true;
            pause_processor();
        }
    } while (!is_dead(end) && channel_now() < until);
    return false;
}

/* Looks for a while. Where the other side needs this processor, looking keeps it from answering:
 * from the second miss on, looking is left out twice as often after each, and after each success
 * half as often. */
static bool look(const struct channel_word *word, uint32_t count, const struct channel_end *end,
                 struct channel_patience *patience)
{
    if (is_changed(word, count))
        return true;
    if (patience->left_out)
        patience->left_out--;
    if (patience->left_out || !has_processors())
        return false;
    bool is_found = look_until(word, count, end, channel_now() + SPIN);
    if (!is_found)
        patience->misses += patience->misses < MISSES_MAX;
    else if (patience->misses)
        patience->misses--;
    patience->left_out = 1U << patience->misses >> 1;
    return is_found;
}

/* Sleeps until something may have changed. */
static void sleep_for(struct channel_word *word, uint32_t count, const struct channel_end *end,
                      uint64_t until)
{
    uint32_t life = end->life ? __atomic_load_n(end->life, __ATOMIC_ACQUIRE) : 0;
    struct waited waited[3] = {{count, (uintptr_t)&word->count, WAITED_32, 0},
                               {0, (uintptr_t)end->death, WAITED_32 | WAITED_PRIVATE, 0},
                               {life, (uintptr_t)end->life, WAITED_32, 0}};
    struct timespec late = timespec_of(until);
    if (life & FUTEX_OWNER_DIED)
        return;
    if (!is_under_valgrind() && (syscall(SYS_futex_waitv, waited, end->life ? 3 : 2, 0,
                                         until ? &late : NULL, CLOCK_MONOTONIC) >= 0 ||
                                 errno != ENOSYS))
        return;
    uint64_t slice = channel_now() + SLICE;
    if (!until || until > slice)
        until = slice;
    late = timespec_of(until);
    syscall(SYS_futex, &word->count, FUTEX_WAIT_BITSET, count, &late, NULL, FUTEX_BITSET_MATCH_ANY);
}

enum channel_wait channel_wait(struct channel_word *word, uint32_t count, struct channel_end end,
                               uint64_t until, struct channel_patience *patience)
{
    if (look(word, count, &end, patience))
        return CHANNEL_DONE;
    enum channel_wait result = CHANNEL_DONE;
    __atomic_store_n(&word->is_awaited, 1, __ATOMIC_SEQ_CST);
    while (!is_changed(word, count)) {
        if (is_dead(&end))
            result = CHANNEL_DEAD;
        else if (until && channel_now() >= until)
            result = CHANNEL_LATE;
        if (result != CHANNEL_DONE)
            break;
        sleep_for(word, count, &end, until);
    }
    __atomic_store_n(&word->is_awaited, 0, __ATOMIC_RELAXED);
    return result;
}

void channel_post(struct channel_word *word, uint32_t count)
{
    __atomic_store_n(&word->count, count, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&word->is_awaited, __ATOMIC_SEQ_CST))
        syscall(SYS_futex, &word->count, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void channel_set_flag(uint32_t *flag)
{
    __atomic_store_n(flag, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, flag, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

bool channel_wait_flag(uint32_t *flag, uint64_t until)
{
    struct timespec late = timespec_of(until);
    while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE)) {
        if (until && channel_now() >= until)
            return false;
        syscall(SYS_futex, flag, FUTEX_WAIT_BITSET_PRIVATE, 0, until ? &late : NULL, NULL,
                FUTEX_BITSET_MATCH_ANY);
    }
    return true;
}
