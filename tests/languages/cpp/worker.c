/* worker.so: what only another process may do. */
#include "worker.h"

#include <stdlib.h>

static int call_count;

long sum(const int *values, size_t count)
{
    long total = 0;
    for (size_t i = 0; i < count; i++)
        total += values[i];
    return total;
}

void end(int status)
{
    _Exit(status);
}

int calls(void)
{
    return ++call_count;
}
