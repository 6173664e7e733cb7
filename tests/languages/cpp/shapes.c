/* shapes.so: a plugin with symbols of every kind. */
#include "shapes.h"

PLUGIN_IMPLEMENTS(struct shapes);
#ifndef VERSION
#define VERSION "1.2"
#endif
PLUGIN_INFO("version", VERSION);

int V = 3;
int table[4] = {1, 2, 3, 4};
static int *retired;

double area(const struct shape *shape)
{
    return shape->width * shape->height;
}

/* Where to note that the plugin retires. */
void tell(int *here)
{
    retired = here;
}

PLUGIN_RETIRE
{
    if (retired)
        *retired = 1;
}
