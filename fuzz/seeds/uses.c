/* A plugin that uses what a host, and a package that it carries, have; for the seeds. */
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
