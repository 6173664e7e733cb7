/* A plugin of the host that HEADER declares. */
#include <plugin.h>

#include HEADER

#ifdef COPY
struct api copy;
#endif

long run(const struct api *api, const struct module *module);
long run(const struct api *api, const struct module *module)
{
    info added = {.size = sizeof added, .length = 0};
#ifdef COPY
    copy = *api;
#endif
    return host_level(api, EVENT_OPEN, RED) + host_add(&added, module, (struct line *)1);
}
