/* SPDX-License-Identifier: MIT */
/* Can a plugin be isolated? The judgement of an open, of an examination and of `plugin check`. */
#ifndef PLUGIN_ISOLATION_H
#define PLUGIN_ISOLATION_H

#include "crossing/plan.h"

/* Makes the plan of the plugin, the last of the modules, for a host that is stamped. If it cannot
 * be isolated, collects all reasons, and sets PLUGIN_UNSUPPORTED with them. */
struct plan *isolation_plan(const struct mapped_modules *modules, const struct module *host,
                            struct misfits *misfits, struct error *error);

#endif
