/* An isolated plugin whose init calls its host. */
#ifndef INITS_H
#define INITS_H

#include <plugin.h>

struct inits {
    int (*number)(int n);
    long *V;
};

/* Of the host. */
typedef int callback(int value);
void host_note(const char *text);
void host_register(callback *function);
int host_call(callback *function, int value);
int host_act(int value);           /* does what the host's arguments say */
void host_add(long *value, int n); /* adds */

#endif
