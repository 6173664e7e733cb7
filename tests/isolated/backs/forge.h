/* Calls back that are wrong, of either side. */
#ifndef FORGE_H
#define FORGE_H

#include <plugin.h>

typedef int callback(int value);

struct forge {
    int (*call)(callback *function, int value);
    int (*forge)(int how, callback *function);
    int (*slow)(callback *function, int milliseconds); /* before the call, and after it */
    int (*hang)(int milliseconds);
    int (*crash)(int value);
    int (*number)(void); /* how often it was called in this process */
    callback *(*adder)(int number);
    void (*keep)(callback *function);
    int (*kept)(int value);
    int (*endless)(int (*function)(const char *text));
    const char *(*text)(const char *(*function)(void));
    int (*in_thread)(callback *function, int value);
    int (*beyond)(int (*function)(const int *values)); /* passes two, and nobody says that */
};

#endif
