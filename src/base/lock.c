/* The lock that guards what this process has open, and waiting without waiting for ever. */
#include "base/lock.h"

#include <assert.h>
#include <stddef.h>
#include <time.h>

/* A thread that waits for another one. */
struct waiter {
    pthread_t thread, waits_for;
    bool is_woken; /* it is not in the list any more */
    struct waiter *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct waiter *waiters; /* guarded by the lock; each is on its thread's stack */
static unsigned forks;         /* guarded by the lock */

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

/* A fork while another thread holds the lock would leave the child without that thread, and with
 * the lock held. */
__attribute__((constructor)) static void lock_watch_forks(void)
{
    pthread_atfork(lock_acquire, lock_release, lock_reset_in_child);
}

struct thread thread_self(void)
{
    assert(lock_is_held());
    return (struct thread){pthread_self(), forks};
}

bool thread_is_self(struct thread thread)
{
    return pthread_equal(thread.id, pthread_self());
}

bool thread_is_lost(struct thread thread)
{
    assert(lock_is_held());
    return thread.fork != forks && !thread_is_self(thread);
}

/* Does it wait for this thread, by itself or through others? A thread waits for one at a time, and
 * no ring was ever closed, so the way ends. */
static bool thread_waits_for_self(pthread_t thread)
{
    for (;;) {
        if (pthread_equal(thread, pthread_self()))
            return true;
        const struct waiter *waiter = waiters;
        while (waiter && !pthread_equal(waiter->thread, thread))
            waiter = waiter->next;
        if (!waiter)
            return false;
        thread = waiter->waits_for;
    }
}

/* Waits until woken, or until `end`, if there is one. */
static bool lock_wait_until(struct thread thread, const struct timespec *end)
{
    if (thread_is_lost(thread) || thread_waits_for_self(thread.id))
        return false;
    struct waiter own = {pthread_self(), thread.id, false, waiters};
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
