/* A main package that imports example.com/needs. */
#include "log.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/needs");
int needs_value(void);
PLUGIN_USES(needs_value);
int value(void)
{
    return needs_value();
}
PLUGIN_INIT
{
    test_log(NAME);
}
