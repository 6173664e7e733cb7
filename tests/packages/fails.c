/* Package example.com/fails, whose init fails, unless the environment says otherwise. */
#include "log.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/fails");

int fails_value = 1;

PLUGIN_INIT
{
    test_log("fails 1");
    if (!getenv("INIT_SUCCEEDS"))
        plugin_init_fail("the database\033[31m is locked");
    plugin_init_fail("a second reason");
}
PLUGIN_INIT
{
    test_log("fails 2");
}
