/* What the plugin worker.so exports, which is opened isolated. */
#ifndef WORKER_H
#define WORKER_H

#include <plugin.h>

struct worker {
    long (*sum)(const int *values, size_t count);
    void (*end)(int status);
    int (*calls)(void);
};
PLUGIN_COUNTED(sum, values, count);

#endif
