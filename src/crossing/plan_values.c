/* SPDX-License-Identifier: MIT */
/* What values are in an object: bytes, pointers, or objects by value. */
#include "crossing/plan_p.h"

#include "base/array.h"
#include "types/btf_tags.h"
#include "types/layout.h"

#include <string.h>

/* ---- what may not cross ---- */

/* A type of the C library whose objects belong to one process. */
struct forbidden {
    const char *name; /* of a typedef, or a tag; with a final *, the start of one */
    const char *what; /* and what to do */
};

static const struct forbidden all_forbidden[] = {
    {"FILE", "streams: pass the bytes, or a path"},
    {"_IO_FILE", "streams: pass the bytes, or a path"},
    {"DIR", "directory streams: pass a path"},
    {"__dirstream", "directory streams: pass a path"},
    {"va_list", "lists of arguments: pass an array with PLUGIN_COUNTED"},
    {"__gnuc_va_list", "lists of arguments: pass an array with PLUGIN_COUNTED"},
    {"__builtin_va_list", "lists of arguments: pass an array with PLUGIN_COUNTED"},
    {"__va_list", "lists of arguments: pass an array with PLUGIN_COUNTED"},
    {"__va_list_tag", "lists of arguments: pass an array with PLUGIN_COUNTED"},
    {"jmp_buf", "jumps: return an error"},
    {"sigjmp_buf", "jumps: return an error"},
    {"__jmp_buf_tag", "jumps: return an error"},
    {"locale_t", "locales: pass the name"},
    {"__locale_t", "locales: pass the name"},
    {"__locale_struct", "locales: pass the name"},
    {"pthread_*", "objects of threads: keep them on one side"},
    {"thrd_t", "objects of threads: keep them on one side"},
    {"mtx_t", "objects of threads: keep them on one side"},
    {"cnd_t", "objects of threads: keep them on one side"},
    {"tss_t", "objects of threads: keep them on one side"},
    {"sem_t", "objects of threads: keep them on one side"},
};

static const char *find_forbidden(const char *name)
{
    if (!*name)
        return NULL;
    for (size_t i = 0; i < sizeof all_forbidden / sizeof *all_forbidden; i++) {
        const char *own = all_forbidden[i].name;
        size_t length = strcspn(own, "*");
        if (own[length] ? !strncmp(name, own, length) : !strcmp(name, own))
            return all_forbidden[i].what;
    }
    return NULL;
}

const char *plan_forbidden(const struct btf_unqualified *type)
{
    const char *what = find_forbidden(type->typedef_name);
    if (!what)
        what = find_forbidden(type->outer_name);
    if (!what && btf_is_record(type->type.kind))
        what = find_forbidden(type->type.name);
    return what;
}

/* Tells why nothing of this type crosses, in whatever place; false if nothing speaks against it. */
static bool refuse_type(struct plan_maker *maker, const struct place *place, uint32_t id,
                        const char *name, const struct btf_unqualified *type)
{
    static const char no[] = "isolated plugins do not support";
    const char *forbidden = plan_forbidden(type);
    if (forbidden)
        plan_refuse(maker, place, id, name, "%s %s", no, forbidden);
    else if (btf_is_unknown(&type->type))
        plan_refuse(maker, place, id, name, "%s types that the stamp does not know: use others",
                    no);
    else if (type->type.kind == BTF_FLOAT && btf_is_opaque(&type->type))
        plan_refuse(maker, place, id, name, "%s this type: use a struct of numbers, or an array",
                    no);
    else if (type->type.kind == BTF_STRUCT && !strcmp(type->type.name, "pointer_to_member"))
        plan_refuse(maker, place, id, name, "%s pointers to members: use a number", no);
    else
        return false;
    return true;
}

/* ---- spans ---- */

/* Adds bytes of the object; with a part, if part->size. False if they do not lie within it. */
static bool add_span(struct plan_maker *maker, const struct place *place, uint64_t offset,
                     uint64_t size, const struct plan_part *part)
{
    const struct plan_object *object = &maker->objects[place->object];
    if (offset > object->size || size > object->size - offset)
        return false;
    struct span *span =
        array_add(&maker->arena, maker->spans, maker->span_count, maker->span_capacity);
    if (!span) {
        maker->has_no_memory = true;
        return true;
    }
    *span = (struct span){.start = offset, .end = offset + size};
    if (part) {
        span->has_part = true;
        span->part = *part;
        span->part.offset = (uint32_t)offset;
        span->part.size = (uint32_t)size;
    }
    return true;
}

static void add_checked_span(struct plan_maker *maker, const struct place *place, uint32_t id,
                             const char *name, uint64_t offset, uint64_t size,
                             const struct plan_part *part)
{
    if (plan_pay(maker, 1) && !add_span(maker, place, offset, size, part))
        plan_refuse(maker, place, id, name, "it lies beyond what has it: the stamp is damaged");
}

/* ---- pointers ---- */

bool plan_is_char(const struct btf_type *type)
{
    return type->kind == BTF_INT && !strcmp(type->name, "char");
}

static uint32_t intern_opaque(struct plan_maker *maker, const struct btf_unqualified *to)
{
    TEXT_AUTO name = {0};
    bool has_tag = *to->type.name && strcmp(to->type.name, BTF_UNNAMED_TAG) != 0;
    if (to->type.kind == BTF_VOID)
        text_add(&name, "void");
    else if (has_tag || !*to->typedef_name)
        text_add(&name, "%s %s", btf_is_union(&to->type) ? "union" : "struct", to->type.name);
    else
        text_add(&name, "%s", to->typedef_name);
    maker->has_no_memory |= name.failed;
    return plan_intern(maker, text_chars(&name));
}

/* Nothing of what is kept comes back. */
static void keep(struct plan_part *part)
{
    part->is_kept = true;
    part->flow = PLAN_IN;
}

/* A pointer to objects: as many as the marks say, or one. */
static void point_to_objects(struct plan_maker *maker, const struct place *place, uint32_t id,
                             const struct btf_unqualified *to, bool is_const,
                             const struct pointing *pointing, struct plan_part *part)
{
    part->kind = PLAN_OBJECTS;
    part->flow = is_const ? PLAN_IN : PLAN_IN | PLAN_BACK;
    if (pointing && pointing->is_out)
        part->flow = PLAN_BACK;
    if (pointing && pointing->counted) {
        part->counted = PLAN_BY_COUNT;
        part->count_size = pointing->count_size;
        part->count_is_signed = pointing->count_is_signed;
        part->count_offset = pointing->count_offset;
        part->is_by_result = pointing->is_by_result;
        part->is_of_go = pointing->is_of_go;
    }
    if (pointing && pointing->behind) {
        part->counted = PLAN_BEHIND;
        part->count = pointing->behind - 1;
        part->is_by_count = pointing->is_by_count;
    }
    if (pointing && pointing->is_kept)
        keep(part);
    part->object = to->type.kind == BTF_VOID ? plan_object_of_bytes(maker, place)
                                             : plan_object_of(maker, place, id);
}

/* Does nobody look behind the pointer, unless its marks say of how many bytes? */
static bool is_opaque(const struct plan_maker *maker, const struct btf_unqualified *to)
{
    return to->type.kind == BTF_VOID || to->type.kind == BTF_FWD ||
           (btf_has_members(to->type.kind) &&
            (plan_has_typed_mark(maker, to->id, MARK_OPAQUE) || !plan_host_sees(maker, &to->type)));
}

/* Tells why the marks are not for such a pointer; false if they are. */
static bool refuse_marks(struct plan_maker *maker, const struct place *place, uint32_t id,
                         const char *name, const struct btf_unqualified *to, bool is_const,
                         const struct pointing *pointing)
{
    bool is_counted = pointing && pointing->counted;
    const char *mark = is_counted           ? pointing->counted
                       : !pointing          ? NULL
                       : pointing->is_out   ? "PLUGIN_OUT"
                       : pointing->is_kept  ? "PLUGIN_KEPT"
                       : pointing->is_owned ? "PLUGIN_OWNED"
                                            : NULL;
    if (to->type.kind == BTF_FUNC_PROTO && mark)
        plan_refuse(maker, place, id, name, "%s, but it points to a function: drop the mark", mark);
    else if (is_counted && to->type.kind == BTF_FWD)
        plan_refuse(maker, place, id, name,
                    "%s, but the plugin does not know its type's size: include its definition",
                    pointing->counted);
    else if (is_counted && !pointing->is_of_go && to->type.kind != BTF_VOID && is_opaque(maker, to))
        plan_refuse(maker, place, id, name,
                    "%s, but its type is PLUGIN_OPAQUE: drop one of the two", pointing->counted);
    else if (pointing && pointing->is_out && is_const)
        plan_refuse(maker, place, id, name, "PLUGIN_OUT, but it is const: drop one of the two");
    else if (pointing && pointing->is_by_result && is_const)
        plan_refuse(maker, place, id, name,
                    "PLUGIN_COUNTED_BY_RESULT, but it is const, so nothing comes back: drop one "
                    "of the two");
    else if (pointing && pointing->is_out && !is_counted && is_opaque(maker, to))
        plan_refuse(maker, place, id, name,
                    "PLUGIN_OUT, but nothing says of how many bytes: add PLUGIN_COUNTED");
    else if (pointing && pointing->is_kept && !is_counted && is_opaque(maker, to))
        plan_refuse(
            maker, place, id, name,
            "PLUGIN_KEPT, but it is passed as it is, and stays valid anyway: drop the mark");
    else if (pointing && pointing->is_owned && !is_counted && is_opaque(maker, to))
        plan_refuse(
            maker, place, id, name,
            "PLUGIN_OWNED, but it is passed as it is, and the function that frees it gets it "
            "back: drop the mark");
    else
        return false;
    return true;
}

static void refuse_uncounted_char(struct plan_maker *maker, const struct place *place, uint32_t id,
                                  const char *name)
{
    const struct origin *origin = &maker->origins[place->object];
    bool is_result = origin->is_frame && place->slot >= btf_type(maker->btf, origin->type).length;
    plan_refuse(maker, place, id, name, "nothing says how many bytes: %s",
                is_result ? "make it const char * if it is a string"
                : origin->is_frame && !origin->is_root
                    ? "give the function's type a name by typedef and say how many with "
                      "PLUGIN_COUNTED, or make it const char * if it is a string"
                : origin->is_frame ? "say how many with PLUGIN_COUNTED, or make it const char * if "
                                     "it is a string"
                : place->member    ? "say how many with PLUGIN_COUNTED_MEMBER, or make it const "
                                     "char * if it is a string"
                                   : "make it const char * if it is a string");
}

static void add_pointer(struct plan_maker *maker, const struct place *place, uint32_t id,
                        const char *name, uint64_t offset, uint32_t target,
                        const struct pointing *pointing)
{
    unsigned links = 0;
    struct btf_unqualified to = plan_unqualified(maker, target);
    unsigned qualifiers = btf_qualifiers(maker->btf, target, &links);
    bool is_const = qualifiers & BTF_IS_CONST, is_counted = pointing && pointing->counted;
    struct plan_part part = {.flow = PLAN_IN};
    if (!plan_pay(maker, links) || refuse_type(maker, place, id, name, &to) ||
        refuse_marks(maker, place, id, name, &to, is_const, pointing))
        return;
    if (qualifiers & BTF_IS_VOLATILE || to.is_atomic) {
        plan_refuse(maker, place, id, name,
                    "a copy of it would not change when the original does: call a function instead "
                    "of sharing %s memory",
                    to.is_atomic ? "atomic" : "volatile");
        return;
    }
    bool is_owned =
        pointing && pointing->is_owned; /* strings that the caller frees are rarely const */
    if (!is_counted && plan_is_char(&to.type) && !is_const && !is_owned) {
        refuse_uncounted_char(maker, place, id, name);
        return;
    }
    if (to.type.kind == BTF_FUNC_PROTO) {
        part.kind = PLAN_FUNCTION;
        part.object = plan_pointed(maker, place, id, name);
    } else if (!is_counted && plan_is_char(&to.type)) {
        part.kind = PLAN_STRING;
        if (pointing && pointing->is_kept)
            keep(&part);
    } else if (!is_counted && is_opaque(maker, &to)) {
        part.kind = PLAN_OPAQUE;
        part.object = intern_opaque(maker, &to);
    } else {
        point_to_objects(maker, place, target, &to, is_const, pointing, &part);
    }
    add_checked_span(maker, place, id, name, offset, 8, &part);
}

/* ---- values ---- */

/* Passes the dimensions of an array. Sets *count to its elements; false if that is told not to be
 * known. */
static bool pass_array(struct plan_maker *maker, const struct place *place, uint32_t id,
                       const char *name, struct btf_unqualified *type, uint64_t *count)
{
    *count = 1;
    while (type->type.kind == BTF_ARRAY && plan_pay(maker, 1)) {
        uint32_t own = btf_array_count(&type->type);
        if (!own || __builtin_mul_overflow(*count, own, count)) {
            plan_refuse(maker, place, id, name,
                        "isolated plugins do not support arrays of unknown size: use a pointer "
                        "with PLUGIN_COUNTED_MEMBER");
            return false;
        }
        bool is_volatile = type->qualifiers & BTF_IS_VOLATILE, is_atomic = type->is_atomic;
        *type = plan_unqualified(maker, type->type.type);
        type->qualifiers |= is_volatile ? BTF_IS_VOLATILE : 0U;
        type->is_atomic |= is_atomic;
    }
    return plan_pay(maker, 1);
}

/* Tells why a value in an object cannot cross; false if it can. */
static bool refuse_value(struct plan_maker *maker, const struct place *place, uint32_t id,
                         const char *name, const struct btf_unqualified *type)
{
    bool is_in_frame = maker->origins[place->object].is_frame;
    if (!is_in_frame && (type->is_atomic || type->qualifiers & BTF_IS_VOLATILE)) {
        plan_refuse(maker, place, id, name,
                    "a copy of it would not change when the original does: call a function instead "
                    "of sharing %s memory",
                    type->is_atomic ? "atomic" : "volatile");
        return true;
    }
    if (type->type.kind == BTF_VOID || type->type.kind == BTF_FWD ||
        type->type.kind == BTF_FUNC_PROTO) {
        plan_refuse(maker, place, id, name, "its type has no size: the stamp is damaged");
        return true;
    }
    return refuse_type(maker, place, id, name, type);
}

void plan_add_value(struct plan_maker *maker, const struct place *place, uint32_t id,
                    const char *name, uint64_t offset, const struct pointing *pointing)
{
    struct btf_unqualified type = plan_unqualified(maker, id);
    bool is_array = type.type.kind == BTF_ARRAY;
    uint64_t count, size;
    const char *forbidden = plan_forbidden(&type);
    if ((is_array && forbidden && refuse_type(maker, place, id, name, &type)) ||
        !pass_array(maker, place, id, name, &type, &count) ||
        refuse_value(maker, place, id, name, &type))
        return;
    bool is_pointer = type.type.kind == BTF_PTR;
    if (is_pointer && !is_array) {
        add_pointer(maker, place, id, name, offset, type.type.type, pointing);
        return;
    }
    if (__builtin_mul_overflow(layout_size(maker->btf, type.id), count, &size))
        size = UINT64_MAX;
    if (!is_pointer && !btf_has_members(type.type.kind)) {
        add_checked_span(maker, place, id, name, offset, size, NULL);
        return;
    }
    if (!size || (type.type.kind == BTF_STRUCT && !type.type.length))
        return; /* no bytes of its own: C++ may put a member there */
    struct plan_part part = {.kind = PLAN_EMBEDDED, .count = (uint32_t)count};
    part.object = plan_object_of(maker, place, type.id);
    add_checked_span(maker, place, id, name, offset, size, &part);
}

void plan_add_address(struct plan_maker *maker, const struct place *place, uint32_t id,
                      uint64_t offset)
{
    struct plan_part part = {.kind = PLAN_OPAQUE, .object = plan_intern(maker, "void")};
    add_checked_span(maker, place, id, "", offset, 8, &part);
}

void plan_add_bit_field(struct plan_maker *maker, const struct place *place,
                        const struct btf_member *member, uint64_t offset)
{
    uint64_t size = (member->bit_offset % 8 + member->bit_size + 7U) / 8;
    add_checked_span(maker, place, member->type, member->name, offset + member->bit_offset / 8,
                     size, NULL);
    if (maker->span_count)
        maker->spans[maker->span_count - 1].is_bit_field = true;
}

void plan_add_same(struct plan_maker *maker, const struct place *place,
                   const struct btf_member *member, uint64_t offset, uint32_t as)
{
    struct plan_part part = {.kind = PLAN_SAME, .count_offset = as};
    add_checked_span(maker, place, member->type, member->name, offset,
                     layout_size(maker->btf, member->type), &part);
}

/* ---- unions ---- */

static void add_members_of_leaf(struct plan_maker *maker, const struct place *place,
                                const struct btf_type *type, uint64_t offset, unsigned level)
{
    for (uint32_t i = 0; i < type->length && plan_pay(maker, 1); i++) {
        struct btf_member member = btf_member(maker->btf, type, i);
        if (member.bit_size)
            plan_add_bit_field(maker, place, &member, offset);
        else
            plan_add_leaves(maker, place, member.type, member.name, offset + member.bit_offset / 8,
                            level + 1);
    }
}

void plan_add_leaves(struct plan_maker *maker, const struct place *place, uint32_t id,
                     const char *name, uint64_t offset, unsigned level)
{
    struct btf_unqualified type = plan_unqualified(maker, id);
    uint64_t count, size;
    if (level > PLAN_LEVELS_MAX) {
        plan_refuse(maker, place, id, name, "its types are nested too deeply: nest fewer structs");
        return;
    }
    if (!pass_array(maker, place, id, name, &type, &count) ||
        refuse_value(maker, place, id, name, &type))
        return;
    if (type.type.kind == BTF_PTR) {
        plan_refuse(maker, place, id, name,
                    "nobody can tell whether a union has the pointer: use a struct");
        return;
    }
    if (!btf_has_members(type.type.kind)) {
        if (__builtin_mul_overflow(layout_size(maker->btf, type.id), count, &size))
            size = UINT64_MAX;
        add_checked_span(maker, place, id, name, offset, size, NULL);
        return;
    }
    size_t told = maker->misfits->count;
    for (uint64_t i = 0; i < count && told == maker->misfits->count && plan_pay(maker, 1); i++)
        add_members_of_leaf(maker, place, &type.type, offset + i * type.type.size, level);
}
