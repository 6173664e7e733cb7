/* A library of the library. */
#include "packages.h"
#ifdef AS_PACKAGE
PLUGIN_PACKAGE("example.com/util");
#endif

#include <stdlib.h>

static int factor;

int util_thrice(int number)
{
    return number * factor;
}

PLUGIN_INIT
{
    factor = 3;
    if (getenv("UTIL"))
        plugin_init_fail("util has no factor");
}
