/* The package of these seeds. As the host has it, with -DHOST, a member is of another type. */
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
