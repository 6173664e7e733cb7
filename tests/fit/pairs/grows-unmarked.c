/* Plugins whose headers promise nothing get the promise from the host's stamp, on its word.
 *
 * host 2 --grows='struct api' --grows=event, plugin 1: fits, runs
 * host 2, plugin 1: refused, runs
 * host 2 --grows='struct api' --grows=event, plugin 1 -DCOPIES: refused, overruns
 */
#include <plugin.h>

struct api {
    void *context;
    long level;
#if V >= 2
    long limit;
#endif
};
typedef enum {
    OPENED,
    CLOSED,
#if V >= 2
    LOST,
#endif
} event;
struct api *host_api(void);
long host_send(const struct api *api, event sent);

#ifdef HOST
static struct api api = {.level = 3};
struct api *host_api(void)
{
    return &api;
}
long host_send(const struct api *own, event sent)
{
#if V >= 2
    return sent == CLOSED ? own->level + own->limit : 0;
#else
    return sent == CLOSED ? own->level : 0;
#endif
}
#else
int run(void)
{
#ifdef COPIES
    struct api mine = *host_api();
    return host_send(&mine, CLOSED) != 3;
#else
    return host_send(host_api(), CLOSED) != 3;
#endif
}
#endif
