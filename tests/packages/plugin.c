/* A main package that uses example.com/geom. NAME tells several of them apart. */
#include "geom.h"
#include "log.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/geom");

/* clang records by itself only what is called. */
PLUGIN_USES(geom_count);
PLUGIN_USES(geom_hit);
PLUGIN_USES(geom_area);

/* Private: each plugin has its own. */
int counter;
int helper(void)
{
    return ++counter;
}

int hit(void)
{
    return geom_hit();
}
int *variable(void)
{
    return &geom_count;
}
int (*function(void))(void)
{
    return geom_hit;
}

int area(void)
{
    struct shape shape = {2, 3};
    return (int)geom_area(&shape);
}

int main(void)
{
    test_log("main of a plugin");
    return 1;
}

PLUGIN_INIT
{
    test_log(NAME);
}
