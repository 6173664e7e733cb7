#include "geom.h"
#include "log.h"
#include "num.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/geom");
PLUGIN_IMPORT("example.com/num");

int geom_count;

PLUGIN_INIT
{
    test_log(num_last >= 1000 ? "geom 1" : "geom before num");
}

int geom_hit(void)
{
    num_next();
    return ++geom_count;
}

PLUGIN_INIT
{
    test_log("geom 2");
}
