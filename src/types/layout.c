/* SPDX-License-Identifier: MIT */
/* Sizes, alignments and offsets of types in memory. */
#include "types/layout.h"

#include <string.h>

/* No program nests structs deeper. */
enum { DEPTH_MAX = 128 };

/* Adds the links that were followed to *links. */
static uint64_t layout_count_size(const struct btf *btf, uint32_t id, uint64_t *links)
{
    uint64_t count = 1;
    for (;; ++*links) {
        struct btf_type type = btf_type(btf, id);
        switch (type.kind) {
        case BTF_TYPEDEF:
        case BTF_CONST:
        case BTF_VOLATILE:
        case BTF_RESTRICT:
        case BTF_TYPE_TAG:
        case BTF_VAR:
            id = type.type;
            break;
        case BTF_ARRAY:
            if (__builtin_mul_overflow(count, btf_array_count(&type), &count))
                return 0;
            id = type.type;
            break;
        default:
            return __builtin_mul_overflow(
                       count, type.kind == BTF_PTR ? btf->pointer_size : type.size, &count)
                       ? 0
                       : count;
        }
    }
}

uint64_t layout_size(const struct btf *btf, uint32_t id)
{
    uint64_t links = 0;
    return layout_count_size(btf, id, &links);
}

uint64_t layout_type_size(struct layout *layout, uint32_t id)
{
    uint64_t links = 0, size = layout_count_size(layout->btf, id, &links);
    budget_spend(&layout->work, links);
    return size;
}

static uint32_t layout_scalar_alignment(const struct layout *layout, uint32_t size)
{
    if (layout->btf->pointer_size == 4 && size == 12)
        return 4; /* i386: long double */
    return size && (size & (size - 1)) == 0 ? size : 1;
}

/* A complex type is aligned as its element, a vector to its size. */
static uint32_t layout_float_alignment(const struct layout *layout, const struct btf_type *type)
{
    if (!strncmp(type->name, "_Complex ", 9))
        return layout_scalar_alignment(layout, type->size / 2);
    return layout_scalar_alignment(layout, type->size);
}

uint32_t layout_type_alignment(struct layout *layout, uint32_t id)
{
    bool packed;
    bool atomic = false;
    for (;; budget_spend(&layout->work, 1)) {
        struct btf_type type = btf_type(layout->btf, id);
        uint32_t alignment = 1;
        switch (type.kind) {
        case BTF_TYPEDEF:
            alignment = btf_alignment(layout->btf, id, -1);
            if (alignment)
                return alignment;
            id = type.type;
            continue;
        case BTF_CONST:
        case BTF_VOLATILE:
        case BTF_RESTRICT:
        case BTF_TYPE_TAG:
            atomic |= btf_is_atomic(&type);
            id = type.type;
            continue;
        case BTF_ARRAY:
            id = type.type;
            continue;
        case BTF_PTR:
            return layout->btf->pointer_size;
        case BTF_INT:
        case BTF_ENUM:
        case BTF_ENUM64:
            return layout_scalar_alignment(layout, type.size);
        case BTF_FLOAT:
            return layout_float_alignment(layout, &type);
        case BTF_STRUCT:
        case BTF_UNION:
            alignment = layout_struct_alignment(layout, id, &packed);
            if (atomic && type.size <= 16 && layout_scalar_alignment(layout, type.size) > alignment)
                alignment = layout_scalar_alignment(layout, type.size);
            return alignment;
        default:
            return 1;
        }
    }
}

uint32_t layout_member_alignment(struct layout *layout, uint32_t id, uint32_t index,
                                 const struct btf_member *member, uint32_t *requested)
{
    *requested = btf_alignment(layout->btf, id, (int32_t)index);
    uint32_t natural = layout_type_alignment(layout, member->type);
    return *requested > natural ? *requested : natural;
}

uint32_t layout_struct_alignment(struct layout *layout, uint32_t id, bool *packed)
{
    *packed = false;
    if (layout->depth >= DEPTH_MAX || layout->failed || !budget_spend(&layout->work, 1)) {
        layout->failed = true;
        return 1;
    }
    layout->depth++;
    struct btf_type type = btf_type(layout->btf, id);
    uint32_t alignment = 1, packed_alignment = 1;
    for (uint32_t i = 0; i < type.length && budget_spend(&layout->work, 1); i++) {
        struct btf_member member = btf_member(layout->btf, &type, i);
        uint32_t requested, own = layout_member_alignment(layout, id, i, &member, &requested);
        if (own > alignment)
            alignment = own;
        if (requested > packed_alignment)
            packed_alignment = requested;
        uint64_t bits = layout_type_size(layout, member.type) * 8;
        if (member.bit_size)
            *packed |= bits && member.bit_offset % bits + member.bit_size > bits;
        else
            *packed |= member.bit_offset % (own * UINT64_C(8)) != 0;
    }
    layout->failed |= !layout->work.left;
    *packed |= type.size % alignment != 0;
    layout->depth--;
    if (*packed)
        alignment = packed_alignment;
    uint32_t requested = btf_alignment(layout->btf, id, -1);
    return requested > alignment ? requested : alignment;
}

uint64_t layout_offset(struct layout *layout, const struct btf_member *member, uint64_t end,
                       uint32_t alignment, bool packed)
{
    if (member->bit_size) {
        uint64_t unit = layout_type_size(layout, member->type) * 8;
        if (!packed && unit && end % unit + member->bit_size > unit)
            return align_up(end, unit);
        return end;
    }
    return align_up(end, packed ? 8 : alignment * UINT64_C(8));
}
