/* A plugin that uses symbols of its host and of a package. */
#include <plugin.h>

PLUGIN_IMPORT("example.com/shapes");

struct shape {
    int n;
    double r;
};
double area(const struct shape *s);
extern int host_limit;
int host_log(const char *format, ...);

PLUGIN_INIT
{
    host_log("%d", host_limit);
}

double twice(const struct shape *s)
{
    return 2 * area(s);
}
