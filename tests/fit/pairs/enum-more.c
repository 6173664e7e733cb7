/* Who receives a value of an enum of PLUGIN_GROWS handles those that it does not know: either side
 * may know more.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 * host 2, plugin 1 -DHAS_OWN: fits, runs
 * host 1 -DPROMISES_NOTHING, plugin 2 -DPROMISES_NOTHING: refused, overruns
 */
#include <plugin.h>

enum event {
    OPENED,
    CLOSED,
#if V >= 2
    LOST,
#endif
#ifdef HAS_OWN
    OWN = 100,
#endif
};
#ifndef PROMISES_NOTHING
PLUGIN_GROWS(enum event);
#endif
int host_next(enum event *event);
int host_send(enum event event);

/* Counts what it is told. */
static int counts[CLOSED + 1 + (V >= 2)];
static int count(enum event event)
{
#ifndef PROMISES_NOTHING
    if ((unsigned)event >= sizeof counts / sizeof *counts)
        return 0;
#endif
    return ++counts[event];
}

#ifdef HOST
int host_next(enum event *event)
{
    static int next;
    *event = (enum event)next++;
    return next <= (int)(sizeof counts / sizeof *counts);
}
int host_send(enum event event)
{
    return count(event);
}
#else
int run(void)
{
    enum event event;
    while (host_next(&event))
        count(event);
#if V >= 2
    host_send(LOST);
#endif
#ifdef HAS_OWN
    host_send(OWN);
#endif
    return counts[CLOSED] != 1 || host_send(CLOSED) != 1;
}
#endif
