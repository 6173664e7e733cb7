/* Crashes in its constructor, or in its init. */
#include <plugin.h>

#include <stdlib.h>

static volatile int *volatile nowhere;

__attribute__((constructor)) static void constructor(void)
{
    if (getenv("IN_CONSTRUCTOR"))
        *nowhere = 1;
}

PLUGIN_INIT
{
    if (getenv("IN_INIT"))
        abort();
}
