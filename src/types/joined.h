/* SPDX-License-Identifier: MIT */
/* The types of several modules as those of one. */
#ifndef PLUGIN_JOINED_H
#define PLUGIN_JOINED_H

#include "types/btf.h"

/* A zeroed one is valid and empty. */
struct btf_joined {
    struct btf btf;
    uint8_t *block; /* the section; owned */
};

/* Joins the types of the parts, of which none is merged with another. Type T of part P, but void,
 * gets the id T + bases[P]; those of the first part keep theirs. Call btf_joined_deinit in any
 * case. */
bool btf_join(struct btf_joined *joined, const struct btf *const *parts, size_t count,
              uint32_t *bases, struct error *error);
void btf_joined_deinit(struct btf_joined *joined);

#endif
