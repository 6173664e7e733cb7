/* Marks of calls that go wrong. */
#ifndef BROKEN_H
#define BROKEN_H

#include <plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thing {
    const char *name;
    int number;
    int (*get)(int number);
    size_t count;
    const int *numbers;
};
struct part { /* PLUGIN_ARENA */
    size_t size;
    unsigned char *data;
    const char *name;
    struct part *next;
};
PLUGIN_COUNTED_MEMBER(struct thing, numbers, count);
PLUGIN_COUNTED_MEMBER(struct part, data, size);
PLUGIN_ARENA(struct part);

struct broken {
    void (*begin)(int number);
    void (*again)(const char *name, int count); /* the same object, changed */
    int (*flood)(int count);                    /* as many objects as this */
    void (*crash)(void);
    void (*keep)(const struct thing *thing);
    const struct thing *(*kept)(void);
    char *(*text)(int which);
    struct thing *(*make)(int number);
    void (*drop)(struct thing *thing);
    int (*dropped)(void);
    struct thing *(*argument)(struct thing *thing); /* returns it as one of its own */
    const int *(*negative)(int *n);
    int (*measure)(const struct part *part);
    int (*sum)(const int *numbers, const size_t *count);
    struct part *(*change)(struct part *part, int which);
    bool (*use_host)(void); /* all that the plugin imports */
    int (*forge)(int which);
};
PLUGIN_KEPT(keep, given);
PLUGIN_OWNED(text, free);
PLUGIN_OWNED(make, drop);
PLUGIN_OWNED(argument, drop);
PLUGIN_COUNTED(negative, return, n);
PLUGIN_COUNTED(sum, values, count);

void host_keep(const struct thing *thing);
PLUGIN_KEPT(host_keep, thing);
const struct thing *host_own(void);
bool host_is_own(const struct thing *thing);
struct thing *host_make(void);
void host_drop(struct thing *thing);
PLUGIN_OWNED(host_make, host_drop);

#endif
