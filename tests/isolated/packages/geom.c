#include "packages.h"
PLUGIN_PACKAGE("example.com/geom");
PLUGIN_IMPORT("example.com/log");

static int unit;

int geom_area(int a, int b)
{
    return a * b * unit;
}

PLUGIN_INIT
{
    unit = 1;
    init_ran("geom");
}
