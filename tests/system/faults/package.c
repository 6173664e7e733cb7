/* Package example.com/count, which imports nothing. */
#include "package.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/count");

static int count = -1;

PLUGIN_INIT
{
    count++;
}

int count_next(void)
{
    return ++count;
}
