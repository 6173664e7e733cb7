/* SPDX-License-Identifier: MIT */
/* Checks files against the policy of options.trust. */
#ifndef PLUGIN_TRUST_H
#define PLUGIN_TRUST_H

#include "base/file.h"

/* Copies a policy of this, an older or a newer header; members that are unknown here must be zero.
 */
bool trust_read(struct plugin_trust *own, const struct plugin_trust *given, struct error *error);

/* Checks the file at this path, which is open and not read yet. If the policy admits it, replaces
 * *file by a sealed copy of the bytes that were checked. */
bool trust_admit(const struct plugin_trust *trust, const char *path, struct file *file,
                 struct error *error);

/* Is this the SHA-256 of the file, in hexadecimal? */
bool trust_check_content(const char *content, const struct file *file, struct error *error);

/* The same as trust_admit for a library that a plugin needs by this name. */
bool trust_admit_library(const struct plugin_trust *trust, const char *name, const char *path,
                         struct file *file, struct error *error);

#endif
