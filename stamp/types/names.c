/* SPDX-License-Identifier: MIT */
/* C names for types. */
#include "types/names_p.h"

#include "dwarf/die.h"
#include "dwarf/language.h"
#include "src/types/btf_tags.h"
#include "types/rust_p.h"

#include <ctype.h>
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>

/* The type specifiers of an integer type (C11 6.7.2), as they appear in DWARF. */
struct integer_words {
    bool is_char, is_signed, is_unsigned, is_int128;
    unsigned shorts, longs;
};

static bool read_integer_words(const char *name, struct integer_words *words)
{
    *words = (struct integer_words){0};
    for (const char *at = name; *at;) {
        size_t length = strcspn(at, " ");
        if (length == 4 && !strncmp(at, "char", 4))
            words->is_char = true;
        else if (length == 6 && !strncmp(at, "signed", 6))
            words->is_signed = true;
        else if (length == 8 && !strncmp(at, "unsigned", 8))
            words->is_unsigned = true;
        else if (length == 8 && !strncmp(at, "__int128", 8))
            words->is_int128 = true;
        else if (length == 5 && !strncmp(at, "short", 5))
            words->shorts++;
        else if (length == 4 && !strncmp(at, "long", 4))
            words->longs++;
        else if (length != 3 || strncmp(at, "int", 3) != 0)
            return false;
        at += length;
        at += *at == ' ';
    }
    return *name;
}

static const char *integer_kind(const struct integer_words *words)
{
    if (words->is_char)
        return "char";
    if (words->is_int128)
        return "__int128";
    if (words->shorts)
        return "short";
    if (words->longs > 1)
        return "long long";
    return words->longs ? "long" : "int";
}

static const char *integer_kind_of_size(uint32_t size, uint32_t pointer_size)
{
    switch (size) {
    case 1:
        return "char";
    case 2:
        return "short";
    case 4:
        return "int";
    case 8:
        return pointer_size == 8 ? "long" : "long long";
    default:
        return "__int128";
    }
}

/* A type of another language's letters is char; its bytes, such as Rust's u8, D's ubyte and C++'s
 * char8_t, are unsigned char. */
static void name_integer(const char *name, bool is_letter, uint32_t pointer_size,
                         struct base_type *base)
{
    struct integer_words words;
    const char *kind, *sign = "";
    if (read_integer_words(name, &words) && (!words.is_char || base->size == 1)) {
        kind = integer_kind(&words);
    } else {
        words = (struct integer_words){.is_char = base->size == 1,
                                       .is_signed = base->is_signed,
                                       .is_unsigned = !base->is_signed && !is_letter};
        kind = integer_kind_of_size(base->size, pointer_size);
    }
    bool is_plain_char = words.is_char && !words.is_unsigned && !words.is_signed;
    if (!base->is_signed && !is_plain_char)
        sign = "unsigned ";
    else if (words.is_char && words.is_signed)
        sign = "signed ";
    snprintf(base->name, sizeof base->name, "%s%s", sign, kind);
}

/* Do the flags of the unit make long double what __float128 is? gcc records them. */
static bool has_long_double_128(Dwarf_Die *die)
{
    Dwarf_Die unit;
    const char *producer =
        dwarf_diecu(die, &unit, NULL, NULL) ? die_string(&unit, DW_AT_producer) : NULL;
    return producer && strstr(producer, "-mlong-double-128");
}

/* Returns the spelling of a floating type that both gcc and clang accept; NULL if its format is
 * unknown. Two formats have 16 bytes. */
static const char *float_spelling(Dwarf_Die *die, const char *name, uint32_t size)
{
    static const char *const known[] = {"float",     "double",   "_Float16",
                                        "_Float32",  "_Float64", "_Float32x",
                                        "_Float64x", "__bf16",   "__ibm128"};
    static const char *const quad[] = {"_Float128", "__float128", "real(kind=16)",
                                       "complex(kind=16)", "f128"};
    static const char *const extended[] = {"long double", "real(kind=10)", "real",
                                           "complex(kind=10)", "long_long_float"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(name, known[i]))
            return known[i];
    for (size_t i = 0; i < sizeof quad / sizeof *quad; i++)
        if (!strcmp(name, quad[i]))
            return "__float128";
    if (size == 4)
        return "float";
    if (size == 8)
        return "double";
    for (size_t i = 0; i < sizeof extended / sizeof *extended; i++)
        if (!strcmp(name, extended[i]))
            return has_long_double_128(die) ? "__float128" : "long double";
    return !strcmp(name, "f16") ? "_Float16" : NULL;
}

static void base_set_unknown(struct base_type *base, const char *name)
{
    base->kind = BASE_UNKNOWN;
    snprintf(base->name, sizeof base->name, "%.60s", *name ? name : "a number without a name");
}

static void name_float(Dwarf_Die *die, const char *name, struct base_type *base)
{
    const char *spelling = float_spelling(die, name, base->size);
    base->kind = BASE_FLOAT;
    if (spelling)
        snprintf(base->name, sizeof base->name, "%s", spelling);
    else
        base_set_unknown(base, name);
}

static void name_complex(Dwarf_Die *die, const char *name, struct base_type *base)
{
    /* gcc writes "complex double", newer clang "_Complex double", older clang "complex". */
    const char *part = strstr(name, "omplex ");
    part = part ? part + strlen("omplex ") : name;
    if (!strcmp(part, "complex") && base->size == 32)
        part = "long double"; /* clang has no complex __float128 */
    const char *spelling = float_spelling(die, part, base->size / 2);
    base->kind = BASE_OPAQUE;
    if (spelling)
        snprintf(base->name, sizeof base->name, "_Complex %s", spelling);
    else
        base_set_unknown(base, name);
}

/* clang 14 does not say how many bits a _BitInt has. */
static void name_bit_int(Dwarf_Die *die, const char *name, struct base_type *base)
{
    uint64_t bits;
    base->kind = BASE_OPAQUE;
    if (strchr(name, '('))
        snprintf(base->name, sizeof base->name, "%.60s", name);
    else if (die_unsigned(die, DW_AT_bit_size, &bits))
        snprintf(base->name, sizeof base->name, "%.40s(%u)", name, (unsigned)bits);
    else
        base_set_unknown(base, "the width of a _BitInt");
}

void name_base_type(Dwarf_Die *die, uint32_t pointer_size, struct base_type *base)
{
    uint64_t size = 0, encoding = 0, bits;
    const char *name = dwarf_diename(die);
    if (!name)
        name = "";
    die_unsigned(die, DW_AT_byte_size, &size);
    die_unsigned(die, DW_AT_encoding, &encoding);
    *base = (struct base_type){.kind = BASE_INT, .size = (uint32_t)size};
    base->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
    bool has_integer_size = size && size <= 16 && (size & (size - 1)) == 0;
    if (strstr(name, "_BitInt")) {
        name_bit_int(die, name, base);
        return;
    }
    if (die_unsigned(die, DW_AT_bit_size, &bits) && bits != size * 8) {
        base_set_unknown(base, "a number with unused bits");
        return;
    }
    switch (encoding) {
    case DW_ATE_boolean:
        base->is_bool = true;
        snprintf(base->name, sizeof base->name, "_Bool");
        if (size == 1)
            return;
        base->is_bool = false; /* Fortran's has other sizes */
        break;
    case DW_ATE_float:
        name_float(die, name, base);
        return;
    case DW_ATE_complex_float:
        name_complex(die, name, base);
        return;
    case DW_ATE_signed:
    case DW_ATE_signed_char:
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char:
    case DW_ATE_UTF:
        if (has_integer_size)
            break;
        /* fall through */
    default:
        base->kind = BASE_OPAQUE;
        if (!strncmp(name, "complex ", 8))
            snprintf(base->name, sizeof base->name, "_Complex %.40s", name + 8);
        else if (encoding == DW_ATE_decimal_float)
            snprintf(base->name, sizeof base->name, "%.60s", name);
        else
            base_set_unknown(base, name);
        return;
    }
    name_integer(name, encoding == DW_ATE_unsigned_char, pointer_size, base);
}

/* ---- tags ---- */

/* Identifiers of C may have letters beyond ASCII, in UTF-8 (C11 6.4.2.1, annex D), and $ by an
 * extension of gcc and clang. */
static bool is_word(char letter)
{
    return isalnum((unsigned char)letter) || letter == '_' || letter == '$' || letter & 0x80;
}

/* Skips what compilers write differently in a template's arguments: spaces beside punctuation, and
 * the suffix of an integer. */
static const char *skip_variants(const char *name, const char *at)
{
    bool is_after_number = at > name && isdigit((unsigned char)at[-1]);
    const char *suffix = at + strspn(at, "uUlL");
    const char *digits = at;
    while (digits > name && isdigit((unsigned char)digits[-1]))
        digits--;
    if (is_after_number && suffix > at && !is_word(*suffix) &&
        !(digits > name && is_word(digits[-1])))
        at = suffix;
    while (*at == ' ' && (at == name || !is_word(at[-1]) || !is_word(at[1])))
        at++;
    return at;
}

/* The arguments of a template follow a mark, since compilers spell some of them differently. */
static void add_identifier(struct text *text, const char *name)
{
    for (const char *at = name; *(at = skip_variants(name, at)); at++)
        if (*at == '<')
            text_add(text, BTF_ARGUMENTS_MARK);
        else
            text_add_bytes(text, is_word(*at) ? at : "_", 1);
}

/* The namespaces and classes around a type, outermost first. */
static void add_scopes(struct text *text, Dwarf_Die *die)
{
    /* In a type unit, the declaration that the type completes has the scopes. */
    Dwarf_Die declared, *scopes;
    Dwarf_Attribute attribute;
    if (dwarf_attr(die, DW_AT_specification, &attribute) &&
        dwarf_formref_die(&attribute, &declared))
        die = &declared;
    int count = dwarf_getscopes_die(die, &scopes);
    for (int i = count - 1; i > 0; i--) {
        int tag = dwarf_tag(&scopes[i]);
        const char *name = dwarf_diename(&scopes[i]);
        if (name && (tag == DW_TAG_namespace || tag == DW_TAG_class_type ||
                     tag == DW_TAG_structure_type || tag == DW_TAG_union_type)) {
            add_identifier(text, name);
            text_add(text, "__");
        }
    }
    if (count > 0)
        free(scopes);
}

static char *name_with_scopes(Dwarf_Die *die, bool has_scopes)
{
    const char *name = dwarf_diename(die);
    if (!name)
        return strdup("");
    if (language_is_c(die))
        return strdup(name);
    /* In C++, gcc calls the struct behind va_list "typedef __va_list_tag __va_list_tag". */
    const char *space = strncmp(name, "typedef ", 8) ? NULL : strrchr(name, ' ');
    struct text text = {0};
    if (has_scopes && !rust_has_plain_tag(die))
        add_scopes(&text, die);
    add_identifier(&text, space ? space + 1 : name);
    if (text.failed)
        text_free(&text);
    return text.chars;
}

char *name_tag(Dwarf_Die *die)
{
    return name_with_scopes(die, true);
}

char *name_own(Dwarf_Die *die)
{
    return name_with_scopes(die, false);
}
