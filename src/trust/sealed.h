/* A copy of a file in memory that nobody can change any more, so that what was checked is what is
 * mapped (memfd_create(2)). */
#ifndef PLUGIN_SEALED_H
#define PLUGIN_SEALED_H

#include "base/bytes.h"
#include "base/file.h"

/* Copies the file. Close the copy with file_close. */
bool sealed_copy(struct file *copy, const struct file *file, struct error *error);

/* All bytes of a sealed copy, which stay in place until sealed_forget. */
bool sealed_bytes(const struct file *copy, struct bytes *bytes, struct error *error);
void sealed_forget(struct bytes bytes);

/* The path by which the dynamic loader finds the copy, newly allocated; NULL for want of memory. No
 * two copies ever get the same one, though descriptors are used again: the dynamic loader would
 * take the second one for the first. */
char *sealed_path(const struct file *copy);

#endif
