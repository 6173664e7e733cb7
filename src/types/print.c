/* SPDX-License-Identifier: MIT */
/* Prints types as C. */
#include "types/print.h"

#include "types/layout.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* No program's types reach the first three limits. SHOWN_MAX is the length of a declaration in a
 * message; PADDING_AS_BITS_MAX, the bytes of padding that are printed as bit-fields. */
enum {
    DEPTH_MAX = 128,
    LENGTH_MAX = 1 << 22,
    WORK_MAX = 1 << 18,
    SHOWN_MAX = 1 << 12,
    PADDING_AS_BITS_MAX = 16
};

struct printer {
    struct text *text;
    const struct btf *btf;
    const struct print_names *names;
    struct layout layout;
    size_t limit;      /* of every text */
    bool is_resolving; /* what a typedef stands for is shown, not its name */
    unsigned depth;
    struct budget work; /* for members, enumerators, parameters and links */
};

enum qualifier { CONST = 1, VOLATILE = 2, RESTRICT = 4, ATOMIC = 8 };

static void print_type(struct printer *printer, uint32_t id, struct text *declarator, int indent);

/* Marks the text as too large, unless it has failed already. */
static void text_set_full(struct text *text)
{
    if (!text->failed)
        text->failed = text->is_full = true;
}

/* Passes the failure of a part on to the text. */
static void text_add_failure(struct text *text, const struct text *part)
{
    if (!part->failed || text->failed)
        return;
    text->failed = true;
    text->is_full = part->is_full;
}

/* Pays for one more member, enumerator, parameter or link. False if it is not to be printed. */
static bool printer_spend(struct printer *printer)
{
    if (!budget_spend(&printer->work, 1) || printer->layout.failed)
        text_set_full(printer->text);
    return !printer->text->failed;
}

/* Enters a level of nesting; false if that is too deep. */
static bool printer_enter(struct printer *printer)
{
    if (printer->depth >= DEPTH_MAX)
        text_set_full(printer->text);
    if (!printer_spend(printer))
        return false;
    printer->depth++;
    return true;
}

static void printer_leave(struct printer *printer)
{
    assert(printer->depth > 0);
    printer->depth--;
}

/* Adds a type's tag or name. */
static void print_type_name(struct printer *printer, uint32_t id)
{
    text_add_escaped(printer->text, btf_type(printer->btf, id).name);
    if (printer->names)
        text_add(printer->text, "%s", printer->names->suffix(printer->names->context, id));
}

static unsigned qualifier_of(const struct btf_type *type)
{
    switch (type->kind) {
    case BTF_CONST:
        return CONST;
    case BTF_VOLATILE:
        return VOLATILE;
    case BTF_RESTRICT:
        return RESTRICT;
    case BTF_TYPE_TAG:
        return btf_is_atomic(type) ? ATOMIC : 0;
    default:
        return 0;
    }
}

static bool is_modifier(enum btf_kind kind)
{
    return kind == BTF_CONST || kind == BTF_VOLATILE || kind == BTF_RESTRICT ||
           kind == BTF_TYPE_TAG;
}

static void add_qualifiers(struct text *text, unsigned qualifiers)
{
    if (qualifiers & CONST)
        text_add(text, "const ");
    if (qualifiers & VOLATILE)
        text_add(text, "volatile ");
    if (qualifiers & RESTRICT)
        text_add(text, "restrict ");
    if (qualifiers & ATOMIC)
        text_add(text, "_Atomic ");
}

bool print_is_builtin(const struct btf_type *type)
{
    return (type->kind == BTF_STRUCT && !strcmp(type->name, "__va_list_tag")) ||
           (type->kind == BTF_TYPEDEF && !strcmp(type->name, "__builtin_va_list"));
}

/* ---- bodies of structs, unions and enums ---- */

static void new_line(struct printer *printer, int indent)
{
    if (indent < 0)
        text_add(printer->text, " ");
    else
        text_add(printer->text, "\n%*s", indent * 4, "");
}

static int deeper(int indent)
{
    return indent < 0 ? indent : indent + 1;
}

/* Prints padding that a compiler would not insert: as unnamed bit-fields, which initialisers skip,
 * or as an array where it takes too many of them. */
static void print_padding(struct printer *printer, uint64_t from, uint64_t to, int indent)
{
    if (to <= from)
        return;
    uint64_t first = from % 8 ? 8 - from % 8 : 0;
    if (to - from > PADDING_AS_BITS_MAX * UINT64_C(8)) {
        if (first) {
            new_line(printer, indent);
            text_add(printer->text, "char : %" PRIu64 ";", first);
        }
        from += first;
        new_line(printer, indent);
        text_add(printer->text, "char padding_at_%" PRIu64 "_[%" PRIu64 "];", from / 8,
                 (to - from) / 8);
        from += (to - from) / 8 * 8;
        first = 0;
    }
    while (from < to) {
        uint64_t bits = first ? first : 8;
        if (bits > to - from)
            bits = to - from;
        new_line(printer, indent);
        text_add(printer->text, "char : %" PRIu64 ";", bits);
        from += bits;
        first = 0;
    }
}

static bool is_last_flexible(const struct btf *btf, const struct btf_type *type, uint32_t index,
                             uint32_t member)
{
    struct btf_type member_type = btf_type(btf, member);
    while (is_modifier(member_type.kind) || member_type.kind == BTF_TYPEDEF)
        member_type = btf_type(btf, member_type.type);
    return type->kind == BTF_STRUCT && index > 0 && index + 1U == type->length &&
           member_type.kind == BTF_ARRAY && btf_array_count(&member_type) == 0;
}

static void print_member(struct printer *printer, const struct btf_type *type, uint32_t index,
                         const struct btf_member *member, uint32_t requested, int indent)
{
    TEXT_AUTO declarator = {.limit = printer->limit};
    text_add_escaped(&declarator, member->name);
    new_line(printer, indent);
    struct btf_type member_type = btf_type(printer->btf, member->type);
    if (member_type.kind == BTF_ARRAY && btf_array_count(&member_type) == 0 &&
        !is_last_flexible(printer->btf, type, index, member->type)) {
        /* GNU C allows int[0] anywhere, int[] at the end of a struct alone. */
        text_add(&declarator, "[0]");
        print_type(printer, member_type.type, &declarator, indent);
    } else {
        print_type(printer, member->type, &declarator, indent);
    }
    if (member->bit_size)
        text_add(printer->text, " : %u", member->bit_size);
    if (requested)
        text_add(printer->text, " __attribute__((aligned(%u)))", requested);
    text_add(printer->text, ";");
}

/* Ends a struct with what gives it the recorded size and alignment. */
static void print_struct_attributes(struct printer *printer, uint32_t id, bool packed,
                                    uint32_t natural, uint64_t end, int indent)
{
    uint64_t size = btf_type(printer->btf, id).size;
    uint32_t requested = btf_alignment(printer->btf, id, -1);
    uint64_t own = requested > natural ? requested : natural;
    if (align_up(end, own * UINT64_C(8)) != size * 8)
        print_padding(printer, end, size * 8, deeper(indent));
    new_line(printer, indent);
    text_add(printer->text, "}");
    if (packed && requested)
        text_add(printer->text, " __attribute__((packed, aligned(%u)))", requested);
    else if (packed)
        text_add(printer->text, " __attribute__((packed))");
    else if (requested)
        text_add(printer->text, " __attribute__((aligned(%u)))", requested);
}

static void print_members(struct printer *printer, uint32_t id, int indent)
{
    struct btf_type type = btf_type(printer->btf, id);
    bool packed;
    uint32_t alignment = layout_struct_alignment(&printer->layout, id, &packed);
    uint64_t end = 0;
    text_add(printer->text, " {");
    for (uint32_t i = 0; i < type.length && printer_spend(printer); i++) {
        struct btf_member member = btf_member(printer->btf, &type, i);
        uint32_t requested;
        uint32_t own = layout_member_alignment(&printer->layout, id, i, &member, &requested);
        if (packed)
            own = requested ? requested : 1;
        if (type.kind == BTF_STRUCT) {
            if (layout_offset(&printer->layout, &member, end, own, packed && !requested) <
                member.bit_offset)
                print_padding(printer, end, member.bit_offset, deeper(indent));
            end = member.bit_offset;
        }
        uint64_t bits =
            member.bit_size ? member.bit_size : layout_type_size(&printer->layout, member.type) * 8;
        if (type.kind == BTF_STRUCT)
            end += bits;
        else if (bits > end)
            end = bits;
        print_member(printer, &type, i, &member, requested, deeper(indent));
    }
    print_struct_attributes(printer, id, packed, alignment, end, indent);
    if (printer->layout.failed)
        text_set_full(printer->text);
}

void print_enumerator_value(struct text *text, const struct btf_type *type, int64_t value)
{
    if (type->flag && value == INT64_MIN)
        text_add(text, "-9223372036854775807LL - 1");
    else if (type->flag)
        text_add(text, "%" PRId64, value);
    else
        text_add(text, "%" PRIu64 "%s", (uint64_t)value,
                 value < 0 || value > UINT32_MAX ? "U" : "");
}

static void print_enumerators(struct printer *printer, uint32_t id, int indent)
{
    struct btf_type type = btf_type(printer->btf, id);
    text_add(printer->text, " {");
    for (uint32_t i = 0; i < type.length && printer_spend(printer); i++) {
        const char *name;
        int64_t value = btf_enumerator(printer->btf, &type, i, &name);
        new_line(printer, deeper(indent));
        text_add_escaped(printer->text, name);
        if (printer->names)
            text_add(printer->text, "%s",
                     printer->names->enumerator_suffix(printer->names->context, id));
        text_add(printer->text, " = ");
        print_enumerator_value(printer->text, &type, value);
        if (i + 1U < type.length)
            text_add(printer->text, ",");
    }
    new_line(printer, indent);
    text_add(printer->text, "}");
    if (type.size < 4)
        text_add(printer->text, " __attribute__((packed))");
}

static const char *keyword_of(const struct btf_type *type)
{
    switch (type->kind) {
    case BTF_STRUCT:
        return "struct";
    case BTF_UNION:
        return "union";
    case BTF_FWD:
        return type->flag ? "union" : "struct";
    default:
        return "enum";
    }
}

static void print_body(struct printer *printer, uint32_t id, int indent)
{
    struct btf_type type = btf_type(printer->btf, id);
    if (!printer_enter(printer))
        return;
    if (btf_has_members(type.kind))
        print_members(printer, id, indent);
    else
        print_enumerators(printer, id, indent);
    printer_leave(printer);
}

/* ---- declarators, from the name outward ---- */

static void declarator_wrap(struct text *declarator, const char *front, const char *back)
{
    struct text whole = {.limit = declarator->limit};
    text_add(&whole, "%s", front);
    text_add_bytes(&whole, text_chars(declarator), declarator->length);
    text_add(&whole, "%s", back);
    text_add_failure(&whole, declarator);
    text_free(declarator);
    *declarator = whole;
}

static void declarator_add_pointer(struct text *declarator, unsigned qualifiers)
{
    TEXT_AUTO star = {0};
    text_add(&star, "*");
    add_qualifiers(&star, qualifiers);
    if (qualifiers && !declarator->length && star.length)
        star.chars[--star.length] = '\0'; /* the space: no name follows */
    text_add_failure(declarator, &star);
    declarator_wrap(declarator, text_chars(&star), "");
}

/* Wraps a function's declarator with its calling convention, an attribute of gcc and clang. */
static void declarator_add_convention(struct text *declarator, const char *convention)
{
    TEXT_AUTO front = {0};
    text_add(&front, "(__attribute__((");
    text_add_escaped(&front, convention);
    text_add(&front, "))%s", declarator->length ? " " : "");
    text_add_failure(declarator, &front);
    declarator_wrap(declarator, text_chars(&front), ")");
}

static void declarator_add_parameters(struct printer *printer, struct text *declarator,
                                      const struct btf_type *type)
{
    if (!printer_enter(printer))
        return;
    text_add(declarator, "(");
    if (!type->length)
        text_add(declarator, "void");
    bool variadic = btf_is_variadic(printer->btf, type);
    bool is_open = btf_is_unprototyped(printer->btf, type);
    for (uint32_t i = 0; i < type->length && !is_open && printer_spend(printer); i++) {
        if (i)
            text_add(declarator, ", ");
        if (variadic && i + 1U == type->length) {
            text_add(declarator, "...");
            break;
        }
        struct btf_parameter parameter = btf_parameter(printer->btf, type, i);
        struct printer nested = *printer;
        struct text own = {.limit = printer->limit};
        TEXT_AUTO name = {.limit = printer->limit};
        nested.text = &own;
        if (print_is_identifier(parameter.name))
            text_add_escaped(&name, parameter.name);
        print_type(&nested, parameter.type, &name, -1);
        printer->work = nested.work;
        printer->layout = nested.layout;
        text_add_failure(printer->text, &own);
        text_add_bytes(declarator, text_chars(&own), own.length);
        text_free(&own);
    }
    text_add(declarator, ")");
    printer_leave(printer);
}

static void print_specifier(struct printer *printer, uint32_t id, unsigned qualifiers, int indent)
{
    struct btf_type type = btf_type(printer->btf, id);
    add_qualifiers(printer->text, qualifiers);
    switch (type.kind) {
    case BTF_STRUCT:
    case BTF_UNION:
    case BTF_FWD:
    case BTF_ENUM:
    case BTF_ENUM64: {
        text_add(printer->text, "%s", keyword_of(&type));
        if (*type.name) {
            text_add(printer->text, " ");
            print_type_name(printer, id);
        } else {
            print_body(printer, id, indent);
        }
        break;
    }
    case BTF_VOID:
        text_add(printer->text, "void");
        break;
    case BTF_ARRAY:
    case BTF_PTR:
        text_add(printer->text, "__builtin_va_list");
        break;
    default:
        if (type.kind == BTF_TYPEDEF && printer->names && printer->names->before_typedef)
            text_add(printer->text, "%s ", printer->names->before_typedef);
        print_type_name(printer, id);
    }
}

/* Is it the va_list of x86-64, an array of one struct, or the pointer that such a parameter becomes
 * (System V ABI, AMD64 supplement, 3.5.7)? */
static bool is_va_list(const struct btf *btf, const struct btf_type *type)
{
    if (type->kind != BTF_ARRAY && type->kind != BTF_PTR)
        return false;
    struct btf_type target = btf_type(btf, type->type);
    return target.kind == BTF_STRUCT && print_is_builtin(&target);
}

/* Prints the type around the declarator, which starts as the name: pointers to its left, arrays and
 * parameters to its right, then the specifier in front (C11 6.7.6). */
static void print_type(struct printer *printer, uint32_t id, struct text *declarator, int indent)
{
    unsigned qualifiers = 0;
    bool after_pointer = false, after_array = false;
    const char *tag = "";
    for (unsigned links = 0;; links++) {
        struct btf_type type = btf_type(printer->btf, id);
        if (links > DEPTH_MAX * 4)
            text_set_full(printer->text);
        text_add_failure(printer->text, declarator);
        if (!printer_spend(printer))
            return;
        if (is_modifier(type.kind)) {
            qualifiers |= qualifier_of(&type);
            if (type.kind == BTF_TYPE_TAG && !btf_is_atomic(&type))
                tag = type.name;
        } else if (printer->is_resolving && type.kind == BTF_TYPEDEF && !print_is_builtin(&type)) {
            /* Another link. */
        } else if (is_va_list(printer->btf, &type)) {
            break;
        } else if (type.kind == BTF_PTR) {
            declarator_add_pointer(declarator, qualifiers);
            qualifiers = 0;
            after_pointer = true;
            after_array = false;
        } else if (type.kind == BTF_ARRAY || type.kind == BTF_FUNC_PROTO) {
            tag = type.kind == BTF_FUNC_PROTO ? btf_convention(printer->btf, &type) : "";
            if (*tag)
                declarator_add_convention(declarator, tag);
            else if (after_pointer)
                declarator_wrap(declarator, "(", ")");
            after_pointer = false;
            if (type.kind == BTF_FUNC_PROTO)
                declarator_add_parameters(printer, declarator, &type);
            else if (btf_array_count(&type) || after_array)
                text_add(declarator, "[%" PRIu32 "]", btf_array_count(&type));
            else /* only the first size may be missing (C11 6.7.6.2p1) */
                text_add(declarator, "[]");
            after_array = type.kind == BTF_ARRAY;
            if (*tag) /* it stands in front of the result, too */
                type = btf_type(printer->btf, type.type);
            tag = "";
        } else {
            break;
        }
        id = type.type;
    }
    if (*tag) {
        text_add(printer->text, "__attribute__((");
        text_add_escaped(printer->text, tag);
        text_add(printer->text, ")) ");
    }
    print_specifier(printer, id, qualifiers, indent);
    if (declarator->length) {
        text_add(printer->text, " ");
        text_add_bytes(printer->text, text_chars(declarator), declarator->length);
    }
}

/* Lowers the text's limit to what any program's types need. Returns the old limit, which the caller
 * restores. */
static size_t printer_init(struct printer *printer, struct text *text, const struct btf *btf,
                           const struct print_names *names)
{
    size_t before = text->limit;
    if (!before || before - text->length > LENGTH_MAX)
        text->limit = text->length + LENGTH_MAX;
    size_t room = text->limit > text->length ? text->limit - text->length : 1;
    *printer = (struct printer){.text = text,
                                .btf = btf,
                                .names = names,
                                .limit = room,
                                .work = {room < WORK_MAX ? room : WORK_MAX},
                                .layout = {.btf = btf, .work = {room}}};
    return before;
}

static void print_named(struct printer *printer, uint32_t id, const char *name)
{
    TEXT_AUTO declarator = {.limit = printer->limit};
    if (name)
        text_add_escaped(&declarator, name);
    print_type(printer, id, &declarator, -1);
}

void print_declaration(struct text *text, const struct btf *btf, uint32_t id, const char *name,
                       const struct print_names *names)
{
    struct printer printer;
    size_t before = printer_init(&printer, text, btf, names);
    print_named(&printer, id, name);
    text->limit = before;
}

static void print_for_message(struct text *text, const struct btf *btf, uint32_t id,
                              const char *name, bool is_resolving)
{
    struct printer printer;
    text->limit = text->length + SHOWN_MAX;
    printer_init(&printer, text, btf, NULL);
    printer.is_resolving = is_resolving;
    print_named(&printer, id, name);
    text->limit = 0;
    if (!text->is_full)
        return;
    text_free(text);
    text_add(text, "a type too large to show");
}

void print_shown(struct text *text, const struct btf *btf, uint32_t id, const char *name)
{
    print_for_message(text, btf, id, name, false);
}

void print_resolved(struct text *text, const struct btf *btf, uint32_t id, const char *name)
{
    print_for_message(text, btf, id, name, true);
}

void print_symbol(struct text *text, const struct btf *btf, uint32_t id, const char *name,
                  const struct print_names *names)
{
    print_declaration(text, btf, btf_type(btf, id).type, name, names);
}

static void print_typedef(struct printer *printer, uint32_t id)
{
    TEXT_AUTO declarator = {.limit = printer->limit};
    uint32_t alignment = btf_alignment(printer->btf, id, -1);
    struct printer named = {.text = &declarator, .btf = printer->btf, .names = printer->names};
    print_type_name(&named, id);
    text_add(printer->text, "typedef ");
    print_type(printer, btf_type(printer->btf, id).type, &declarator, 0);
    if (alignment)
        text_add(printer->text, " __attribute__((aligned(%u)))", alignment);
}

static void print_tagged(struct printer *printer, uint32_t id)
{
    struct btf_type type = btf_type(printer->btf, id);
    text_add(printer->text, "%s", keyword_of(&type));
    if (*type.name) {
        text_add(printer->text, " ");
        print_type_name(printer, id);
    }
    print_body(printer, id, 0);
}

void print_definition(struct text *text, const struct btf *btf, uint32_t id,
                      const struct print_names *names)
{
    struct printer printer;
    size_t before = printer_init(&printer, text, btf, names);
    if (btf_type(btf, id).kind == BTF_TYPEDEF)
        print_typedef(&printer, id);
    else
        print_tagged(&printer, id);
    text->limit = before;
}
