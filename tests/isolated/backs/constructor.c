#include "backs.h"

static int called;

/* Calls the host before that waits for calls. */
__attribute__((constructor)) static void start(void)
{
    called = host_twice(1);
}

int negate(int value)
{
    return called - value;
}
