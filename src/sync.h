/* The lock that guards what this process has open (registry.c) and the packages that it has
 * (package.c), and waiting for other threads without waiting for ever. It is never held while
 * foreign code runs, nor while the dynamic loader is called: a constructor, which runs under the
 * loader's own lock, may take this one. */
#ifndef PLUGIN_SYNC_H
#define PLUGIN_SYNC_H

#include <pthread.h>
#include <stdbool.h>

void sync_lock(void);
void sync_unlock(void);

/* Waits, with the lock released meanwhile, until something changes, because of what that thread is
 * about. Returns false, at once, if that thread waits, by itself or through others, for this one.
 */
bool sync_wait_for(pthread_t thread);

/* Tells those who wait that something has changed. With the lock held. */
void sync_changed(void);

#endif
