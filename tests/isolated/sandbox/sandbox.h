/* A plugin that tries what its sandbox is to deny. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <plugin.h>

struct sandbox {
    /* Returns the name of attempt number `number`; NULL: there are no more. */
    const char *(*attempt_name)(int number);
    /* Makes it, against the process `host` and the file `path`. Returns errno; 0: it succeeded. */
    int (*attempt)(int number, int host, const char *path);
    /* Makes a system call with these arguments only. */
    long (*call)(long number, long a, long b, long c);
    int (*start_threads)(int count);   /* returns how many it could start; they stay */
    int (*fill)(int megabytes);        /* of private memory; returns how many it got */
    int (*fill_shared)(int megabytes); /* of the messages that it shares with the host */
};

#endif
