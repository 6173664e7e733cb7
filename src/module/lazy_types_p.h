/* Types that stay in the module's file until they are needed. */
#ifndef PLUGIN_LAZY_TYPES_P_H
#define PLUGIN_LAZY_TYPES_P_H

#include "module/module.h"

/* Maps this part, which must lie within the file. False, without an error, if the system does not
 * map it. */
bool lazy_types_init(struct mapped_part *types, const struct file *file, uint64_t offset,
                     size_t size);

/* Reads the part, even if the file was closed, deleted, replaced or modified. Fails if it was
 * truncated. */
bool lazy_types_read(const struct mapped_part *types, void *buffer, struct error *error);

void lazy_types_deinit(struct mapped_part *types);

#endif
