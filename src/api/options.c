/* The options of an open. */
#include "api/options_p.h"

#include "base/versioned.h"
#include "trust/trust.h"

bool options_read(struct plugin_options *own, struct plugin_trust *trust,
                  const struct plugin_options *given, struct error *error)
{
    *own = (struct plugin_options){.size = sizeof *own};
    if (!given)
        return true;
    if (!versioned_copy(own, sizeof *own, given, "options", error))
        return false;
    if (own->timeout_ms)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.timeout_ms is not supported by this version of the library");
    if ((unsigned)own->placement > PLUGIN_BUILT_IN)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.placement: only PLUGIN_ANY, PLUGIN_IN_PROCESS and "
                         "PLUGIN_BUILT_IN are supported by this version of the library");
    if (!own->trust)
        return true;
    bool is_read = trust_read(trust, own->trust, error);
    own->trust = trust;
    return is_read;
}
