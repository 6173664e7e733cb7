/* SPDX-License-Identifier: MIT */
/* The lock that guards what this process has open, and waiting without waiting for ever. */
#include "base/lock.h"

#include "base/array.h"

#include <assert.h>
#include <stddef.h>
#include <time.h>

/* A thread that waits for another one. */
struct waiter {
    uint64_t thread, waits_for; /* numbers */
    bool is_woken;              /* it is not in the list any more */
    struct waiter *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct waiter *waiters; /* guarded by the lock; each is on its thread's stack */
static unsigned forks;         /* guarded by the lock */

/* Unlike a pthread_t, a thread's number is never used again. 0: it has none yet. */
static __thread uint64_t own_number;
static uint64_t thread_count; /* guarded by the lock */

/* The numbers of threads that ended in an init; guarded by the lock. */
static uint64_t *ended;
static size_t ended_count, ended_capacity;

#ifndef NDEBUG
static _Thread_local bool is_held;

bool lock_is_held(void)
{
    return is_held;
}
#endif

/* Notes whether the calling thread holds the lock. */
static void lock_set_held(bool held)
{
#ifndef NDEBUG
    assert(is_held != held);
    is_held = held;
#else
    (void)held;
#endif
}

void lock_acquire(void)
{
    pthread_mutex_lock(&lock);
    lock_set_held(true);
}

void lock_release(void)
{
    lock_set_held(false);
    pthread_mutex_unlock(&lock);
}

/* In a child. Those who waited are not there any more. */
static void lock_reset_in_child(void)
{
    changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    waiters = NULL;
    forks++;
    lock_release();
}

#ifdef __GLIBC__
/* What glibc's pthread_atfork calls (LSB Core 5.0, libc, __register_atfork). That is linked in
 * behind all other code of the library, and each program would have those pages mapped at its
 * start. */
int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void),
                      void *dso_handle);
extern void *__dso_handle __attribute__((visibility("hidden")));
#define register_atfork(prepare, parent, child)                                                    \
    __register_atfork(prepare, parent, child, __dso_handle)
#else
#define register_atfork pthread_atfork
#endif

/* A fork while another thread holds the lock would leave the child without that thread, and with
 * the lock held. */
__attribute__((constructor)) static void lock_watch_forks(void)
{
    register_atfork(lock_acquire, lock_release, lock_reset_in_child);
}

struct thread thread_self(void)
{
    assert(lock_is_held());
    if (!own_number)
        own_number = ++thread_count;
    return (struct thread){own_number, forks};
}

bool thread_is_self(struct thread thread)
{
    return own_number && thread.number == own_number;
}

const char *thread_lost_reason(struct thread thread)
{
    assert(lock_is_held());
    if (thread.fork != forks && !thread_is_self(thread))
        return "a thread that does not exist in this forked process";
    for (size_t i = 0; i < ended_count; i++)
        if (ended[i] == thread.number)
            return "a thread that has ended";
    return NULL;
}

/* PTHREAD_CANCEL_ENABLE or _DISABLE: the state of the caller of plugin_open; -1 outside. */
static __thread int caller_state = -1;

void thread_defer_cancel(struct thread_cancel *cancel)
{
    cancel->outer = caller_state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel->state);
    caller_state = cancel->state;
}

void thread_restore_cancel(const struct thread_cancel *cancel)
{
    int ignored;
    caller_state = cancel->outer;
    pthread_setcancelstate(cancel->state, &ignored);
}

void thread_allow_cancel(struct thread_cancel *cancel)
{
    cancel->outer = caller_state;
    cancel->state = PTHREAD_CANCEL_DISABLE;
    if (caller_state >= 0)
        pthread_setcancelstate(caller_state, &cancel->state);
}

void thread_set_ended(void *ignored)
{
    (void)ignored;
    lock_acquire();
    uint64_t *added = array_add(NULL, ended, ended_count, ended_capacity);
    if (added)
        *added = thread_self().number;
    lock_broadcast();
    lock_release();
}

/* Does it wait for this thread, by itself or through others? A thread waits for one at a time, and
 * no ring was ever closed, so the way ends. */
static bool thread_waits_for_self(uint64_t thread)
{
    for (;;) {
        if (thread == own_number)
            return true;
        const struct waiter *waiter = waiters;
        while (waiter && waiter->thread != thread)
            waiter = waiter->next;
        if (!waiter)
            return false;
        thread = waiter->waits_for;
    }
}

/* Waits until woken, or until `end`, if there is one. */
static bool lock_wait_until(struct thread thread, const struct timespec *end)
{
    if (thread_lost_reason(thread) || thread_waits_for_self(thread.number))
        return false;
    struct waiter own = {thread_self().number, thread.number, false, waiters};
    /* A thread that was cancelled in the wait would hold the lock for ever. */
    int cancel_state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    waiters = &own;
    int result = 0;
    while (!own.is_woken && result == 0)
        result =
            end ? pthread_cond_timedwait(&changed, &lock, end) : pthread_cond_wait(&changed, &lock);
    struct waiter **link = &waiters;
    while (*link && *link != &own)
        link = &(*link)->next;
    if (*link) /* not woken */
        *link = own.next;
    pthread_setcancelstate(cancel_state, &cancel_state);
    return true;
}

bool lock_wait_for(struct thread thread)
{
    return lock_wait_until(thread, NULL);
}

bool lock_wait_shortly_for(struct thread thread)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += 5000000;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    return lock_wait_until(thread, &end);
}

/* They leave the list here, not when they get to run: what they waited for may be done, and then
 * who did it may wait for them without closing a ring. Those who must wait on will look again. */
void lock_broadcast(void)
{
    assert(lock_is_held());
    for (struct waiter *waiter = waiters; waiter; waiter = waiter->next)
        waiter->is_woken = true;
    waiters = NULL;
    pthread_cond_broadcast(&changed);
}
