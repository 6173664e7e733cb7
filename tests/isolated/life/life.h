/* A plugin whose process ends in many ways. */
#ifndef LIFE_H
#define LIFE_H

#include <plugin.h>

#include <stddef.h>

typedef int life_function(int value);

struct life {
    int (*number)(void);            /* how often it was called in this process */
    int (*touch)(size_t mebibytes); /* fills so much memory */
    int (*die)(int how);            /* a signal, or one of enum life_death */
    int (*is_alive)(void);          /* is it known to the kernel whom its death is to wake? */
    int (*hang)(void);
    int (*sleep_ms)(int milliseconds);
    void (*at_end)(int what); /* enum life_end */
    void (*keep)(life_function *function);
    int (*handle)(int how); /* a handler of its own for what goes wrong: 0: recovers, 1: ends */
};

enum life_death {
    DIE_IN_STATIC = 100, /* a static function */
    DIE_IN_LIBC,         /* memset of a null pointer */
    DIE_OF_ABORT,
    DIE_OF_STACK,
    DIE_BY_LIE,           /* says that it has died, and hangs */
    DIE_BY_LIE_AGAIN,     /* changes the word for ever */
    DIE_IN_PLACE_OF_LIES, /* says that it was elsewhere */
    DIE_OF_A_CALL         /* of a null pointer */
};

enum life_end { END_SAYS, END_HANGS, END_CRASHES, END_CALLS, END_EXITS };

#endif
