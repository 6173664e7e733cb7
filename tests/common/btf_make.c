/* Builds a `.BTF` section in memory by libbpf. */
#include "tests/common/btf_make.h"

#include <bpf/btf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 128, TAGS_MAX = 64 };

struct make {
    struct btf *btf;
    const char *at; /* the remaining words */
    bool is_dry;    /* reads the words without adding types */
    struct {
        char name[WORD_MAX];
        uint32_t id;
    } tags[TAGS_MAX];
    size_t tag_count;
};

static _Noreturn void give_up(const char *what, const char *word)
{
    fprintf(stderr, "# btf_make: %s: %s\n", what, word);
    abort();
}

static uint32_t check(int result)
{
    if (result < 0)
        give_up("libbpf refuses", strerror(-result));
    return (uint32_t)result;
}

struct make *make_start(void)
{
    struct make *make = calloc(1, sizeof *make);
    if (!make)
        give_up("no memory", "");
    make->btf = btf__new_empty();
    if (!make->btf)
        give_up("no memory", "");
    btf__set_pointer_size(make->btf, 8);
    return make;
}

uint8_t *make_end(struct make *make, size_t *size)
{
    uint32_t raw_size = 0;
    const void *raw = btf__raw_data(make->btf, &raw_size);
    uint8_t *copy = raw ? malloc(raw_size) : NULL;
    if (!copy)
        give_up("no memory", "");
    memcpy(copy, raw, raw_size);
    *size = raw_size;
    btf__free(make->btf);
    free(make);
    return copy;
}

/* ---- single records ---- */

uint32_t make_pointer(struct make *make, uint32_t target)
{
    return check(btf__add_ptr(make->btf, (int)target));
}

uint32_t make_array(struct make *make, uint32_t element, uint32_t count)
{
    return check(btf__add_array(make->btf, 0, (int)element, count));
}

uint32_t make_typedef(struct make *make, const char *name, uint32_t target)
{
    return check(btf__add_typedef(make->btf, name, (int)target));
}

uint32_t make_chain(struct make *make, uint32_t names)
{
    uint32_t id = make_add(make, "int");
    for (uint32_t i = 0; i < names; i++)
        id = make_typedef(make, "t", id);
    return id;
}

uint32_t make_members(struct make *make, uint32_t count, uint32_t type)
{
    uint32_t id = make_struct(make, "many", 4);
    for (uint32_t i = 0; i < count; i++)
        make_member(make, "m", type, 0);
    return id;
}

uint32_t make_struct(struct make *make, const char *tag, uint32_t size)
{
    return check(btf__add_struct(make->btf, tag, size));
}

void make_member(struct make *make, const char *name, uint32_t type, uint32_t bit_offset)
{
    check(btf__add_field(make->btf, name, (int)type, bit_offset, 0));
}

uint32_t make_enum(struct make *make, const char *tag)
{
    return check(btf__add_enum(make->btf, tag, 4));
}

void make_enumerator(struct make *make, const char *name, int64_t value)
{
    check(btf__add_enum_value(make->btf, name, value));
}

uint32_t make_function(struct make *make, uint32_t result)
{
    return check(btf__add_func_proto(make->btf, (int)result));
}

void make_parameter(struct make *make, const char *name, uint32_t type)
{
    check(btf__add_func_param(make->btf, name, (int)type));
}

uint32_t make_var(struct make *make, const char *name, uint32_t type)
{
    return check(btf__add_var(make->btf, name, BTF_VAR_GLOBAL_ALLOCATED, (int)type));
}

void make_datasec(struct make *make, const char *name, uint32_t var)
{
    check(btf__add_datasec(make->btf, name, 16));
    check(btf__add_datasec_var_info(make->btf, (int)var, 0, 4));
}

void make_decl_tag(struct make *make, const char *text, uint32_t type, int member)
{
    check(btf__add_decl_tag(make->btf, text, (int)type, member));
}

/* ---- words ---- */

static void next_word(struct make *make, char word[static WORD_MAX])
{
    size_t length = 0;
    make->at += strspn(make->at, " ");
    for (; *make->at && *make->at != ' '; make->at++) {
        if (length + 1 == WORD_MAX)
            give_up("too long", make->at);
        word[length++] = *make->at == '~' ? ' ' : *make->at;
    }
    word[length] = '\0';
    if (!length)
        give_up("the words end too early", "");
}

static void next_name(struct make *make, char word[static WORD_MAX])
{
    next_word(make, word);
    if (!strcmp(word, "-"))
        word[0] = '\0';
}

static long long next_number(struct make *make)
{
    char word[WORD_MAX], *end;
    next_word(make, word);
    long long number =
        word[0] == '-' ? strtoll(word, &end, 10) : (long long)strtoull(word, &end, 10);
    if (*end)
        give_up("not a number", word);
    return number;
}

static bool next_is(struct make *make, const char *wanted)
{
    make->at += strspn(make->at, " ");
    size_t length = strlen(wanted);
    if (strncmp(make->at, wanted, length) != 0 || (make->at[length] && make->at[length] != ' '))
        return false;
    make->at += length;
    return true;
}

static void remember(struct make *make, const char *tag, uint32_t id)
{
    if (make->is_dry || !*tag)
        return;
    if (make->tag_count == TAGS_MAX)
        give_up("too many tags", tag);
    snprintf(make->tags[make->tag_count].name, WORD_MAX, "%s", tag);
    make->tags[make->tag_count++].id = id;
}

static uint32_t parse(struct make *make);

/* Reads a type's words without adding it. */
static void skip(struct make *make)
{
    bool was_dry = make->is_dry;
    make->is_dry = true;
    parse(make);
    make->is_dry = was_dry;
}

static struct btf_type *record(struct make *make, uint32_t id)
{
    return (struct btf_type *)btf__type_by_id(make->btf, id);
}

/* A struct gets its id before its members, which may refer to it. */
static uint32_t parse_record(struct make *make, bool is_union)
{
    char tag[WORD_MAX], name[WORD_MAX];
    next_name(make, tag);
    if (next_is(make, ";"))
        return make->is_dry
                   ? 0
                   : check(btf__add_fwd(make->btf, tag, is_union ? BTF_FWD_UNION : BTF_FWD_STRUCT));
    uint32_t size = (uint32_t)next_number(make), id = 0;
    if (!next_is(make, "{"))
        give_up("no { after", tag);
    if (!make->is_dry)
        id = check(is_union ? btf__add_union(make->btf, tag, size)
                            : btf__add_struct(make->btf, tag, size));
    remember(make, tag, id);
    const char *members = make->at;
    while (!next_is(make, "}")) {
        char place[WORD_MAX], *end;
        next_name(make, name);
        next_word(make, place);
        uint32_t offset = (uint32_t)strtoul(place, &end, 10);
        uint32_t bits = *end == ':' ? (uint32_t)strtoul(end + 1, &end, 10) : 0;
        if (*end)
            give_up("no place", place);
        if (!make->is_dry)
            check(btf__add_field(make->btf, name, 0, offset, bits));
        skip(make);
    }
    make->at = members;
    for (uint32_t i = 0; !next_is(make, "}"); i++) {
        next_name(make, name);
        next_word(make, name);
        uint32_t type = parse(make);
        if (!make->is_dry)
            btf_members(record(make, id))[i].type = type;
    }
    return id;
}

static uint32_t parse_enum(struct make *make, bool is_signed)
{
    char tag[WORD_MAX], name[WORD_MAX];
    next_name(make, tag);
    if (next_is(make, ";"))
        return make->is_dry ? 0 : check(btf__add_fwd(make->btf, tag, BTF_FWD_ENUM));
    uint32_t size = (uint32_t)next_number(make), id = 0;
    if (!next_is(make, "{"))
        give_up("no { after", tag);
    if (!make->is_dry)
        id = check(size == 8 ? btf__add_enum64(make->btf, tag, size, is_signed)
                             : btf__add_enum(make->btf, tag, size));
    remember(make, tag, id);
    while (!next_is(make, "}")) {
        next_name(make, name);
        long long value = next_number(make);
        if (make->is_dry)
            continue;
        check(size == 8 ? btf__add_enum64_value(make->btf, name, (uint64_t)value)
                        : btf__add_enum_value(make->btf, name, value));
    }
    if (!make->is_dry && is_signed) /* libbpf derives the flag from the values */
        record(make, id)->info |= UINT32_C(1) << 31;
    return id;
}

static uint32_t parse_function(struct make *make)
{
    char name[WORD_MAX];
    const char *words = make->at;
    uint32_t id = make->is_dry ? 0 : make_function(make, 0);
    skip(make);
    if (!next_is(make, "("))
        give_up("no (", make->at);
    while (!next_is(make, ")")) {
        bool is_ellipsis = next_is(make, "...");
        if (is_ellipsis)
            name[0] = '\0';
        else
            next_name(make, name);
        if (!make->is_dry)
            make_parameter(make, name, 0);
        if (!is_ellipsis)
            skip(make);
    }
    make->at = words;
    uint32_t type = parse(make);
    if (!make->is_dry)
        record(make, id)->type = type;
    next_is(make, "(");
    for (uint32_t i = 0; !next_is(make, ")"); i++) {
        if (next_is(make, "..."))
            continue;
        next_name(make, name);
        type = parse(make);
        if (!make->is_dry)
            btf_params(record(make, id))[i].type = type;
    }
    return id;
}

static const struct {
    const char *word, *name;
    size_t size;
    int encoding;
    bool is_float;
} bases[] = {
    {"bool", "_Bool", 1, BTF_INT_BOOL, false},
    {"char", "char", 1, BTF_INT_SIGNED, false},
    {"schar", "signed char", 1, BTF_INT_SIGNED, false},
    {"uchar", "unsigned char", 1, 0, false},
    {"short", "short", 2, BTF_INT_SIGNED, false},
    {"ushort", "unsigned short", 2, 0, false},
    {"int", "int", 4, BTF_INT_SIGNED, false},
    {"unsigned", "unsigned int", 4, 0, false},
    {"long", "long", 8, BTF_INT_SIGNED, false},
    {"ulong", "unsigned long", 8, 0, false},
    {"llong", "long long", 8, BTF_INT_SIGNED, false},
    {"ullong", "unsigned long long", 8, 0, false},
    {"int128", "__int128", 16, BTF_INT_SIGNED, false},
    {"float", "float", 4, 0, true},
    {"double", "double", 8, 0, true},
    {"ldouble", "long double", 16, 0, true},
};

/* Kinds that refer to one type. */
static uint32_t parse_reference(struct make *make, const char *word)
{
    char name[WORD_MAX] = "";
    bool is_named = !strcmp(word, "typedef") || !strcmp(word, "func") || !strcmp(word, "var") ||
                    !strcmp(word, "tagged") || !strcmp(word, "declared");
    if (is_named)
        next_name(make, name);
    uint32_t number = 0;
    if (!strcmp(word, "array") || !strcmp(word, "aligned"))
        number = (uint32_t)next_number(make);
    uint32_t type = parse(make);
    if (make->is_dry)
        return 0;
    int target = (int)type;
    if (!strcmp(word, "pointer"))
        return make_pointer(make, type);
    if (!strcmp(word, "const"))
        return check(btf__add_const(make->btf, target));
    if (!strcmp(word, "volatile"))
        return check(btf__add_volatile(make->btf, target));
    if (!strcmp(word, "restrict"))
        return check(btf__add_restrict(make->btf, target));
    if (!strcmp(word, "atomic"))
        return check(btf__add_type_tag(make->btf, "_Atomic", target));
    if (!strcmp(word, "tagged"))
        return check(btf__add_type_tag(make->btf, name, target));
    if (!strcmp(word, "typedef"))
        return make_typedef(make, name, type);
    if (!strcmp(word, "func"))
        return check(btf__add_func(make->btf, name, BTF_FUNC_GLOBAL, target));
    if (!strcmp(word, "var"))
        return make_var(make, name, type);
    if (!strcmp(word, "array"))
        return make_array(make, type, number);
    if (!strcmp(word, "declared")) {
        make_decl_tag(make, name, type, -1);
        return type;
    }
    if (!strcmp(word, "aligned")) {
        snprintf(name, sizeof name, "aligned=%u", number);
        make_decl_tag(make, name, type, -1);
        return type;
    }
    give_up("no such word", word);
}

static uint32_t parse(struct make *make)
{
    char word[WORD_MAX];
    next_word(make, word);
    if (!strcmp(word, "void"))
        return 0;
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (!strcmp(word, bases[i].word)) {
            if (make->is_dry)
                return 0;
            return check(bases[i].is_float ? btf__add_float(make->btf, bases[i].name, bases[i].size)
                                           : btf__add_int(make->btf, bases[i].name, bases[i].size,
                                                          bases[i].encoding));
        }
    if (!strcmp(word, "opaque")) {
        next_name(make, word);
        uint32_t size = (uint32_t)next_number(make);
        if (make->is_dry)
            return 0;
        uint32_t id = check(btf__add_float(make->btf, word, 8));
        record(make, id)->size = size; /* libbpf accepts only the sizes of C's floats */
        return id;
    }
    if (!strcmp(word, "struct") || !strcmp(word, "union"))
        return parse_record(make, word[0] == 'u');
    if (!strcmp(word, "enum") || !strcmp(word, "signed-enum"))
        return parse_enum(make, word[0] == 's');
    if (!strcmp(word, "function"))
        return parse_function(make);
    if (!strcmp(word, "same")) {
        next_name(make, word);
        for (size_t i = 0; i < make->tag_count; i++)
            if (!strcmp(word, make->tags[i].name))
                return make->tags[i].id;
        if (make->is_dry)
            return 0;
        give_up("no such tag", word);
    }
    return parse_reference(make, word);
}

uint32_t make_add(struct make *make, const char *words)
{
    make->at = words;
    make->tag_count = 0;
    uint32_t id = parse(make);
    make->at += strspn(make->at, " ");
    if (*make->at)
        give_up("words are left over", make->at);
    return id;
}
