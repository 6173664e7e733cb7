/* The host's struct starts with a member of the public one, to which its address points, too (C11
 * 6.7.2.1p15). A plugin that has an object of the public one has no such address.
 *
 * host 1, plugin 1: fits, runs
 * host 1, plugin 2: refused, misreads
 * host 1, plugin 1 -DCOPIES: refused, overruns
 */
#include <plugin.h>

struct public_backend {
#if V >= 2
    int received, sent;
#else
    int sent, received;
#endif
};
#ifdef HOST
struct backend {
    struct public_backend base;
    long most;
};
PLUGIN_ALIAS(struct backend, struct public_backend);
static struct backend backend = {{5, 0}, 0};

struct backend *host_backend(void);
int host_receive(struct backend *from);
struct backend *host_backend(void)
{
    return &backend;
}
int host_receive(struct backend *from)
{
    from->most++;
    return ++from->base.received;
}
#else
struct public_backend *host_backend(void);
int host_receive(struct public_backend *from);
int run(void)
{
    struct public_backend *backend = host_backend();
#ifdef COPIES
    struct public_backend mine = *backend;
    backend = &mine;
#endif
    return backend->sent != 5 || host_receive(backend) != 1 || backend->received != 1;
}
#endif
