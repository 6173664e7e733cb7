/* shapes.h - a drawing of shapes. */
#ifndef SHAPES_H
#define SHAPES_H

#include <plugin.h>

enum color { RED, GREEN, BLUE };

struct shape {
    double w, h;
    enum color color;
    const char *label;
};

#endif
