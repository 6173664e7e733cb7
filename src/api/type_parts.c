/* SPDX-License-Identifier: MIT */
/* What a type consists of: <plugin_types.h>. */
#include "api/types_p.h"

#include "base/budget.h"
#include "base/versioned.h"
#include "types/layout.h"
#include "types/nesting.h"

#include <string.h>

/* No program's unnamed structs and unions have more members and links. */
enum { WORK_MAX = 1 << 18 };

static uint32_t count_of(const struct btf *types, const struct btf_type *type)
{
    switch (type->kind) {
    case BTF_FUNC_PROTO:
        return btf_is_unprototyped(types, type) ? 0 : type->length - btf_is_variadic(types, type);
    case BTF_STRUCT:
    case BTF_UNION:
    case BTF_ENUM:
    case BTF_ENUM64:
        return type->length;
    default:
        return 0;
    }
}

size_t plugin_type_count(plugin_type type)
{
    if (!type.types_)
        return 0;
    struct btf_unqualified own = types_unqualified(type);
    if (own.type.kind != BTF_ARRAY)
        return count_of(types_of(type), &own.type);
    /* An array of elements without bytes has any number of them, and one of too many has none. */
    return layout_size(types_of(type), own.id) ? btf_array_count(&own.type) : 0;
}

/* Does the member lie within its struct? The reader has checked where it begins,
 * and where a bit-field ends. */
static bool is_within(const struct btf *types, const struct btf_type *type,
                      const struct btf_member *member)
{
    uint64_t size = layout_size(types, member->type), end;
    if (!member->bit_size)
        return member->bit_offset % 8 == 0 &&
               !__builtin_add_overflow(size, member->bit_offset / 8, &end) && end <= type->size;
    enum btf_kind kind = btf_unqualified(types, member->type).type.kind;
    return (kind == BTF_INT || btf_is_enum(kind)) && member->bit_size <= size * 8;
}

static void part_set_member(struct plugin_type_part *part, const struct btf *types,
                            const struct btf_type *type, uint32_t index)
{
    struct btf_member member = btf_member(types, type, index);
    part->name = member.name;
    part->offset = member.bit_offset / 8;
    part->bit_size = member.bit_size;
    part->bit_offset = member.bit_size ? member.bit_offset % 8 : 0;
    if (is_within(types, type, &member))
        part->type = (plugin_type){types, member.type};
}

static void part_set(struct plugin_type_part *part, const struct btf *types,
                     const struct btf_type *type, uint32_t index)
{
    *part = (struct plugin_type_part){.size = sizeof *part};
    if (btf_has_members(type->kind)) {
        part_set_member(part, types, type, index);
    } else if (btf_is_enum(type->kind)) {
        part->value = btf_enumerator(types, type, index, &part->name);
    } else {
        struct btf_parameter parameter = btf_parameter(types, type, index);
        part->name = parameter.name;
        part->type = (plugin_type){types, parameter.type};
    }
}

static bool part_give(const struct plugin_type_part *own, struct plugin_type_part *part)
{
    struct error error = {0};
    if (versioned_fill(part, own, sizeof *own, "type_part", &error))
        return true;
    error_publish(&error);
    return false;
}

bool plugin_type_part(plugin_type type, size_t index, struct plugin_type_part *part)
{
    if (!type.types_)
        return false;
    const struct btf *types = types_of(type);
    struct btf_type own = types_unqualified(type).type;
    struct plugin_type_part found;
    if (index >= count_of(types, &own))
        return false;
    part_set(&found, types, &own, (uint32_t)index);
    return part_give(&found, part);
}

struct finding {
    const struct btf *types;
    const char *name;
    struct budget work;
    struct plugin_type_part part;
};

/* Finds the part in the type, which lies at the offset, or in its unnamed members. */
static bool find(struct finding *finding, const struct btf_type *type, size_t offset,
                 unsigned depth)
{
    uint32_t count = count_of(finding->types, type);
    for (uint32_t i = 0; i < count && budget_spend(&finding->work, 1); i++) {
        part_set(&finding->part, finding->types, type, i);
        finding->part.offset += btf_has_members(type->kind) ? offset : 0;
        if (!strcmp(finding->part.name, finding->name))
            return true;
        plugin_type inner = finding->part.type;
        if (!btf_has_members(type->kind) || *finding->part.name || !inner.types_)
            continue;
        struct btf_unqualified own = types_unqualified(inner);
        if (btf_has_members(own.type.kind) && depth < NESTING_MAX &&
            budget_spend(&finding->work, own.links) &&
            find(finding, &own.type, finding->part.offset, depth + 1))
            return true;
    }
    return false;
}

bool plugin_type_find(plugin_type type, const char *name, struct plugin_type_part *part)
{
    if (!type.types_ || !name || !*name)
        return false;
    struct finding finding = {types_of(type), name, {WORK_MAX}, {0}};
    struct btf_type own = types_unqualified(type).type;
    return find(&finding, &own, 0, 0) && part_give(&finding.part, part);
}
