/* The plugin that is upgraded. NUMBER is its version. */
#include <plugin.h>

void host_note(const char *what, int number);

#define TEXT_(number) #number
#define TEXT(number)  TEXT_(number)
PLUGIN_INFO("version", TEXT(NUMBER));

int calls;        /* atomic */
static int state; /* 1: its init ran; 2: it was retired. Atomic */

int version(void)
{
    return NUMBER;
}

/* Returns what only this version makes of the argument; 0 before the init. */
int serve(int argument)
{
    __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    return __atomic_load_n(&state, __ATOMIC_ACQUIRE) ? argument * NUMBER : 0;
}

PLUGIN_INIT
{
    host_note("init", NUMBER);
    __atomic_store_n(&state, state + 1, __ATOMIC_RELEASE);
}

PLUGIN_RETIRE
{
    host_note("retire", NUMBER);
    __atomic_store_n(&state, 2, __ATOMIC_RELEASE);
}
