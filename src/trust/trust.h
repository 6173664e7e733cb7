/* Who may be opened: the policy of options.trust, and whether a file meets it. */
#ifndef PLUGIN_TRUST_H
#define PLUGIN_TRUST_H

#include "base/file.h"

/* Takes the policy of this or an older header; what is beyond our own must be zero. */
bool trust_read(struct plugin_trust *own, const struct plugin_trust *given, struct error *error);

/* Is the file at this path, which was opened and not read, one that the policy lets in? Then *file
 * is replaced by a sealed copy of the very bytes that were checked. */
bool trust_admit(const struct plugin_trust *trust, const char *path, struct file *file,
                 struct error *error);

/* The same for a library that a plugin asks for by this name, and brings along. */
bool trust_admit_library(const struct plugin_trust *trust, const char *name, const char *path,
                         struct file *file, struct error *error);

#endif
