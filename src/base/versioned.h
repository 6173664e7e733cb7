/* SPDX-License-Identifier: MIT */
/* Structs of the interface that grow with it: their first member, a size_t, is their size. */
#ifndef PLUGIN_VERSIONED_H
#define PLUGIN_VERSIONED_H

#include "base/error.h"

/* Copies the caller's struct plugin_NAME, of this, an older or a newer header, into the zeroed *own
 * of this size. Fails for a size that no header has, before anything beyond it is read, and for
 * members that are unknown here and not zero. */
bool versioned_copy(void *own, size_t size, const void *given, const char *name,
                    struct error *error);

/* Fills the caller's struct plugin_NAME, of this, an older or a newer header, from *own of this
 * size: members that are unknown here become zero. Fails for a size that no header has, and then
 * writes nothing. */
bool versioned_fill(void *given, const void *own, size_t size, const char *name,
                    struct error *error);

#endif
