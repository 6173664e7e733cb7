/* The lock that guards what this process has open, and waiting without waiting for ever. */
#include "sync.h"

#include <stddef.h>

/* A thread that waits for another one. */
struct waiter {
    pthread_t thread, waits_for;
    struct waiter *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct waiter *waiters; /* guarded by the lock; each is on its thread's stack */

void sync_lock(void)
{
    pthread_mutex_lock(&lock);
}

void sync_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static const struct waiter *find_waiter(pthread_t thread)
{
    const struct waiter *waiter = waiters;
    while (waiter && !pthread_equal(waiter->thread, thread))
        waiter = waiter->next;
    return waiter;
}

/* Does it wait for this thread, by itself or through others? A thread waits for one at a time, and
 * no ring was ever closed, so the way ends. */
static bool waits_for_self(pthread_t thread)
{
    for (;;) {
        if (pthread_equal(thread, pthread_self()))
            return true;
        const struct waiter *waiter = find_waiter(thread);
        if (!waiter)
            return false;
        thread = waiter->waits_for;
    }
}

bool sync_wait_for(pthread_t thread)
{
    if (waits_for_self(thread))
        return false;
    struct waiter own = {pthread_self(), thread, waiters};
    waiters = &own;
    pthread_cond_wait(&changed, &lock);
    struct waiter **link = &waiters;
    while (*link != &own)
        link = &(*link)->next;
    *link = own.next;
    return true;
}

void sync_changed(void)
{
    pthread_cond_broadcast(&changed);
}
