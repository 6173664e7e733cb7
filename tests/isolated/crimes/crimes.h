/* What a plugin may do that is wrong. */
#ifndef CRIMES_H
#define CRIMES_H

#include <plugin.h>

#include <stddef.h>

struct db;
struct owner;

struct crimes {
    int (*number)(void);   /* how often it was called in this process */
    int (*crash)(int how); /* 0: a null pointer, 1: abort, 2: exit(3), 3: the stack */
    int (*hang)(void);
    int (*beyond)(const int *values, int count); /* and nobody says that they are so many */
    int (*call)(int how);                        /* a system call */
    int (*lie)(int how);                         /* to the host */
    size_t (*eat)(size_t bytes);
    const char *(*endless)(void); /* a string without an end */
    struct db *(*db)(void);
    int (*use_db)(struct db *db);
    void (*keep)(struct owner *owner);
    struct owner *(*kept)(void);
    int (*flood)(int count); /* makes so many objects */
    int (*is_open)(int descriptor);
};

#endif
