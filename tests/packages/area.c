/* The second file of the package. */
#include "geom.h"
#include "log.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/geom");

double geom_area(const struct shape *shape)
{
    return shape->w * shape->h;
}

PLUGIN_INIT
{
    test_log("geom 3");
}
