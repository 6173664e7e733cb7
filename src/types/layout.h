/* SPDX-License-Identifier: MIT */
/* Sizes, alignments and offsets of types in memory. BTF records sizes and offsets; alignments
 * follow from the psABI, which aligns scalars to their size, and from the source's requests. */
#ifndef PLUGIN_LAYOUT_H
#define PLUGIN_LAYOUT_H

#include "base/budget.h"
#include "types/btf.h"

/* Finding alignments would take exponential time in a hostile type graph without a budget. Start
 * with btf and work set, and the rest zero. */
struct layout {
    const struct btf *btf;
    struct budget work; /* for members and links */
    unsigned depth;
    bool failed; /* the types are nested too deep, or the budget is spent */
};

/* Returns the type's size in bytes; 0 for a function, void, or an incomplete type, and for one of
 * more bytes than a number counts. */
uint64_t layout_size(const struct btf *btf, uint32_t id);

/* The same, paid from the budget. */
uint64_t layout_type_size(struct layout *layout, uint32_t id);

/* Returns the type's alignment; 1 of what has none. */
uint32_t layout_type_alignment(struct layout *layout, uint32_t id);

/* Returns the struct's alignment. *packed: its layout needs __attribute__((packed)), which neither
 * BTF nor DWARF records, because a member has a smaller alignment than its type, a bit-field
 * straddles two units of its type, or the size is no multiple of the alignment. */
uint32_t layout_struct_alignment(struct layout *layout, uint32_t id, bool *packed);

/* Returns a member's alignment. *requested: what the source requests, 0 if nothing. */
uint32_t layout_member_alignment(struct layout *layout, uint32_t id, uint32_t index,
                                 const struct btf_member *member, uint32_t *requested);

/* Returns the offset in bits at which a compiler places a member, if the one before ends at `end`.
 */
uint64_t layout_offset(struct layout *layout, const struct btf_member *member, uint64_t end,
                       uint32_t alignment, bool packed);

#endif
