/* A library of the plugin with a package, which the plugin does not carry. */
#include "packages.h"
PLUGIN_PACKAGE("example.com/shapes");
PLUGIN_IMPORT("example.com/util");

#include <stdio.h>
#include <stdlib.h>

static int factor;

int shapes_twice(int number)
{
    return util_thrice(number) - number * (3 - factor);
}

PLUGIN_INIT
{
    factor = util_thrice(1) == 3 ? 2 : 0;
    if (getenv("SHAPES"))
        plugin_init_fail(getenv("SHAPES"));
}
