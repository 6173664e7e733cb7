/* The host makes the objects of a struct of PLUGIN_GROWS. A plugin that knows less of it fits; one
 * that knows more needs what this host does not have. One that has an object has one of its own
 * length, which the host reads beyond its end. If the lengths are the same, objects are no harm.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2: refused, overruns
 * host 2, plugin 1 -DLOCAL: refused, overruns
 * host 2, plugin 1 -DSTATIC_LOCAL: refused, overruns
 * host 2, plugin 1 -DGLOBAL: refused, overruns
 * host 2, plugin 1 -DPARAMETER: refused, overruns
 * host 2, plugin 1 -DRESULT: refused, overruns
 * host 2, plugin 1 -DMEMBER: refused, overruns
 * host 2, plugin 1 -DELEMENT: refused, overruns
 * host 2, plugin 2 -DLOCAL: fits, runs
 */
#include <plugin.h>
#include <stdlib.h>

struct api {
    void *context;
    long level;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS(struct api);
struct api *host_api(void);
long host_level(const struct api *api);

#ifdef HOST
static struct api api = {.level = 3};
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
#if defined GLOBAL
struct api mine;
static long level(const struct api *api)
{
    mine = *api;
    return host_level(&mine);
}
#elif defined PARAMETER
static __attribute__((noinline)) long level_of(struct api mine)
{
    return host_level(&mine);
}
static long level(const struct api *api)
{
    return level_of(*api);
}
#elif defined RESULT
static __attribute__((noinline)) struct api copy(const struct api *api)
{
    return *api;
}
static long level(const struct api *api)
{
    struct api *mine = malloc(sizeof *mine);
    *mine = copy(api);
    return host_level(mine);
}
#elif defined MEMBER
static struct {
    struct api mine;
} state;
static long level(const struct api *api)
{
    state.mine = *api;
    return host_level(&state.mine);
}
#elif defined ELEMENT
static struct api all[2];
static long level(const struct api *api)
{
    all[1] = *api;
    return host_level(&all[1]);
}
#elif !defined LOCAL && !defined STATIC_LOCAL
static long level(const struct api *api)
{
#if V >= 2
    return host_level(api) + api->limit;
#else
    return host_level(api);
#endif
}
#else
static long level(const struct api *api)
{
#ifdef STATIC_LOCAL
    static
#endif
        struct api mine;
    mine = *api;
    return host_level(&mine);
}
#endif
int run(void)
{
    return level(host_api()) != 3;
}
#endif
