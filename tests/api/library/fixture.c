/* The plugin of the library's tests. COUNT_CONSTRUCTIONS names a variable of the environment that
 * each run of the constructor makes one longer. HAS_IFUNC: whether the dynamic loader
 * knows indirect functions. */
#include <stdlib.h>
#include <string.h>

#ifndef NUMBER
#define NUMBER 1
#endif

int number = NUMBER;
const int limit = 10;
_Thread_local int of_thread = NUMBER;
volatile int device;
struct point {
    int x, y;
} origin = {3, 4};

int get_number(void)
{
    return number;
}
int get_of_thread(void)
{
    return of_thread;
}
static int helper(void)
{
    return NUMBER * 100;
}
int call_helper(void)
{
    return helper();
}
const char *greeting(const struct point *p)
{
    return p->x == 3 ? "three" : "other";
}

#if HAS_IFUNC
static int resolved(void)
{
    return NUMBER + 1000;
}
static int (*resolve(void))(void)
{
    return resolved;
}
int indirect(void) __attribute__((ifunc("resolve")));
#endif

__attribute__((constructor)) static void construct(void)
{
    char value[256] = "";
    const char *before = getenv("CONSTRUCTIONS");
    strncat(value, before ? before : "", 200);
    strcat(value, "x");
    setenv("CONSTRUCTIONS", value, 1);
}
