/* SPDX-License-Identifier: MIT */
/* The table of targets, and their corpora. */
#ifndef FUZZ_TARGETS_H
#define FUZZ_TARGETS_H

#include "fuzz/fuzz.h"

struct target {
    const char *name;
    void (*run)(struct bytes input);
};

extern const struct target targets[];
extern const size_t target_count;

/* Calls visit for each input of a target, in a block of exactly its size. Returns false if there is
 * no input, or one cannot be read. */
bool targets_visit(const struct target *target, const char *corpus,
                   void (*visit)(const struct target *target, const char *name,
                                 struct bytes input));

#endif
