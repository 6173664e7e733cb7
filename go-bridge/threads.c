/* SPDX-License-Identifier: MIT */
/* The threads for which Go memory is kept alive. A thread that ends must not call Go any more, so
 * its record goes into a list, for the next call that keeps memory. */
#include "closure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static __thread struct plugin_go_thread *current;
static _Atomic(struct plugin_go_thread *) ended; /* written with the lock held */
/* An atomic exchange would do, but ThreadSanitizer does not see it in code without instrumentation:
 * a record is freed by another thread than the one that made it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool has_key;

static void end(void *thread)
{
    struct plugin_go_thread *record = thread;
    current = NULL;
    pthread_mutex_lock(&lock);
    record->next = ended;
    ended = record;
    pthread_mutex_unlock(&lock);
}

static void make_key(void)
{
    has_key = pthread_key_create(&key, end) == 0;
}

uintptr_t plugin_go_thread_kept(void)
{
    return current ? current->kept : 0;
}

/* Without memory or a key, what the thread keeps is never dropped. */
void plugin_go_thread_keep(uintptr_t kept)
{
    pthread_once(&once, make_key);
    struct plugin_go_thread *record = has_key ? malloc(sizeof *record) : NULL;
    if (!record)
        return;
    record->kept = kept;
    if (pthread_setspecific(key, record) != 0) {
        free(record);
        return;
    }
    current = record;
}

bool plugin_go_has_ended(void)
{
    return atomic_load_explicit(&ended, memory_order_relaxed) != NULL;
}

struct plugin_go_thread *plugin_go_take_ended(void)
{
    pthread_mutex_lock(&lock);
    struct plugin_go_thread *all = atomic_exchange(&ended, NULL);
    pthread_mutex_unlock(&lock);
    return all;
}
