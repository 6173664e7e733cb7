/* SPDX-License-Identifier: MIT */
/* The lock of the registry and of the tables of packages, and waiting that cannot deadlock. It is
 * not held while foreign code runs, nor while the dynamic loader is called: a constructor, which
 * runs with the loader's own lock, may take this one. */
#ifndef PLUGIN_LOCK_H
#define PLUGIN_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A thread that is at work. After a fork, the child has of all threads only the one that forked. */
struct thread {
    uint64_t number; /* among those that have opened plugins */
    unsigned fork;   /* number of the fork that made its process, counted from the first process */
};

void lock_acquire(void);
void lock_release(void);

#ifndef NDEBUG
/* Does the calling thread hold the lock? For assertions. */
bool lock_is_held(void);
#endif

/* The calling thread. With the lock held. */
struct thread thread_self(void);
bool thread_is_self(struct thread thread);

/* Returns why the thread will never go on, for messages: "a thread that has ended", or one that
 * this process, a fork, does not have; else NULL. With the lock held. */
const char *thread_lost_reason(struct thread thread);

/* The state of a thread's cancellation (pthread_setcancelstate(3)), for thread_restore_cancel. */
struct thread_cancel {
    int state, outer;
};

/* Defers the cancellation of the calling thread: the library cannot stop in the middle. */
void thread_defer_cancel(struct thread_cancel *cancel);

/* While foreign code runs: sets the state that the caller of the library had. */
void thread_allow_cancel(struct thread_cancel *cancel);

void thread_restore_cancel(const struct thread_cancel *cancel);

/* The calling thread ends in foreign code: what it has begun stays as it is. For
 * pthread_cleanup_push. */
void thread_set_ended(void *ignored);

/* Waits, with the lock released meanwhile, until something changes, because of what that thread is
 * about. Returns false, at once, if that thread waits, by itself or through others, for this one,
 * or is lost. */
bool lock_wait_for(struct thread thread);

/* The same, but for a few milliseconds at most: for changes that nobody tells of. */
bool lock_wait_shortly_for(struct thread thread);

/* Tells those who wait that something has changed. With the lock held. */
void lock_broadcast(void);

#endif
