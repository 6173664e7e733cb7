/* Types of values.so. */
#ifndef VALUES_H
#define VALUES_H

#include <plugin.h>
#include <stddef.h>

enum color { RED, GREEN = 5, BLUE, AZURE = BLUE };
enum flags { READ = 1, WRITE = 2, _private = 4 };

struct shape {
    double w, h;
};

struct point {
    int x, y;
};

struct record {
    struct record *next;
    const char *name;
    char tag[8];
    int small : 5;
    unsigned bits : 3;
    _Bool on : 1;
    enum color kind : 4;
    union {
        int i;
        float f;
    };
    struct {
        int inner;
    };
    const int fixed;
};

struct operations {
    const char *name;
    int (*run)(int value);
    struct point *at;
};

struct handlers {
    int (*moved)(const struct point *to);
    const char *(*name)(struct point of);
};

#endif
