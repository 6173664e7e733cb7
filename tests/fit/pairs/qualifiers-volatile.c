/* Who reads a volatile int reads it anew each time: a parameter of the host may be more volatile than the
 * plugin knows, not less.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, misreads
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <signal.h>
#include <sys/time.h>

#if V >= 2
typedef volatile int flag;
#else
typedef int flag;
#endif
int host_wait(flag *is_done);

#ifdef HOST
int host_wait(flag *is_done)
{
    for (long i = 0; i < 1L << 28; i++)
        if (*is_done)
            return 1;
    return 0;
}
#else
static flag is_done;
static void finish(int signal)
{
    (void)signal;
    is_done = 1;
}
int run(void)
{
#if V >= 2
    struct itimerval soon = {.it_value.tv_usec = 1000};
    signal(SIGVTALRM, finish);
    setitimer(ITIMER_VIRTUAL, &soon, NULL);
#else
    finish(0);
#endif
    return !host_wait(&is_done);
}
#endif
