/* What host and isolated plugin share. */
#ifndef SHARED_H
#define SHARED_H

#include <plugin.h>

#include <stddef.h>
#include <stdint.h>

struct point {
    char tag;
    double x;
    int32_t y;
};
struct node {
    int value;
    struct node *next;
};

struct shared {
    int *V;
    int (*numbers)[4];
    struct point *corner;
    volatile long *ticks;
    const int (*limits)[3];
    char (*name)[8];
    int (*get)(void);
    void (*set)(int value);
    void (*tick)(void);
    int (*is_V)(const int *at);
    int *(*address)(int which); /* of V, numbers[which], and beyond; < 0: of what is static */
    const char *(*get_name)(void);
    struct node *(*list)(void); /* in name: a lie of the plugin's author */
    size_t (*length)(const char *text);
    long (*sum)(const int *values, size_t count);
    void (*fill)(void *bytes, size_t count, int with);
    int *(*same)(int *at);
    void (*remember)(int *at);
    int (*poke)(int value); /* at what is remembered; the value before */
    int (*sum_points)(const struct point *points, int count);
    void (*reverse)(struct node *list);
    void (*nothing)(void);
    void (*pass)(int *values, size_t count);
    int (*crash)(void);
    int (*descriptors)(void);          /* of shared memory, that its constructor could use */
    int *(*forge)(uint64_t reference); /* answers by itself */
    int (*spoil)(void);                /* writes to all memory that it shares and may write to */
};

PLUGIN_COUNTED(sum, values, count);
PLUGIN_COUNTED(fill, bytes, count);
PLUGIN_COUNTED(pass, values, count);
PLUGIN_COUNTED(sum_points, points, count);

#endif
