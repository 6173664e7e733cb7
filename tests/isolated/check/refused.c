/* A plugin of which nothing can cross. */
#include "refused.h"

int copy(char *to)
{
    return !to;
}

int print(FILE *to)
{
    return !to;
}

int add(int count, ...)
{
    return count;
}

int wait(volatile int *word)
{
    return *word;
}
