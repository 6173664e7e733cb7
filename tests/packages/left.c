/* A plugin with one package. */
#include "num.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/num");
PLUGIN_USES(num_next);
int hit(void)
{
    return num_next();
}
