/* The options of an open. */
#include "api/options_p.h"

#include <string.h>

bool options_read(struct plugin_options *own, const struct plugin_options *given,
                  struct error *error)
{
    *own = (struct plugin_options){.size = sizeof *own};
    if (!given)
        return true;
    if (given->size < sizeof given->size)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.size is %zu; set it to sizeof(struct plugin_options)",
                         given->size);
    memcpy(own, given, given->size < sizeof *own ? given->size : sizeof *own);
    for (size_t i = sizeof *own; i < given->size; i++)
        if (((const char *)given)[i])
            return error_set(error, PLUGIN_UNSUPPORTED,
                             "options sets a member that this version of the library does not "
                             "know");
    if (own->timeout_ms)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.timeout_ms is not supported by this version of the library");
    if ((unsigned)own->placement > PLUGIN_BUILT_IN)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.placement: only PLUGIN_ANY, PLUGIN_IN_PROCESS and "
                         "PLUGIN_BUILT_IN are supported by this version of the library");
    return true;
}
