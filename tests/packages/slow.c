/* Package example.com/slow, whose init lasts 300 ms, or until the log has the line that the
 * environment variable SLOW_UNTIL names. With SLOW_EXITS its thread ends then. */
#include "log.h"
#include <plugin.h>
#include <pthread.h>
PLUGIN_PACKAGE("example.com/slow");

int slow_value;

PLUGIN_INIT
{
    const struct timespec pause = {0, 300000000};
    const char *until = getenv("SLOW_UNTIL");
    test_log("slow begins");
    if (until)
        test_wait(until);
    else
        nanosleep(&pause, NULL);
    if (getenv("SLOW_EXITS"))
        pthread_exit(NULL);
    slow_value++;
    test_log("slow ends");
}
