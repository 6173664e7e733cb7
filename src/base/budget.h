/* SPDX-License-Identifier: MIT */
/* A limit of work or memory that a hostile file could make endless. */
#ifndef PLUGIN_BUDGET_H
#define PLUGIN_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget {
    uint64_t left;
};

/* Spends so much of it. False, and nothing is left, if that is more than there is. */
static inline bool budget_spend(struct budget *budget, uint64_t amount)
{
    bool is_enough = amount <= budget->left;
    budget->left -= is_enough ? amount : budget->left;
    return is_enough;
}

#endif
