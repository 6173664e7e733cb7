#include "log.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/slow");
extern int slow_value;
PLUGIN_USES(slow_value);
int value(void)
{
    return slow_value;
}
PLUGIN_INIT
{
    test_log(slow_value == 1 ? "user after slow" : "user before slow");
}
