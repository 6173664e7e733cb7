/* Counts; with a lock if LOCKED is set. */
#include <pthread.h>

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
int count;

void count_up(void)
{
    if (LOCKED)
        pthread_mutex_lock(&lock);
    count++;
    if (LOCKED)
        pthread_mutex_unlock(&lock);
}
