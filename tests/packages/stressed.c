/* A main package for stress.c. With FAILS, it imports example.com/fails; with OPENS, its init opens
 * that plugin. */
#include "num.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/num");
PLUGIN_IMPORT("example.com/yields");
PLUGIN_USES(num_last);
extern int yields_value;
PLUGIN_USES(yields_value);
#ifdef FAILS
PLUGIN_IMPORT("example.com/fails");
#endif

int number = NUMBER; /* tells the plugins apart */
static int ready;

PLUGIN_INIT
{
#ifdef OPENS
    if (!plugin_open(OPENS))
        plugin_init_fail(plugin_error());
#endif
    /* Both inits have run, and each once. */
    ready += num_last == 1000 && yields_value == 2;
}

int was_ready(void)
{
    return ready;
}
