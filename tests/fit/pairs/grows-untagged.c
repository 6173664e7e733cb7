/* A struct without a tag may have several typedefs: a promise and an object count by whichever they
 * name.
 *
 * host 2, plugin 1: fits, runs
 * host 2, plugin 1 -DCOPIES: refused, overruns
 * host 2, plugin 1 -DCOPIES_AS_ITS_USES: refused, overruns
 */
#include <plugin.h>

typedef struct {
    void *context;
    long level;
#if V >= 2
    long limit;
#endif
} host_api, api;
PLUGIN_GROWS(api);
host_api *host_get(void);
long host_level(const host_api *of);

#ifdef HOST
static host_api own = {.level = 3};
host_api *host_get(void)
{
    return &own;
}
long host_level(const host_api *of)
{
#if V >= 2
    return of->level + of->limit;
#else
    return of->level;
#endif
}
#elif defined COPIES
int run(void)
{
    api mine = *host_get();
    return host_level(&mine) != 3;
}
#elif defined COPIES_AS_ITS_USES
int run(void)
{
    host_api mine = *host_get();
    return host_level(&mine) != 3;
}
#else
int run(void)
{
    return host_level(host_get()) != 3;
}
#endif
