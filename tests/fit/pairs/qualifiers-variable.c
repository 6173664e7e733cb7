/* A variable's users may have more qualifiers than its definition, not fewer. Whatever its
 * direction, they agree on what it points to.
 *
 * host 1, plugin 2: fits, runs
 * host 2, plugin 1: refused, crashes
 * host 1, plugin 3: refused, crashes
 */
#include <plugin.h>

#if V == 3
extern const char *host_name;
#elif V == 2
extern char *const host_name;
#else
extern char *host_name;
#endif
int host_is_named(void);

#ifdef HOST
static char name[] = "host";
#if V == 2
char *const host_name = name;
#else
char *host_name = name;
#endif
int host_is_named(void)
{
    host_name[1] = 'O';
    return host_name[1] == 'O';
}
#else
PLUGIN_USES(host_name);
int run(void)
{
#if V == 2
    return host_name[0] != 'h';
#else
#if V == 3
    host_name = "plugin";
#else
    host_name = host_name + 1;
#endif
    return !host_is_named();
#endif
}
#endif
