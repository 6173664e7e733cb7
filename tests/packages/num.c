#include "num.h"
#include "log.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/num");

int num_last;
static int private_count; /* shared all the same: only the live copy's functions run */

int num_next(void)
{
    num_last++;
    return ++private_count;
}

PLUGIN_INIT
{
    test_log("num");
    num_last += 1000;
}
