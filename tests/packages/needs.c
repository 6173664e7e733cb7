/* Package example.com/needs imports example.com/fails. */
#include "log.h"
#include <plugin.h>
PLUGIN_PACKAGE("example.com/needs");
PLUGIN_IMPORT("example.com/fails");
extern int fails_value;
int needs_value(void)
{
    return fails_value;
}
PLUGIN_INIT
{
    test_log("needs");
}
