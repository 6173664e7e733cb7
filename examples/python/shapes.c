/* shapes.c - the plugin: C, which knows nothing of Python. */
#include "shapes.h"

PLUGIN_COUNTED(total, shapes, count);

int V;

double area(const struct shape *shape)
{
    return shape->w * shape->h;
}

/* Sums a measure of all shapes. */
double total(const struct shape *shapes, size_t count, double (*measure)(const struct shape *))
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += measure(&shapes[i]);
    return sum;
}

struct shape square(double side, enum color color)
{
    return (struct shape){side, side, color, "square"};
}

/* Has a bug: a shape need not have a label. */
char initial(const struct shape *shape)
{
    return shape->label[0];
}
