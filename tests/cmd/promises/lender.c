/* A plugin of the version V that lends objects to its host. */
#include "api.h"

info *lend(const struct module *module);
info *lend(const struct module *module)
{
    static info lent = {.size = sizeof lent};
    lent.length = module->version;
    return &lent;
}
