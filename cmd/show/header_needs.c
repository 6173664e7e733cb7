/* SPDX-License-Identifier: MIT */
/* What the declarations of plugin header need of a compiler: a base type that some lack, or C. A
 * declaration is omitted where the compiler lacks it. */
#include "show/header_needs_p.h"

#include "src/base/text.h"
#include "src/types/btf_tags.h"
#include "src/types/layout.h"
#include "src/types/print.h"

#include <stdlib.h>
#include <string.h>

struct need {
    const char *name;      /* the type, without "unsigned" */
    const char *condition; /* of the preprocessor */
};

/* The base types that every compiler has, and the elements of vectors. */
static const char *const plain_types[] = {
    "float",
    "double",
    "long double",
    "_Complex float",
    "_Complex double",
    "_Complex long double",
    "_Complex char",
    "_Complex short",
    "_Complex int",
    "_Complex long",
    "_Complex long long",
    "char",
    "signed char",
    "short",
    "int",
    "long",
    "long long",
};

/* Those that some compilers lack. All others have no spelling in C. */
static const struct need base_types[] = {
    {"__int128", "defined(__SIZEOF_INT128__)"},
    {"_Float16", "defined(__FLT16_MAX__)"},
    {"_Float32", "defined(__FLT32_MAX__) && !defined(__cplusplus)"},
    {"_Float64", "defined(__FLT64_MAX__) && !defined(__cplusplus)"},
    {"_Float32x", "defined(__FLT32X_MAX__) && !defined(__cplusplus)"},
    {"_Float64x", "defined(__FLT64X_MAX__) && !defined(__cplusplus)"},
    {"__float128", "defined(__SIZEOF_FLOAT128__)"},
    {"__bf16", "defined(__BFLT16_MAX__)"},
    {"__ibm128", "defined(__SIZEOF_IBM128__)"},
    {"_Decimal32", "defined(__DEC32_MAX__) && !defined(__cplusplus)"},
    {"_Decimal64", "defined(__DEC64_MAX__) && !defined(__cplusplus)"},
    {"_Decimal128", "defined(__DEC128_MAX__) && !defined(__cplusplus)"},
    {"_Complex _Float16", "defined(__FLT16_MAX__) && !defined(__cplusplus)"},
    /* gcc spells it _Complex _Float128. */
    {"_Complex __float128", "defined(__SIZEOF_FLOAT128__) && defined(__clang__)"},
    {"_Complex __int128", "defined(__SIZEOF_INT128__) && !defined(__clang__)"},
    {"_BitInt(", "defined(__BITINT_MAXWIDTH__)"},
};

enum {
    BASE_TYPES = sizeof base_types / sizeof *base_types,
    NEEDS_C = 27, /* what follows are the numbers of bits, after those of base types */
    NEEDS_ATOMIC,
    NEEDS_SPELLING,
    NEEDS_LAYOUT,
    KNOWN, /* in the cache: the needs were found, or are being found */
    DEPTH_MAX = 1000
};
_Static_assert(BASE_TYPES <= NEEDS_C, "each base type has a bit");

static header_needs needs_bit(unsigned number)
{
    return (header_needs)1 << number;
}

static bool needs_impossible(header_needs needs)
{
    return needs & (needs_bit(NEEDS_SPELLING) | needs_bit(NEEDS_LAYOUT));
}

/* ---- types ---- */

static bool needs_is_word(const char *name, const char *words)
{
    size_t length = strlen(name);
    for (const char *at = words; length && (at = strstr(at, name)); at++)
        if (at > words && at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

header_needs header_needs_of_name(const char *name)
{
    /* The keywords of C++20 that are none of C. */
    static const char keywords[] =
        " and and_eq bitand bitor catch class co_await co_return co_yield compl concept const_cast "
        "consteval constinit decltype delete dynamic_cast explicit export friend mutable namespace "
        "new noexcept not not_eq operator or or_eq private protected public reinterpret_cast "
        "requires static_cast template this throw try typeid typename using virtual xor xor_eq ";
    return needs_is_word(name, keywords) ? needs_bit(NEEDS_C) : 0;
}

bool header_needs_is_character(const char *name)
{
    return needs_is_word(name, " wchar_t char8_t char16_t char32_t ");
}

static header_needs needs_of_base(const char *name)
{
    static const char vector[] = " __attribute__((vector_size(", bits[] = "_BitInt(";
    name += !strncmp(name, "unsigned ", 9) ? 9 : 0;
    const char *end = strstr(name, vector);
    size_t length = end ? (size_t)(end - name) : strlen(name);
    if (!strncmp(name, bits, strlen(bits)))
        length = strlen(bits);
    for (size_t i = 0; i < sizeof plain_types / sizeof *plain_types; i++)
        if (strlen(plain_types[i]) == length && !strncmp(plain_types[i], name, length))
            return 0;
    for (unsigned i = 0; i < BASE_TYPES; i++)
        if (strlen(base_types[i].name) == length && !strncmp(base_types[i].name, name, length))
            return needs_bit(i);
    return needs_bit(NEEDS_SPELLING);
}

bool header_needs_are_met(header_needs needs)
{
    return !needs_impossible(needs);
}

bool header_needs_has_spelling(const char *name)
{
    return !needs_impossible(needs_of_base(name));
}

/* Does a member reach into the next one, or beyond the struct? C++ allows that of
 * [[no_unique_address]] and of bases. */
static bool needs_overlap(const struct btf *btf, const struct btf_type *type)
{
    for (uint32_t i = 0; i < type->length && type->kind == BTF_STRUCT; i++) {
        struct btf_member member = btf_member(btf, type, i);
        uint64_t end = member.bit_offset + layout_size(btf, member.type) * 8;
        uint64_t limit = (uint64_t)type->size * 8;
        if (i + 1 < type->length)
            limit = btf_member(btf, type, i + 1).bit_offset;
        if (!member.bit_size && end > limit)
            return true;
    }
    return false;
}

bool header_needs_is_c_name(const char *name)
{
    return header_needs_is_identifier(name) && !print_is_keyword(name);
}

bool header_needs_is_identifier(const char *name)
{
    for (const char *at = name; *at; at++) {
        unsigned char letter = (unsigned char)*at;
        bool is_letter = (letter | 0x20) >= 'a' && (letter | 0x20) <= 'z';
        bool is_digit = letter >= '0' && letter <= '9';
        if (!is_letter && letter != '_' && letter != '$' && letter < 0x80 &&
            (!is_digit || at == name))
            return false;
    }
    return true;
}

static header_needs needs_of_members(struct header_needs_cache *cache, const struct btf_type *type)
{
    header_needs needs = needs_overlap(cache->btf, type) ? needs_bit(NEEDS_LAYOUT) : 0;
    if (!type->length && !type->size)
        needs |= needs_bit(NEEDS_C); /* an empty struct has a byte in C++ */
    for (uint32_t i = 0; i < type->length; i++) {
        struct btf_member member = btf_member(cache->btf, type, i);
        needs |= header_needs_of_name(member.name) | header_needs_of(cache, member.type, true);
        if (!header_needs_is_identifier(member.name) || !strcmp(member.name, BTF_VIRTUAL_POINTER))
            needs |= needs_bit(NEEDS_SPELLING);
    }
    return needs;
}

static header_needs needs_of_parameters(struct header_needs_cache *cache,
                                        const struct btf_type *type)
{
    header_needs needs = header_needs_of(cache, type->type, true);
    for (uint32_t i = 0; i < type->length; i++) {
        struct btf_parameter parameter = btf_parameter(cache->btf, type, i);
        needs |=
            header_needs_of_name(parameter.name) | header_needs_of(cache, parameter.type, true);
    }
    return needs;
}

static header_needs needs_of_enumerators(const struct btf *btf, const struct btf_type *type)
{
    header_needs needs = header_needs_of_name(type->name);
    for (uint32_t i = 0; i < type->length; i++) {
        const char *name;
        btf_enumerator(btf, type, i, &name);
        needs |= header_needs_of_name(name);
    }
    return needs;
}

static header_needs needs_find(struct header_needs_cache *cache, uint32_t id, bool is_complete)
{
    struct btf_type type = btf_type(cache->btf, id);
    switch (type.kind) {
    case BTF_INT:
        return type.size > 8 ? needs_of_base(type.name) : 0;
    case BTF_FLOAT:
        return needs_of_base(type.name);
    case BTF_ENUM:
    case BTF_ENUM64:
        return needs_of_enumerators(cache->btf, &type);
    case BTF_FWD:
        return header_needs_of_name(type.name);
    case BTF_STRUCT:
    case BTF_UNION:
        return header_needs_of_name(type.name) |
               (is_complete || !*type.name ? needs_of_members(cache, &type) : 0);
    case BTF_TYPEDEF:
        if (header_needs_is_character(type.name))
            return 0;
        return header_needs_of_name(type.name) | header_needs_of(cache, type.type, is_complete);
    case BTF_PTR:
        return header_needs_of(cache, type.type, false);
    case BTF_ARRAY:
        return header_needs_of(cache, type.type, true);
    case BTF_FUNC_PROTO:
        return needs_of_parameters(cache, &type);
    case BTF_TYPE_TAG:
        if (!strcmp(type.name, BTF_BY_REFERENCE_TAG))
            return needs_bit(NEEDS_SPELLING);
        return (btf_is_atomic(&type) ? needs_bit(NEEDS_ATOMIC) : 0) |
               header_needs_of(cache, type.type, is_complete);
    default: /* qualifiers, functions, variables */
        return type.type ? header_needs_of(cache, type.type, is_complete) : 0;
    }
}

header_needs header_needs_of(struct header_needs_cache *cache, uint32_t id, bool is_complete)
{
    header_needs *found = &(is_complete ? cache->complete : cache->named)[id];
    if (!id || *found & needs_bit(KNOWN))
        return id ? *found & ~needs_bit(KNOWN) : 0;
    if (cache->depth >= DEPTH_MAX)
        return needs_bit(NEEDS_SPELLING);
    *found = needs_bit(KNOWN);
    cache->depth++;
    header_needs needs = needs_find(cache, id, is_complete);
    cache->depth--;
    *found |= needs;
    return needs;
}

bool header_needs_init(struct header_needs_cache *cache, const struct btf *btf)
{
    *cache = (struct header_needs_cache){.btf = btf,
                                         .named = calloc(btf->count, sizeof *cache->named),
                                         .complete = calloc(btf->count, sizeof *cache->complete)};
    return cache->named && cache->complete;
}

void header_needs_deinit(struct header_needs_cache *cache)
{
    free(cache->named);
    free(cache->complete);
}

/* ---- conditions ---- */

void header_needs_add_comment(struct text *text, const char *string)
{
    for (const char *at = string; *at; at++) {
        bool ends = at > string && ((at[-1] == '*' && *at == '/') || (at[-1] == '/' && *at == '*'));
        text_add(text, "%s%c", ends ? " " : "", *at);
    }
}

static void needs_add_conditions(struct text *text, header_needs needs)
{
    const char *and = "";
    for (unsigned i = 0; i < BASE_TYPES; i++)
        if (needs & needs_bit(i)) {
            text_add(text, "%s%s", and, base_types[i].condition);
            and = " && ";
        }
    if (needs & needs_bit(NEEDS_ATOMIC)) {
        text_add(text, "%s(!defined(__cplusplus) || defined(__clang__))", and);
        and = " && ";
    }
    if (needs & needs_bit(NEEDS_C))
        text_add(text, "%s!defined(__cplusplus)", and);
}

static void needs_add_names(struct text *text, header_needs needs)
{
    const char *comma = "";
    for (unsigned i = 0; i < BASE_TYPES; i++)
        if (needs & needs_bit(i)) {
            text_add(text, "%s%.*s", comma, (int)strcspn(base_types[i].name, "("),
                     base_types[i].name);
            comma = ", ";
        }
    if (needs & needs_bit(NEEDS_ATOMIC)) {
        text_add(text, "%s_Atomic", comma);
        comma = ", ";
    }
    if (needs & needs_bit(NEEDS_C))
        text_add(text, "%sC: a name in it is a keyword of C++", comma);
}

bool header_needs_start(struct text *text, header_needs needs, const char *name)
{
    if (needs_impossible(needs)) {
        text_add(text, "/* ");
        header_needs_add_comment(text, name);
        text_add(text, ": %s */\n",
                 needs & needs_bit(NEEDS_SPELLING)
                     ? "it has a type without a spelling in C"
                     : "its members overlap, as those of a C struct cannot");
        return false;
    }
    if (needs) {
        text_add(text, "#if ");
        needs_add_conditions(text, needs);
        text_add(text, "\n");
    }
    return true;
}

void header_needs_end(struct text *text, header_needs needs, const char *name)
{
    if (!needs)
        return;
    text_add(text, "#else\n/* ");
    header_needs_add_comment(text, name);
    text_add(text, ": needs ");
    needs_add_names(text, needs);
    text_add(text, " */\n#endif\n");
}
