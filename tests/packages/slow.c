/* Package example.com/slow, whose init takes a while. */
#include "log.h"
#include <plugin.h>
#include <time.h>
PLUGIN_PACKAGE("example.com/slow");

int slow_value;

PLUGIN_INIT
{
    const struct timespec pause = {0, 300000000};
    test_log("slow begins");
    nanosleep(&pause, NULL);
    slow_value++;
    test_log("slow ends");
}
