/* A plugin whose init opens the plugin that OPENS names, and fails with its error. */
#include <plugin.h>
#include <stdlib.h>
int V = 1;
PLUGIN_INIT
{
    if (!plugin_open(OPENS))
        plugin_init_fail(plugin_error());
}
