/* A main package for stress.c. With FAILS, it imports example.com/fails; with OPENS, its init opens
 * that plugin; with MISFITS, it takes a function of the host's to be of another type. */
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

#ifdef MISFITS
extern double stress_value(double value);
PLUGIN_USES(stress_value);
double misfit(void)
{
    return stress_value(0.5);
}
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
