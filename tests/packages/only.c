/* Nothing but a package. */
#include <plugin.h>

PLUGIN_PACKAGE("example.com/only");
int hit(void)
{
    return 1;
}
