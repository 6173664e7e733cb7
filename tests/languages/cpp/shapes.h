/* What the plugin shapes.so exports; C and C++. */
#ifndef SHAPES_H
#define SHAPES_H

#include <plugin.h>

struct shape {
    double width, height;
};

struct shapes {
    double (*area)(const struct shape *shape);
    int *V;
    int (*table)[4];
    const char *(*help)(void);
};
PLUGIN_OPTIONAL(struct shapes, help);

/* What it does not meet. */
struct solids {
    double (*area)(const struct shape *shape, double depth);
    double (*volume)(const struct shape *shape);
};

#endif
