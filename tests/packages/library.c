/* A library without packages, whose init takes a while, and fails if the environment says so. */
#include "log.h"
#include <plugin.h>
#include <time.h>

int library_value;

PLUGIN_INIT
{
    const struct timespec pause = {0, 200000000};
    test_log("library begins");
    nanosleep(&pause, NULL);
    if (getenv("LIBRARY_FAILS"))
        plugin_init_fail("no disk");
    else
        library_value = 1;
}
