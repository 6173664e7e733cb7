/* SPDX-License-Identifier: MIT */
/* The promises of `plugin stamp --grows`, which count for modules that promise nothing, too. */
#include "src/types/btf.h"
#include "src/types/btf_tags.h"
#include "src/types/growth.h"
#include "types/tags_p.h"

#include <string.h>

/* What the option says: "struct info,sized=size". */
struct grows {
    const char *option;
    enum btf_kind kind;   /* BTF_STRUCT or BTF_ENUM; BTF_VOID: of a name without a keyword */
    char *name;           /* as .BTF spells it; in the stamp's arena */
    const char *prefix;   /* of the tag; NULL: that of the module's own promise, or BTF_GROWS */
    const char *argument; /* the member or enumerator; "": none */
};

static bool grows_refuse(const struct grows *grows, struct error *error, const char *why)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "--grows='%s': %s", grows->option, why);
}

/* ---- the option ---- */

static bool grows_parse(struct grows *grows, struct stamp *stamp, struct error *error)
{
    static const struct {
        const char *start, *prefix;
    } ways[] = {{"sized=", BTF_GROWS_SIZED},
                {"versioned=", BTF_GROWS_VERSIONED},
                {"until=", BTF_GROWS_UNTIL}};
    const char *name = grows->option, *comma;
    if (tags_text_starts(name, "struct ", &name) ||
        tags_text_starts(grows->option, "class ", &name))
        grows->kind = BTF_STRUCT;
    else if (tags_text_starts(grows->option, "enum ", &name))
        grows->kind = BTF_ENUM;
    else
        name = grows->option;
    comma = strchr(name, ',');
    grows->argument = "";
    for (size_t i = 0; comma && i < sizeof ways / sizeof *ways; i++)
        if (tags_text_starts(comma + 1, ways[i].start, &grows->argument)) {
            grows->prefix = ways[i].prefix;
            break;
        }
    if (!*name || name == comma || (comma && (!grows->prefix || !*grows->argument)))
        return grows_refuse(grows, error,
                            "expected TYPE, or TYPE,sized=MEMBER or TYPE,versioned=MEMBER or "
                            "TYPE,until=ENUMERATOR");
    grows->name = tags_option_name(stamp, name, comma ? (size_t)(comma - name) : strlen(name));
    return grows->name || error_set_no_memory(error);
}

/* ---- the type ---- */

static bool grows_names(const struct grows *grows, const struct btf_unqualified *type)
{
    enum btf_kind kind = btf_is_enum(type->type.kind) ? BTF_ENUM : type->type.kind;
    return (kind == BTF_STRUCT || kind == BTF_ENUM) &&
           (grows->kind == BTF_VOID || grows->kind == kind) &&
           !strcmp(tags_type_name(type), grows->name);
}

static bool has_integer(const struct btf *btf, const struct btf_type *type, const char *name,
                        bool is_unsigned)
{
    for (uint32_t i = 0; i < type->length; i++) {
        struct btf_member member = btf_member(btf, type, i);
        struct btf_type own = btf_unqualified(btf, member.type).type;
        if (!strcmp(member.name, name))
            return !member.bit_size && own.kind == BTF_INT &&
                   !(is_unsigned && btf_int(&own).is_signed);
    }
    return false;
}

static bool has_enumerator(const struct btf *btf, const struct btf_type *type, const char *name)
{
    const char *own;
    for (uint32_t i = 0; i < type->length; i++) {
        btf_enumerator(btf, type, i, &own);
        if (!strcmp(own, name))
            return true;
    }
    return false;
}

/* Returns why the class is not of standard layout, which .BTF does not tell; NULL if it is. The
 * namespaces around it are not known: if in doubt, it is the one. */
static const char *class_obstacle(const struct stamp *stamp, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < stamp->linked.class_count; i++) {
        const char *own = stamp->linked.classes[i].name;
        size_t start = length - strlen(own);
        if (strlen(own) <= length && !strcmp(name + start, own) &&
            (!start || (start > 2 && !strncmp(name + start - 2, "__", 2))))
            return stamp->linked.classes[i].obstacle;
    }
    return NULL;
}

/* Returns why the option cannot promise this of the type; NULL if it can. */
static const char *grows_obstacle(const struct grows *grows, const struct stamp *stamp,
                                  const struct btf *btf, const struct btf_unqualified *type)
{
    const char *prefix = grows->prefix ? grows->prefix : BTF_GROWS;
    bool is_until = !strcmp(prefix, BTF_GROWS_UNTIL), is_sized = !strcmp(prefix, BTF_GROWS_SIZED);
    if (btf_is_enum(type->type.kind)) {
        if (is_sized || !strcmp(prefix, BTF_GROWS_VERSIONED))
            return "an enum has no members";
        return !is_until || has_enumerator(btf, &type->type, grows->argument)
                   ? NULL
                   : "it has no such enumerator";
    }
    if (is_until)
        return "it is no enum";
    if (*grows->argument && !has_integer(btf, &type->type, grows->argument, is_sized))
        return is_sized ? "it has no such unsigned integer member"
                        : "it has no such integer member";
    const char *obstacle = class_obstacle(stamp, grows->name);
    return obstacle ? obstacle : growth_obstacle(btf, type->id);
}

/* ---- the tags ---- */

/* Returns the module's own promise of the type; NULL if there is none. */
static const char *own_promise(const struct tags *tags, uint32_t id)
{
    const char *rest;
    for (size_t i = 0; i < tags->count; i++)
        if (tags->items[i].type == id && tags_text_starts(tags->items[i].text, BTF_GROWS, &rest) &&
            strcmp(tags->items[i].text, BTF_GROWS_UNMARKED) != 0)
            return tags->items[i].text;
    return NULL;
}

static bool grows_add_to(const struct grows *grows, struct stamp *stamp, uint32_t id,
                         struct tags *tags, struct error *error)
{
    TEXT_AUTO text = {0};
    const char *own = own_promise(tags, id);
    text_add(&text, "%s%s", grows->prefix ? grows->prefix : BTF_GROWS, grows->argument);
    if (text.failed)
        return error_set_no_memory(error);
    if (own && grows->prefix && strcmp(own, text_chars(&text)) != 0)
        return grows_refuse(grows, error, "the module's source promises something else of it");
    return (own || tags_add(stamp, tags, id, text_chars(&text), error)) &&
           tags_add(stamp, tags, id, BTF_GROWS_UNMARKED, error);
}

static bool grows_add(struct grows *grows, struct stamp *stamp, const struct btf *btf,
                      struct tags *tags, struct error *error)
{
    bool is_found = false;
    for (uint32_t id = 1; id < btf->count; id++) {
        struct btf_unqualified type = tags_named_type(btf, id);
        if (!grows_names(grows, &type))
            continue;
        const char *obstacle = grows_obstacle(grows, stamp, btf, &type);
        if (obstacle)
            return grows_refuse(grows, error, obstacle);
        if (!grows_add_to(grows, stamp, type.id, tags, error))
            return false;
        is_found = true;
    }
    /* The types that a built-in plugin uses may be others. */
    return is_found || stamp->names_only ||
           grows_refuse(grows, error,
                        "no symbol of the module leads to a complete struct or an enum "
                        "of this name");
}

bool grows_add_tags(struct stamp *stamp, const struct btf *btf, struct tags *tags,
                    struct error *error)
{
    for (const char *const *option = stamp->grows; option && *option; option++) {
        struct grows grows = {.option = *option};
        if (!grows_parse(&grows, stamp, error) || !grows_add(&grows, stamp, btf, tags, error))
            return false;
    }
    return true;
}
