/* What cannot cross to another process. */
#ifndef REFUSED_H
#define REFUSED_H

#include <plugin.h>

#include <stdio.h>

struct refused {
    int (*copy)(char *to); /* of how many bytes? */
    int (*print)(FILE *to);
    int (*add)(int count, ...);
    int (*wait)(volatile int *word);
};

PLUGIN_COUNTED(copy, from, size); /* there are none */

#endif
