/* SPDX-License-Identifier: MIT */
/* Differences that a host's maintainer knows to be harmless. A waiver is a line:
 *
 *     SYMBOL | PATH | HASH HASH | REASON
 *
 * PATH says where the types of the symbol differ, as a misfit does, or is "-". The hashes, of 16
 * hexadecimal digits, are those of the host's type and of the plugin's, so that any other
 * difference is told. */
#ifndef PLUGIN_WAIVER_H
#define PLUGIN_WAIVER_H

#include "types/compare.h"

/* A difference that may be waived: of the types of a symbol of the host. */
struct waivable {
    const char *symbol;
    const struct type_difference *difference;
    uint64_t host_hash, plugin_hash; /* 0: unknown, so that nothing can be waived */
};

/* Returns the reason why the host waives the difference, which `types` owns; NULL: it does not. */
const char *waiver_find(const struct btf *types, const struct waivable *waivable);

/* Adds the line that would waive the difference, up to its reason. */
void waiver_add(struct text *text, const struct waivable *waivable);

/* Returns the next waiver of a module from number *at on, which starts as 0; NULL: there are no
 * more.
 */
const char *waiver_next(const struct btf *types, uint32_t *at);

/* Is the line a waiver? */
bool waiver_is_valid(const char *line);

#endif
