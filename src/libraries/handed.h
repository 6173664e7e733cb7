/* SPDX-License-Identifier: MIT */
/* The libraries that the host of an isolated plugin hands over to its process, which finds them by
 * no search. */
#ifndef PLUGIN_HANDED_H
#define PLUGIN_HANDED_H

#include "libraries/libraries.h"

/* Puts the numbers of these libraries into `order`, which has room for all, each behind those that
 * it needs. With is_all, also those of the C implementation, which the process else finds itself.
 * Fails, PLUGIN_UNSUPPORTED, if there is no such order, or if the process's dynamic loader would
 * not know a library by its name. */
bool handed_order(const struct libraries *libraries, bool is_all, size_t *order, size_t *count,
                  struct error *error);

/* Does the root, or one of its libraries, need a library of this name? */
bool handed_needs(const struct libraries *libraries, const char *name);

#endif
