/* C names for types. */
#include "types/names_p.h"

#include "dwarf/die.h"

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

static void name_integer(const char *name, uint32_t pointer_size, struct base_type *base)
{
    struct integer_words words;
    const char *kind, *sign = "";
    if (read_integer_words(name, &words)) {
        kind = integer_kind(&words);
    } else {
        words = (struct integer_words){.is_char = base->size == 1, .is_signed = base->is_signed};
        kind = integer_kind_of_size(base->size, pointer_size);
    }
    bool is_plain_char = words.is_char && !words.is_unsigned && !words.is_signed;
    if (!base->is_signed && !is_plain_char)
        sign = "unsigned ";
    else if (words.is_char && words.is_signed)
        sign = "signed ";
    snprintf(base->name, sizeof base->name, "%s%s", sign, kind);
}

/* Returns the spelling of a floating type that both gcc and clang accept. */
static const char *float_spelling(const char *name, uint32_t size)
{
    static const char *const known[] = {"float",    "double",   "long double", "_Float16",
                                        "_Float32", "_Float64", "_Float32x",   "_Float64x",
                                        "__bf16",   "__ibm128"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(name, known[i]))
            return known[i];
    if (!strcmp(name, "_Float128") || !strcmp(name, "__float128"))
        return "__float128";
    return size == 4 ? "float" : size == 8 ? "double" : "long double";
}

static void name_complex(const char *name, struct base_type *base)
{
    /* gcc writes "complex double", newer clang "_Complex double", older clang "complex". */
    const char *part = strstr(name, "omplex ");
    part = part ? part + strlen("omplex ") : "";
    const char *spelling = float_spelling(part, base->size / 2);
    snprintf(base->name, sizeof base->name, "_Complex %s", spelling);
}

void name_base_type(Dwarf_Die *die, uint32_t pointer_size, struct base_type *base)
{
    uint64_t size = 0, encoding = 0;
    const char *name = dwarf_diename(die);
    if (!name)
        name = "";
    die_unsigned(die, DW_AT_byte_size, &size);
    die_unsigned(die, DW_AT_encoding, &encoding);
    *base = (struct base_type){.kind = BASE_INT, .size = (uint32_t)size};
    base->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
    bool has_integer_size = size && size <= 16 && (size & (size - 1)) == 0;
    switch (encoding) {
    case DW_ATE_boolean:
        base->is_bool = true;
        snprintf(base->name, sizeof base->name, "_Bool");
        if (size == 1)
            return;
        base->is_bool = false; /* Fortran's has other sizes */
        break;
    case DW_ATE_float:
        base->kind = BASE_FLOAT;
        snprintf(base->name, sizeof base->name, "%s", float_spelling(name, base->size));
        return;
    case DW_ATE_complex_float:
        base->kind = BASE_OPAQUE;
        name_complex(name, base);
        return;
    case DW_ATE_signed:
    case DW_ATE_signed_char:
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char:
    case DW_ATE_UTF:
        if (has_integer_size && !strstr(name, "_BitInt"))
            break;
        /* fall through */
    default:
        base->kind = BASE_OPAQUE;
        if (!strncmp(name, "complex ", 8))
            snprintf(base->name, sizeof base->name, "_Complex %.40s", name + 8);
        else
            snprintf(base->name, sizeof base->name, "%.60s", *name ? name : "unknown");
        return;
    }
    name_integer(name, pointer_size, base);
}

/* ---- tags ---- */

bool name_is_c(Dwarf_Die *die)
{
    Dwarf_Die unit;
    if (!dwarf_diecu(die, &unit, NULL, NULL))
        return true;
    switch (dwarf_srclang(&unit)) {
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
    case 0x2C: /* DW_LANG_C17 of DWARF 6, which newer compilers use already */
    case 0x3E: /* DW_LANG_C23 */
        return true;
    default:
        return false;
    }
}

static void add_identifier(struct text *text, const char *name)
{
    for (const char *at = name; *at; at++)
        text_add(text, "%c", isalnum((unsigned char)*at) ? *at : '_');
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

char *name_tag(Dwarf_Die *die)
{
    const char *name = dwarf_diename(die);
    if (!name)
        return strdup("");
    if (name_is_c(die))
        return strdup(name);
    /* In C++, gcc calls the struct behind va_list "typedef __va_list_tag __va_list_tag". */
    const char *space = strncmp(name, "typedef ", 8) ? NULL : strrchr(name, ' ');
    struct text text = {0};
    add_scopes(&text, die);
    add_identifier(&text, space ? space + 1 : name);
    if (text.failed)
        text_free(&text);
    return text.chars;
}
