/* Calls back: functions that the host passes to the plugin, and the plugin to the host, and those
 * that the plugin imports. */
#ifndef BACKS_H
#define BACKS_H

#include <plugin.h>

#include <stddef.h>
#include <stdint.h>

struct point {
    char tag;
    double x;
    int32_t y;
};
struct name {
    const char *first, *last;
};
struct ops {
    int (*twice)(int value);
    const char *(*greet)(const struct name *name);
    void *data;
};
typedef int visit(void *data, const char *line);
typedef int32_t (*sum_fn)(const int32_t *values, size_t count);
typedef int64_t (*read_fn)(void *data, char *buffer, size_t size);
typedef int8_t (*narrow_fn)(int8_t a, uint16_t b);
struct shape;

/* The parameters of a type have no names in a stamp: numbers stand for them. */
PLUGIN_COUNTED(sum_fn, 1, 2);
PLUGIN_COUNTED(read_fn, 2, 3);
PLUGIN_COUNTED_BY_RESULT(read_fn, 2);
PLUGIN_OUT(read_fn, 2);

struct backs {
    void (*sort)(struct point *points, size_t count,
                 int (*compare)(const struct point *a, const struct point *b));
    int (*each_line)(const char *text, visit *each, void *data);
    int (*apply)(int (*function)(int value), int value);
    int (*use)(const struct ops *ops, int value);
    int32_t (*total)(sum_fn function);
    int64_t (*read_all)(read_fn function, void *data);
    int (*read_large)(read_fn function, void *data);
    int8_t (*narrow)(narrow_fn function, int8_t a);
    struct point (*move)(struct point (*function)(struct point point, double by),
                         struct point point);
    /* kept */
    void (*keep)(int (*function)(int value));
    int (*call_kept)(int value);
    int (*(*kept)(void))(int value);
    /* of the plugin */
    int (*(*adder)(int which))(int value);
    int (*same)(int (*a)(int value), int (*b)(int value));
    void (*fill_ops)(struct ops *ops);
    int (*negate)(int value);
    /* nesting: the host calls the plugin again */
    int (*nest)(int (*function)(int depth), int depth);
    int (*fail)(int (*function)(int number), int number);
    int (*in_thread)(int (*function)(int value), int value);
    /* of the host's functions below */
    const char *(*ask)(const char *question);
    double (*far)(double x);
    int (*own_negate)(int value);
    int (*has_missing)(void);
};
PLUGIN_COUNTED(sort, points, count);

/* What the plugin imports from the host. */
const char *host_answer(const char *question);
struct point host_far(const struct point *point, double by);
int host_apply(int (*function)(int value), int value);
int host_twice(int value);
extern int host_missing(void) __attribute__((weak));

#endif
