/* SPDX-License-Identifier: MIT */
/* The scalars of signatures (plan.h), and where libffi places them: by their own alignments alone.
 */
#ifndef PLUGIN_NATURAL_H
#define PLUGIN_NATURAL_H

#include "base/bytes.h"

struct natural {
    uint64_t size, alignment;
};

/* Return the letter of an integer, and of a floating-point type of this name; '.' if there is none.
 */
static inline char natural_integer(uint64_t size, bool is_signed)
{
    static const char letters[2][9] = {".BH.I...L", ".bh.i...l"};
    return size <= 8 ? letters[is_signed][size] : '.';
}

static inline char natural_float(const char *name, uint64_t size)
{
    if (size == sizeof(long double) && !strcmp(name, "long double"))
        return 'g';
    return size == sizeof(double) ? 'd' : size == sizeof(float) ? 'f' : '.';
}

/* Adds a member to a struct that starts with {0, 1}; returns its offset. */
static inline uint64_t natural_add(struct natural *whole, const struct natural *member)
{
    uint64_t offset = align_up(whole->size, member->alignment);
    whole->size = offset + member->size;
    if (member->alignment > whole->alignment)
        whole->alignment = member->alignment;
    return offset;
}

/* Ends the struct behind its last member. */
static inline void natural_end(struct natural *whole)
{
    whole->size = align_up(whole->size, whole->alignment);
}

#endif
