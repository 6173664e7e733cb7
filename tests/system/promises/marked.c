/* A plugin or library that leaves a mark, the file MARK, when it is loaded. Its value is far from
 * all else, so that its page is not touched before it is read.
 *
 * NUMBER: the value. WITH_RESOLVER: it has an indirect function, whose resolver ends the process;
 * it runs while references are bound, when no function of the C library can be called yet. CALLS: a
 * function that it also calls. NAME: the name of its function. */
#include <fcntl.h>
#include <unistd.h>

#ifndef NAME
#define NAME hit
#endif

enum { COUNT = 1 << 18 };
static const volatile int values[COUNT] = {[COUNT / 2] = NUMBER};

#ifndef WITH_RESOLVER
__attribute__((constructor)) static void leave_mark(void)
{
    close(open(MARK, O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
}
#else
static int (*resolve(void))(void)
{
    __builtin_trap();
}
int indirect(void) __attribute__((ifunc("resolve")));
int (*const use_indirect)(void) = indirect;
#endif

#ifdef CALLS
int CALLS(void);
int NAME(void)
{
    return values[COUNT / 2] + CALLS();
}
#else
int NAME(void)
{
    return values[COUNT / 2];
}
#endif
