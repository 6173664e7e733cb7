/* C++'s enums of fixed size grow as well, and end with a sentinel in their own scope.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: fits, runs
 * host 2 -DCHANGED, plugin 1: refused, misreads
 */
#include <plugin.h>

namespace host
{
enum class event : unsigned char {
    opened,
#if defined CHANGED
    moved,
#endif
    closed,
#if V >= 2
    lost,
#endif
    count,
};
enum level {
    low,
    high,
#if V >= 2
    highest,
#endif
};
} // namespace host
PLUGIN_GROWS_UNTIL(host::event, host::event::count);
PLUGIN_GROWS(enum host::level);
extern "C" bool host_is_closed(host::event event);
extern "C" host::level host_level();

#ifdef HOST
bool host_is_closed(host::event event)
{
    return event == host::event::closed;
}
host::level host_level()
{
#if V >= 2
    return host::highest;
#else
    return host::high;
#endif
}
#else
extern "C" int run()
{
    return !host_is_closed(host::event::closed) || host_level() < host::high;
}
#endif
