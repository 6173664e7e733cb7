/* What a plugin says of its own structs makes no host take them.
 *
 * host 1, plugin 1: refused, overruns
 */
#include <plugin.h>

#ifdef HOST
struct backend {
    long sent, received;
};
int host_send(struct backend *to);
int host_send(struct backend *to)
{
    return (int)++to->received;
}
#else
struct backend;
struct mine {
    long sent;
};
PLUGIN_ALIAS(struct mine, struct backend);
int host_send(struct mine *to);
static struct mine mine;
int run(void)
{
    return host_send(&mine) != 1;
}
#endif
