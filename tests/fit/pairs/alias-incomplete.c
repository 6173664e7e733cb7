/* Plugins know the host's struct by another tag, incomplete. Only the host's word makes the tags
 * one: another handle is another type.
 *
 * host 1, plugin 1: fits, runs
 * host 1, plugin 2: refused, overruns
 * host 1 -DHAS_NONE, plugin 1: refused, runs
 */
#include <plugin.h>

#ifdef HOST
struct backend {
    long sent, received;
};
struct frontend {
    char is_open;
};
#ifndef HAS_NONE
PLUGIN_ALIAS(struct backend, struct public_backend);
#endif
static struct backend backend;
static struct frontend frontend;

struct backend *host_backend(void);
struct frontend *host_frontend(void);
int host_send(struct backend *to);
struct backend *host_backend(void)
{
    return &backend;
}
struct frontend *host_frontend(void)
{
    return &frontend;
}
int host_send(struct backend *to)
{
    return (int)++to->received;
}
#else
struct public_backend *host_backend(void);
#if V >= 2
struct frontend;
int host_send(struct frontend *to);
struct frontend *host_frontend(void);
int run(void)
{
    return host_send(host_frontend()) != 1;
}
#else
int host_send(struct public_backend *to);
int run(void)
{
    return host_send(host_backend()) != 1;
}
#endif
#endif
