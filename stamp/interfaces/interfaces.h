/* SPDX-License-Identifier: MIT */
/* What a host expects of plugins, and what a plugin says that it implements. */
#ifndef PLUGIN_STAMP_INTERFACES_H
#define PLUGIN_STAMP_INTERFACES_H

#include "model/model.h"

/* Makes the interfaces from the probes, the marks and their types in `btf`, the .BTF section.
 * Refuses a struct that is no interface. */
bool stamp_make_interfaces(struct stamp *stamp, struct bytes btf, struct error *error);

/* Refuses a plugin that does not meet what PLUGIN_IMPLEMENTS says, with all reasons. */
bool stamp_check_implemented(const struct stamp *stamp, struct bytes meta, struct bytes btf,
                             struct error *error);

#endif
