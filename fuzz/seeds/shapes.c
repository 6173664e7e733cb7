/* The package of the seeds. With -DHOST, for the host, a member has another type. */
#include <plugin.h>

PLUGIN_PACKAGE("example.com/shapes");

#ifdef HOST
typedef float number;
#else
typedef double number;
#endif
struct shape {
    int n;
    number r;
};
double area(const struct shape *s);
int shapes;

double area(const struct shape *s)
{
    return s->n * s->r + shapes;
}
