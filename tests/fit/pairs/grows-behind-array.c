/* Behind an array of one element, objects often have more: what a member would be that was added
 * there. Such a struct cannot promise to grow; one with an array of a fixed length can.
 *
 * host 2, plugin 1: fits, runs
 * host 2 -DOPEN, plugin 1 -DOPEN: refused, misreads
 */
#include <plugin.h>
#include <string.h>

struct api {
    unsigned size;
#ifdef OPEN
    char text[1];
#else
    char text[12];
#endif
#if V >= 2
    int limit;
#endif
};
#ifndef OPEN
PLUGIN_GROWS_SIZED(struct api, size);
#endif
int host_limit(const struct api *api);

#ifdef HOST
int host_limit(const struct api *api)
{
#if V >= 2
    return plugin_has(api, limit) ? api->limit : 0;
#else
    return api->size == 0;
#endif
}
#else
static const char text[] = "one line";
static union {
    struct api api;
    char bytes[offsetof(struct api, text) + 12];
} own;
int run(void)
{
#ifdef OPEN
    own.api.size = offsetof(struct api, text) + sizeof text;
#else
    own.api.size = sizeof own.api;
#endif
    memcpy(own.bytes + offsetof(struct api, text), text, sizeof text);
    return host_limit(&own.api);
}
#endif
