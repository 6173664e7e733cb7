/* SPDX-License-Identifier: MIT */
/* The values that libffi passes, as words of letters. */
#include "call/prepare_p.h"

#include "crossing/natural.h"
#include "crossing/plan_registers.h"

static const char *add_value(struct signature *signature, plugin_type type,
                             struct natural *natural);

static const char *add_letter(struct signature *signature, char letter)
{
    if (signature->length + 1 >= SIGNATURE_MAX)
        return "a type of so many values";
    signature->letters[signature->length++] = letter;
    return NULL;
}

static const char *add_scalar(struct signature *signature, char letter, size_t size,
                              struct natural *natural)
{
    *natural = (struct natural){size, size};
    return add_letter(signature, letter);
}

static const char *add_integer(struct signature *signature, size_t size, bool is_signed,
                               struct natural *natural)
{
    char letter = natural_integer(size, is_signed);
    return letter == '.' ? "an integer of this size" : add_scalar(signature, letter, size, natural);
}

static const char *add_float(struct signature *signature, plugin_type type, size_t size,
                             struct natural *natural)
{
    char letter = natural_float(plugin_type_name(type), size);
    return letter == '.' ? "a number of this size" : add_scalar(signature, letter, size, natural);
}

static const char *add_struct(struct signature *signature, plugin_type type,
                              struct natural *natural)
{
    struct plugin_type_part part = {.size = sizeof part};
    const char *why = add_letter(signature, '{');
    if (!plugin_type_is_complete(type) || !plugin_type_count(type))
        return "a struct without known members";
    *natural = (struct natural){0, 1};
    for (size_t i = 0; !why && plugin_type_part(type, i, &part); i++) {
        struct natural own;
        if (part.bit_size)
            return "a struct with bit-fields";
        why = add_value(signature, part.type, &own);
        if (why)
            return why;
        if (natural_add(natural, &own) != part.offset)
            return "a struct that is packed or aligned";
    }
    natural_end(natural);
    return why ? why : add_letter(signature, '}');
}

static const char *add_elements(struct signature *signature, plugin_type type,
                                struct natural *natural)
{
    struct natural own = {0, 1};
    size_t count = plugin_type_count(type);
    const char *why = count ? NULL : "a struct with an array of no fixed size";
    for (size_t i = 0; !why && i < count; i++)
        why = add_value(signature, plugin_type_target(type), &own);
    *natural = (struct natural){own.size * count, own.alignment};
    return why;
}

static const char *add_kind(struct signature *signature, plugin_type type, struct natural *natural)
{
    size_t size = plugin_type_size(type);
    switch (plugin_type_kind(type)) {
    case PLUGIN_TYPE_BOOL:
    case PLUGIN_TYPE_INTEGER:
    case PLUGIN_TYPE_ENUM:
        return add_integer(signature, size, plugin_type_is_signed(type), natural);
    case PLUGIN_TYPE_FLOAT:
        return add_float(signature, type, size, natural);
    case PLUGIN_TYPE_POINTER:
        return add_scalar(signature, 'p', size, natural);
    case PLUGIN_TYPE_STRUCT:
        return add_struct(signature, type, natural);
    case PLUGIN_TYPE_ARRAY:
        return add_elements(signature, type, natural);
    case PLUGIN_TYPE_UNION:
        return "a union";
    default:
        return "a type that is not one of C's, or not known,";
    }
}

/* Types nest as deep as <plugin_types.h> says, and each value adds a letter. */
static const char *add_value(struct signature *signature, plugin_type type, struct natural *natural)
{
    if (*plugin_type_attribute(type))
        return "a class that its own functions copy";
    const char *why = add_kind(signature, type, natural);
    if (why)
        return why;
    bool is_natural = plugin_type_size(type) == natural->size &&
                      plugin_type_alignment(type) == natural->alignment;
    return is_natural ? NULL : "a type that is packed or aligned";
}

#ifdef __x86_64__
static const bool is_x86_64 = true;
#else
static const bool is_x86_64 = false;
#endif

const char *signature_add(struct signature *signature, plugin_type type)
{
    struct natural natural;
    size_t start = signature->length;
    if (plugin_type_kind(type) == PLUGIN_TYPE_ARRAY)
        return "an array";
    const char *why = add_value(signature, type, &natural);
    signature->letters[signature->length] = '\0';
    bool is_struct = !why && signature->letters[start] == '{';
    return is_struct && is_x86_64 ? plan_passed_wrongly(signature->letters, start) : why;
}
