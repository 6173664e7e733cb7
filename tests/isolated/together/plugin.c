#include "together.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

long V = 1;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static number *asked;
static int asked_value;

/* Calls what it is asked to, one after the other. */
static void *run(void *data)
{
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!asked)
            pthread_cond_wait(&changed, &lock);
        asked_value = asked(asked_value);
        asked = NULL;
        pthread_cond_broadcast(&changed);
    }
    return data;
}

PLUGIN_INIT
{
    pthread_t thread;
    const char *init = getenv("INIT");
    say("plugin");
    V = 7;
    if (init && !strcmp(init, "call"))
        host_note("an init");
    if (pthread_create(&thread, NULL, run, NULL) != 0)
        plugin_init_fail("no thread");
}

PLUGIN_RETIRE
{
    host_note("retire");
}

const char *order(void)
{
    return said();
}

int ask_is_it(is_it *is, const long *at)
{
    return 10 * is(&V) + is(at);
}

long add_to(give *gives, long value)
{
    long *at = gives();
    *at += value;
    return *at;
}

int from_thread(number *function, int value)
{
    pthread_mutex_lock(&lock);
    asked = function;
    asked_value = value;
    pthread_cond_broadcast(&changed);
    while (asked)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return asked_value;
}

int call_import(int value)
{
    return host_twice(library_twice(value));
}

other *turn(number *function)
{
    return (other *)(void *)function;
}
