/* In an interface, too, the host's aliases count, and the plugin's do not.
 *
 * host 1 -DHAS_ALIAS, plugin 1: fits, runs
 * host 1, plugin 2: refused, overruns
 */
#include <plugin.h>

#ifdef HOST
struct backend {
#ifdef HAS_ALIAS
    long sent;
#else
    char is_open;
#endif
};
#ifdef HAS_ALIAS
PLUGIN_ALIAS(struct backend, struct public_backend);
#endif
#define PAIR "sent"
struct pair {
    long (*sent)(const struct backend *by);
};
static struct backend backend;
static int use(const struct pair *pair)
{
    return pair->sent(&backend) != 0;
}
#else
struct public_backend {
    long sent;
};
#if V >= 2
PLUGIN_ALIAS(struct public_backend, struct backend);
#endif
long sent(const struct public_backend *by)
{
    return by->sent;
}
#endif
