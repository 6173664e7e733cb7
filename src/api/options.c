/* SPDX-License-Identifier: MIT */
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
    if ((unsigned)own->placement > PLUGIN_ISOLATED)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.placement is none of those that this version of the library has");
    bool is_isolated = own->placement == PLUGIN_ISOLATED;
    if ((own->timeout_ms || own->isolation || own->has_no_types) && !is_isolated)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "options.%s is of isolated plugins: set options.placement to "
                         "PLUGIN_ISOLATED",
                         own->timeout_ms  ? "timeout_ms"
                         : own->isolation ? "isolation"
                                          : "has_no_types");
    if (is_isolated && (own->is_global || own->allow_unstamped || own->allow_executable_stack))
        return error_set(error, PLUGIN_UNSUPPORTED, "options.%s is not of isolated plugins",
                         own->is_global         ? "is_global"
                         : own->allow_unstamped ? "allow_unstamped"
                                                : "allow_executable_stack");
    if (!own->trust)
        return true;
    bool is_read = trust_read(trust, own->trust, error);
    own->trust = trust;
    return is_read;
}
