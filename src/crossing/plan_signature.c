/* SPDX-License-Identifier: MIT */
/* The signatures by which libffi calls functions: what is passed by value, as words of letters. */
#include "crossing/natural.h"
#include "crossing/plan_p.h"
#include "crossing/plan_registers.h"

#include "types/btf_tags.h"

#include <elf.h>
#include <string.h>

/* Why a value cannot be passed; "": that is told of its type; NULL: it can. */
typedef const char *reason;

static reason add_value(struct plan_maker *maker, uint32_t id, unsigned level,
                        struct text *signature, struct natural *natural);

static reason add_scalar(char letter, uint32_t size, struct text *signature,
                         struct natural *natural)
{
    *natural = (struct natural){size, size};
    text_add_bytes(signature, &letter, 1);
    return NULL;
}

static reason add_integer(uint32_t size, bool is_signed, struct text *signature,
                          struct natural *natural)
{
    char letter = natural_integer(size, is_signed);
    return letter == '.' ? "an integer of this size" : add_scalar(letter, size, signature, natural);
}

static reason add_float(const struct btf_type *type, struct text *signature,
                        struct natural *natural)
{
    char letter = natural_float(type->name, type->size);
    if (btf_is_opaque(type))
        return "";
    return letter == '.' ? "a number of this size"
                         : add_scalar(letter, type->size, signature, natural);
}

static reason add_struct(struct plan_maker *maker, const struct btf_unqualified *type,
                         unsigned level, struct text *signature, struct natural *natural)
{
    static const char moved[] = "a struct that is packed or aligned";
    *natural = (struct natural){0, 1};
    if (level >= PLAN_LEVELS_MAX)
        return "a type that is nested so deeply";
    if (!type->type.length)
        return "a struct without members";
    text_add(signature, "{");
    for (uint32_t i = 0; i < type->type.length && plan_pay(maker, 1); i++) {
        struct btf_member member = btf_member(maker->btf, &type->type, i);
        struct natural own;
        if (member.bit_size)
            return "a struct with bit-fields";
        reason why = add_value(maker, member.type, level + 1, signature, &own);
        if (why)
            return why;
        if (natural_add(natural, &own) != member.bit_offset / 8 || member.bit_offset % 8 ||
            btf_alignment(maker->btf, type->id, (int32_t)i) > own.alignment)
            return moved;
    }
    text_add(signature, "}");
    natural_end(natural);
    bool is_moved = natural->size != type->type.size ||
                    btf_alignment(maker->btf, type->id, -1) > natural->alignment;
    return is_moved ? moved : NULL;
}

static reason add_elements(struct plan_maker *maker, const struct btf_type *array, unsigned level,
                           struct text *signature, struct natural *natural)
{
    uint32_t count = btf_array_count(array);
    struct natural own = {0, 1};
    if (count > PLAN_ELEMENTS_MAX)
        return "an array of more than 4,096 elements";
    if (!count)
        return "";
    for (uint32_t i = 0; i < count && plan_pay(maker, 1) && !signature->failed; i++) {
        reason why = add_value(maker, array->type, level + 1, signature, &own);
        if (why)
            return why;
    }
    *natural = (struct natural){own.size * count, own.alignment};
    return NULL;
}

/* Do typedefs of the type request a larger alignment than this? */
static bool is_raised(const struct plan_maker *maker, uint32_t id, uint64_t alignment)
{
    struct btf_type type = btf_type(maker->btf, id);
    for (; type.kind == BTF_TYPEDEF || type.kind == BTF_CONST || type.kind == BTF_VOLATILE ||
           type.kind == BTF_RESTRICT || type.kind == BTF_TYPE_TAG;
         type = btf_type(maker->btf, id)) {
        if (type.kind == BTF_TYPEDEF && btf_alignment(maker->btf, id, -1) > alignment)
            return true;
        id = type.type;
    }
    return false;
}

static reason add_unqualified(struct plan_maker *maker, const struct btf_unqualified *type,
                              unsigned level, struct text *signature, struct natural *natural)
{
    switch (type->type.kind) {
    case BTF_INT:
        return add_integer(type->type.size, btf_int(&type->type).is_signed, signature, natural);
    case BTF_ENUM:
    case BTF_ENUM64:
        return add_integer(type->type.size, type->type.flag, signature, natural);
    case BTF_FLOAT:
        return add_float(&type->type, signature, natural);
    case BTF_PTR:
        return add_scalar('p', 8, signature, natural);
    case BTF_STRUCT:
        return add_struct(maker, type, level, signature, natural);
    case BTF_UNION:
        return "a union";
    case BTF_ARRAY:
        return add_elements(maker, &type->type, level, signature, natural);
    default:
        return "";
    }
}

static reason add_value(struct plan_maker *maker, uint32_t id, unsigned level,
                        struct text *signature, struct natural *natural)
{
    struct btf_unqualified type = plan_unqualified(maker, id);
    *natural = (struct natural){0, 1};
    if (!plan_pay(maker, 1) || level > 2 * PLAN_LEVELS_MAX)
        return "a type that is nested so deeply";
    if (!strcmp(type.tag, BTF_BY_REFERENCE_TAG))
        return "a class that its own functions copy";
    reason why = add_unqualified(maker, &type, level, signature, natural);
    return !why && is_raised(maker, id, natural->alignment) ? "a type that its typedef aligns"
                                                            : why;
}

bool plan_add_signature(struct plan_maker *maker, const struct place *place, uint32_t id,
                        const char *name, struct text *signature)
{
    struct natural natural;
    size_t start = signature->length;
    reason why = plan_unqualified(maker, id).type.kind == BTF_ARRAY
                     ? "an array"
                     : add_value(maker, id, 0, signature, &natural);
    if (!why && signature->is_full)
        why = "a type of so many values";
    bool is_struct = !why && !signature->failed && signature->chars[start] == '{';
    if (is_struct && maker->plugin->elf.machine == EM_X86_64 && plan_pay(maker, signature->length))
        why = plan_passed_wrongly(signature->chars, start);
    if (why && *why)
        plan_refuse(maker, place, id, name,
                    "%s cannot be passed to another process by value: pass a pointer to it", why);
    maker->has_no_memory |= signature->failed && !signature->is_full;
    return !why;
}
