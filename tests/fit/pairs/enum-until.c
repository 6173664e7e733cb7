/* PLUGIN_GROWS_UNTIL exempts an enumerator that counts the others. Without it, its value is one of
 * the enum's.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 * host 1 -DCOUNTS, plugin 2 -DCOUNTS: refused, overruns
 */
#include <plugin.h>

enum event {
    OPENED,
    CLOSED,
#if V >= 2
    LOST,
#endif
    EVENT_COUNT,
};
#ifdef COUNTS
PLUGIN_GROWS(enum event);
#else
PLUGIN_GROWS_UNTIL(enum event, EVENT_COUNT);
#endif
int host_is_known(enum event event);
const char *const *host_names(void);

#ifdef HOST
static const char *const names[EVENT_COUNT] = {"opened", "closed"};
int host_is_known(enum event event)
{
    return event < EVENT_COUNT;
}
const char *const *host_names(void)
{
    return names;
}
#else
int run(void)
{
#ifdef COUNTS
    const char *last = host_names()[EVENT_COUNT - 1];
#else
    const char *last = host_names()[CLOSED];
#endif
    return !host_is_known(CLOSED) || last[0] != 'c';
}
#endif
