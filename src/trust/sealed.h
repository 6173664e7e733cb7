/* SPDX-License-Identifier: MIT */
/* An immutable copy of a file in memory (memfd_create(2)), so that what is mapped is what was
 * checked. */
#ifndef PLUGIN_SEALED_H
#define PLUGIN_SEALED_H

#include "base/bytes.h"
#include "base/file.h"

/* Copies the first `size` bytes of the file. The copy is closed with file_close. */
bool sealed_copy(struct file *copy, const struct file *file, uint64_t size, struct error *error);

/* Keeps the inode number of a file from use by another one, though the file is deleted, until
 * sealed_unpin. Returns what is for that; NULL with the error set. */
void *sealed_pin(const struct file *file, struct error *error);
void sealed_unpin(void *pin);

/* Maps all bytes of a sealed copy, until sealed_unmap. */
bool sealed_map(const struct file *copy, struct bytes *bytes, struct error *error);
void sealed_unmap(struct bytes bytes);

#endif
