/* SPDX-License-Identifier: MIT */
/* Parts of a file that stay in it until they are needed. */
#ifndef PLUGIN_MAPPED_PART_P_H
#define PLUGIN_MAPPED_PART_P_H

#include "module/module.h"

/* Maps this part, which must lie within the file. False, without an error, if the system does not
 * map it. */
bool mapped_part_init(struct mapped_part *part, const struct file *file, uint64_t offset,
                      size_t size);

/* The part where it is mapped. A read raises SIGBUS if the file was truncated. */
struct bytes mapped_part_bytes(const struct mapped_part *part);

/* Reads the part, even if the file was closed, deleted, replaced or modified. Fails if it was
 * truncated. */
bool mapped_part_read(const struct mapped_part *part, void *buffer, struct error *error);

void mapped_part_deinit(struct mapped_part *part);

#endif
