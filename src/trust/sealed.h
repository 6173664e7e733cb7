/* An immutable copy of a file in memory (memfd_create(2)), so that what is mapped is what was
 * checked. */
#ifndef PLUGIN_SEALED_H
#define PLUGIN_SEALED_H

#include "base/bytes.h"
#include "base/file.h"

/* Copies the file. The copy is closed with file_close. */
bool sealed_copy(struct file *copy, const struct file *file, struct error *error);

/* Maps all bytes of a sealed copy, until sealed_unmap. */
bool sealed_map(const struct file *copy, struct bytes *bytes, struct error *error);
void sealed_unmap(struct bytes bytes);

#endif
