/* How C lays types out in memory. */
#include "types/layout.h"

#include <string.h>

/* Deeper nesting than this is an attack or an accident. */
enum { DEPTH_MAX = 128 };

static bool enter(struct layout *layout)
{
    if (layout->depth >= DEPTH_MAX || layout->work >= layout->work_max || layout->failed) {
        layout->failed = true;
        return false;
    }
    layout->depth++;
    layout->work++;
    return true;
}

/* *links is how many were followed. */
static uint64_t size_of(const struct btf *btf, uint32_t id, unsigned long *links)
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
        case BTF_PTR:
            return count * btf->pointer_size;
        default:
            return count * type.size;
        }
    }
}

uint64_t layout_size(const struct btf *btf, uint32_t id)
{
    unsigned long links = 0;
    return size_of(btf, id, &links);
}

uint64_t layout_type_size(struct layout *layout, uint32_t id)
{
    return size_of(layout->btf, id, &layout->work);
}

static uint32_t scalar_alignment(const struct layout *layout, uint32_t size)
{
    if (layout->btf->pointer_size == 4 && size == 12)
        return 4; /* i386: long double */
    return size && (size & (size - 1)) == 0 ? size : 1;
}

/* The alignment that C gives to a complex or vector type is that of its element, or its size. */
static uint32_t float_alignment(const struct layout *layout, const struct btf_type *type)
{
    if (!strncmp(type->name, "_Complex ", 9))
        return scalar_alignment(layout, type->size / 2);
    return scalar_alignment(layout, type->size);
}

static uint32_t alignment_of(struct layout *layout, uint32_t id)
{
    bool packed;
    bool atomic = false;
    for (;; layout->work++) {
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
            return scalar_alignment(layout, type.size);
        case BTF_FLOAT:
            return float_alignment(layout, &type);
        case BTF_STRUCT:
        case BTF_UNION:
            alignment = layout_struct_alignment(layout, id, &packed);
            if (atomic && type.size <= 16 && scalar_alignment(layout, type.size) > alignment)
                alignment = scalar_alignment(layout, type.size);
            return alignment;
        default:
            return 1;
        }
    }
}

uint64_t layout_align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

uint32_t layout_member_alignment(struct layout *layout, uint32_t id, uint32_t index,
                                 const struct btf_member *member, uint32_t *asked)
{
    *asked = btf_alignment(layout->btf, id, (int32_t)index);
    uint32_t natural = alignment_of(layout, member->type);
    return *asked > natural ? *asked : natural;
}

uint32_t layout_struct_alignment(struct layout *layout, uint32_t id, bool *packed)
{
    *packed = false;
    uint32_t asked_struct = btf_alignment(layout->btf, id, -1);
    if (!enter(layout))
        return 1;
    struct btf_type type = btf_type(layout->btf, id);
    uint32_t alignment = 1, packed_alignment = 1;
    for (uint32_t i = 0; i < type.length && layout->work < layout->work_max; i++) {
        struct btf_member member = btf_member(layout->btf, &type, i);
        layout->work++;
        uint32_t asked, own = layout_member_alignment(layout, id, i, &member, &asked);
        if (own > alignment)
            alignment = own;
        if (asked > packed_alignment)
            packed_alignment = asked;
        uint64_t bits = layout_type_size(layout, member.type) * 8;
        if (member.bit_size)
            *packed |= bits && member.bit_offset % bits + member.bit_size > bits;
        else
            *packed |= member.bit_offset % (own * UINT64_C(8)) != 0;
    }
    layout->failed |= layout->work >= layout->work_max;
    *packed |= type.size % alignment != 0;
    layout->depth--;
    if (*packed)
        alignment = packed_alignment;
    return asked_struct > alignment ? asked_struct : alignment;
}

uint64_t layout_offset(struct layout *layout, const struct btf_member *member, uint64_t end,
                       uint32_t alignment, bool packed)
{
    if (member->bit_size) {
        uint64_t unit = layout_type_size(layout, member->type) * 8;
        if (!packed && unit && end % unit + member->bit_size > unit)
            return layout_align_up(end, unit);
        return end;
    }
    return layout_align_up(end, packed ? 8 : alignment * UINT64_C(8));
}
