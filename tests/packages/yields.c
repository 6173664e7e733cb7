/* Package example.com/yields imports example.com/num, and yields to others in its init. */
#include "num.h"
#include <plugin.h>
#include <sched.h>
PLUGIN_PACKAGE("example.com/yields");
PLUGIN_IMPORT("example.com/num");
PLUGIN_USES(num_last);

int yields_value;

PLUGIN_INIT
{
    yields_value++;
    sched_yield();
    yields_value += num_last == 1000;
}
