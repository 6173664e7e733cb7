/* The host of uses.c. Some of its symbols have other types than the plugin expects. */
#include <plugin.h>

PLUGIN_IMPORT("example.com/shapes");
long host_limit;
int host_log(const char *format, ...);
int host_log(const char *format, ...)
{
    return *format;
}
