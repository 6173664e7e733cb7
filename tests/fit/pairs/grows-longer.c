/* The host makes the objects of a struct of PLUGIN_GROWS. A plugin that knows less of it fits; one
 * that knows more needs what this host does not have.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, overruns
 */
#include <plugin.h>

struct api {
    int (*get)(int key);
    long level;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS(struct api);
struct api *host_api(void);
long host_level(const struct api *api);

#ifdef HOST
static int get(int key)
{
    return key + 1;
}
static struct api api = {.get = get, .level = 3};
struct api *host_api(void)
{
    return &api;
}
long host_level(const struct api *own)
{
#if V >= 2
    return own->level + own->limit;
#else
    return own->level;
#endif
}
#else
int run(void)
{
    struct api *api = host_api();
#if V >= 2
    api->limit = 0;
#endif
    return api->get(1) != 2 || host_level(api) != 3;
}
#endif
