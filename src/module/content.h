/* Is what will be loaded of a file what was stamped? */
#ifndef PLUGIN_VERIFY_H
#define PLUGIN_VERIFY_H

#include "base/file.h"
#include "module/module.h"

/* Reads all that is loaded of the module's file, whose ELF headers must not have been forgotten,
 * and compares it with the content hash in its stamp. */
bool verify_content(const struct module *module, const struct file *file, struct error *error);

#endif
