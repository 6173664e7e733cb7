/* Where a growing struct is not behind a pointer, its length counts: by value, in an array, within
 * another struct. So it does if it is behind a pointer elsewhere.
 *
 * host 2, plugin 1 -DBY_VALUE: refused, misreads
 * host 2, plugin 1 -DARRAY: refused, misreads
 * host 2, plugin 1 -DEMBEDDED: refused, misreads
 * host 2, plugin 1 -DVARIABLE: refused, misreads
 * host 2, plugin 1 -DHOSTS_ARRAY: refused, misreads
 */
#include <plugin.h>

struct api {
    void *context;
    long level;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS(struct api);
struct outer {
    struct api api;
    long after;
};
const struct api *host_api(void);
long host_level(struct api api, long after);
const struct api (*host_all(void))[2];
const struct outer *host_outer(void);
extern const struct api host_some[];
const struct api *host_first(void);

#ifdef HOST
#define FIRST                                                                                      \
    {                                                                                              \
        .level = 3                                                                                 \
    }
#define SECOND                                                                                     \
    {                                                                                              \
        .level = 4                                                                                 \
    }
static const struct api api = FIRST;
const struct api *host_api(void)
{
    return &api;
}
long host_level(struct api own, long after)
{
    return own.level + after;
}
static const struct api all[2] = {FIRST, SECOND};
const struct api *host_first(void)
{
    return all;
}
const struct api (*host_all(void))[2]
{
    return &all;
}
static const struct outer outer = {FIRST, 4};
const struct outer *host_outer(void)
{
    return &outer;
}
const struct api host_some[] = {FIRST, SECOND};
#else
int run(void)
{
    const struct api *api = host_api();
#if defined BY_VALUE
    return host_level(*api, 4) != 7;
#elif defined ARRAY
    const struct api(*all)[2] = host_all();
    return api->level != 3 || (*all)[1].level != 4;
#elif defined HOSTS_ARRAY
    return api->level != 3 || host_first()[1].level != 4;
#elif defined EMBEDDED
    return api->level != 3 || host_outer()->after != 4;
#else
    return api->level != 3 || host_some[1].level != 4;
#endif
}
#ifdef VARIABLE
PLUGIN_USES(host_some);
#endif
#endif
