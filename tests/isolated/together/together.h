/* A plugin that has all: packages with inits, variables, memory of plugin_alloc, and calls back. */
#ifndef TOGETHER_H
#define TOGETHER_H

#include <plugin.h>

#include <stddef.h>

typedef int number(int value);
typedef int other(long value);
typedef int is_it(const long *at);
typedef long *give(void);

struct together {
    long *V;
    const char *(*order)(void);
    int (*ask_is_it)(is_it *is, const long *at);     /* is it what the host has there? */
    long (*add_to)(give *gives, long value);         /* at what the host gives */
    int (*from_thread)(number *function, int value); /* on a thread that an init has made */
    int (*call_import)(int value);
    other *(*turn)(number *function);
};

/* Of the host. */
int host_twice(int value);
void host_note(const char *what);

/* Of the library. */
void say(const char *word);
const char *said(void);
int library_twice(int value);

#endif
