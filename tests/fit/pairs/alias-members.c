/* An alias replaces the tag and nothing else: if the plugin knows members, these are compared.
 *
 * host 1, plugin 1: fits, runs
 * host 1, plugin 2: refused, misreads
 */
#include <plugin.h>

#ifdef HOST
struct backend {
    int sent, received;
};
PLUGIN_ALIAS(struct backend, struct public_backend);
int host_receive(struct backend *from);
int host_receive(struct backend *from)
{
    from->received++;
    return from->sent;
}
#else
#if V >= 2
struct public_backend {
    int received, sent;
};
#else
struct public_backend {
    int sent, received;
};
#endif
int host_receive(struct public_backend *from);
int run(void)
{
    struct public_backend own = {.sent = 5, .received = 1};
    return host_receive(&own) != 5 || own.received != 2;
}
#endif
