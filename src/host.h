/* The modules of this process that ask for types: those whose code uses plugin_as. */
#ifndef PLUGIN_HOST_H
#define PLUGIN_HOST_H

#include "module.h"
#include "type.h"

/* The type that the probe at this address asks for, from the stamp of the module that it is in; and
 * that module, with its path. Both live as long as the process. */
bool host_find_type(const void *probe, struct type_side *type, const struct module **module,
                    const char **path, struct error *error);

#endif
