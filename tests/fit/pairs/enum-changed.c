/* A value that both sides know is the same, and so are the size and sign of the enum.
 *
 * host 2 -DVALUE, plugin 1: refused, misreads
 * host 2 -DNEGATIVE, plugin 1: refused, misreads
 * host 2 -DLONG, plugin 1: refused, overruns
 * host 2 -DRENAMED, plugin 1: refused, misreads
 */
#include <plugin.h>

enum level {
    LOW,
#if V >= 2 && defined VALUE
    MIDDLE,
    HIGH,
#elif V >= 2 && defined NEGATIVE
    HIGH,
    NONE = -1,
#elif V >= 2 && defined LONG
    HIGH,
    ALL = 0x100000000,
#elif V >= 2
    MIDDLE,
    HIGHEST,
#else
    HIGH,
#endif
};
PLUGIN_GROWS(enum level);
int host_is_high(enum level level);
void host_get(enum level *level);

#ifdef HOST
#ifdef RENAMED
#define HIGH HIGHEST
#endif
int host_is_high(enum level level)
{
    return level == HIGH;
}
void host_get(enum level *level)
{
#ifdef NEGATIVE
    *level = NONE;
#else
    *level = HIGH;
#endif
}
#else
int run(void)
{
    enum level level = LOW;
    host_get(&level);
    return (level >= HIGH) != host_is_high(level) || !host_is_high(HIGH);
}
#endif
