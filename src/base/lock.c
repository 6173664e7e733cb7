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

bool sync_is_held(void)
{
    return is_held;
}
#endif

/* Notes whether the calling thread holds the lock. */
static void set_held(bool held)
{
#ifndef NDEBUG
    assert(is_held != held);
    is_held = held;
#else
    (void)held;
#endif
}

void sync_lock(void)
{
    pthread_mutex_lock(&lock);
    set_held(true);
}

void sync_unlock(void)
{
    set_held(false);
    pthread_mutex_unlock(&lock);
}

/* In a child. Those who waited are not there any more. */
static void forget_threads(void)
{
    changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    waiters = NULL;
    forks++;
    sync_unlock();
}

/* A fork while another thread holds the lock would leave the child without that thread, and with
 * the lock held. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(sync_lock, sync_unlock, forget_threads);
}

struct sync_thread sync_self(void)
{
    assert(sync_is_held());
    return (struct sync_thread){pthread_self(), forks};
}

bool sync_is_self(struct sync_thread thread)
{
    return pthread_equal(thread.id, pthread_self());
}

bool sync_is_lost(struct sync_thread thread)
{
    assert(sync_is_held());
    return thread.fork != forks && !sync_is_self(thread);
}

/* Does it wait for this thread, by itself or through others? A thread waits for one at a time, and
 * no ring was ever closed, so the way ends. */
static bool waits_for_self(pthread_t thread)
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
static bool wait_until(struct sync_thread thread, const struct timespec *end)
{
    if (sync_is_lost(thread) || waits_for_self(thread.id))
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

bool sync_wait_for(struct sync_thread thread)
{
    return wait_until(thread, NULL);
}

bool sync_wait_shortly_for(struct sync_thread thread)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += 5000000;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    return wait_until(thread, &end);
}

/* They leave the list here, not when they get to run: what they waited for may be done, and then
 * who did it may wait for them without closing a ring. Those who must wait on will look again. */
void sync_changed(void)
{
    assert(sync_is_held());
    for (struct waiter *waiter = waiters; waiter; waiter = waiter->next)
        waiter->is_woken = true;
    waiters = NULL;
    pthread_cond_broadcast(&changed);
}
