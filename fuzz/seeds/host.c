/* What a host has that the plugin of these seeds uses; not all of it is of the same type. */
#include <plugin.h>

PLUGIN_IMPORT("example.com/shapes");
long host_limit;
int host_log(const char *format, ...);
int host_log(const char *format, ...)
{
    return *format;
}
