/* How C lays types out in memory: sizes, alignments, and where a member goes. BTF records sizes and
 * offsets; the alignments behind them follow from the psABI's rule that scalars are aligned to
 * their size, and from what the source asked for. */
#ifndef PLUGIN_LAYOUT_H
#define PLUGIN_LAYOUT_H

#include "types/btf.h"

/* Alignment alone can cost exponential time in a hostile graph: this is what bounds it. Start with
 * the btf and the limit set, and the rest zero. */
struct layout {
    const struct btf *btf;
    unsigned long work_max;
    unsigned depth;
    unsigned long work; /* members looked at, and links followed */
    bool failed;        /* the types are deeper, or more, than any sane ones */
};

/* The type's size in bytes; 0 for a function, void, an incomplete type. */
uint64_t layout_size(const struct btf *btf, uint32_t id);

/* The same, as work of the layout. */
uint64_t layout_type_size(struct layout *layout, uint32_t id);

/* The struct's alignment, and whether its layout needs __attribute__((packed)): when a member is
 * not where its alignment puts it, a bit-field straddles two units of its type, or the size is no
 * multiple of the alignment. Neither BTF nor DWARF says it. */
uint32_t layout_struct_alignment(struct layout *layout, uint32_t id, bool *packed);

/* A member's own alignment and, in *asked, what the source asked for, 0 if nothing. */
uint32_t layout_member_alignment(struct layout *layout, uint32_t id, uint32_t index,
                                 const struct btf_member *member, uint32_t *asked);

/* Where a member would start without help, in bits, when the one before it ended at `end`. */
uint64_t layout_offset(struct layout *layout, const struct btf_member *member, uint64_t end,
                       uint32_t alignment, bool packed);

uint64_t layout_align_up(uint64_t value, uint64_t alignment);

#endif
