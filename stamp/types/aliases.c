/* SPDX-License-Identifier: MIT */
/* The aliases of `plugin stamp --alias`: by which other tag plugins know a struct of the host. */
#include "src/types/btf.h"
#include "src/types/btf_tags.h"
#include "types/tags_p.h"

#include <string.h>

/* A struct or union by name. */
struct named {
    enum btf_kind kind; /* BTF_STRUCT or BTF_UNION; BTF_VOID: of a name without a keyword */
    char *name;         /* as .BTF spells it; in the stamp's arena */
};

/* What the option says: "struct context=struct public_context". */
struct alias {
    const char *option;
    struct named own, outside;
};

static bool alias_refuse(const struct alias *alias, struct error *error, const char *why)
{
    return error_set(error, PLUGIN_NOT_PLUGIN, "--alias='%s': %s", alias->option, why);
}

/* Reads the text up to `end`. */
static bool named_read(struct named *named, struct stamp *stamp, const char *text, const char *end,
                       struct error *error)
{
    const char *name;
    named->kind = BTF_VOID;
    if (tags_text_starts(text, "struct ", &name) || tags_text_starts(text, "class ", &name))
        named->kind = BTF_STRUCT;
    else if (tags_text_starts(text, "union ", &name))
        named->kind = BTF_UNION;
    else
        name = text;
    named->name = tags_option_name(stamp, name, name < end ? (size_t)(end - name) : 0);
    return named->name || error_set_no_memory(error);
}

static bool alias_parse(struct alias *alias, struct stamp *stamp, struct error *error)
{
    const char *option = alias->option, *equals = strchr(option, '=');
    if (!equals)
        return alias_refuse(alias, error, "expected OWN=OUTSIDE");
    if (!named_read(&alias->own, stamp, option, equals, error) ||
        !named_read(&alias->outside, stamp, equals + 1, option + strlen(option), error))
        return false;
    return (*alias->own.name && *alias->outside.name) ||
           alias_refuse(alias, error, "expected OWN=OUTSIDE");
}

static bool alias_add(const struct alias *alias, struct stamp *stamp, const struct btf *btf,
                      struct tags *tags, struct error *error)
{
    TEXT_AUTO text = {0};
    const struct named *own = &alias->own, *outside = &alias->outside;
    bool is_found = false;
    text_add(&text, "%s%s", BTF_ALIAS, outside->name);
    if (text.failed)
        return error_set_no_memory(error);
    for (uint32_t id = 1; id < btf->count; id++) {
        struct btf_unqualified type = tags_named_type(btf, id);
        enum btf_kind kind = btf_is_union(&type.type) ? BTF_UNION : BTF_STRUCT;
        if (!btf_is_record(type.type.kind) || (own->kind && own->kind != kind) ||
            strcmp(tags_type_name(&type), own->name) != 0)
            continue;
        if (outside->kind && outside->kind != kind)
            return alias_refuse(alias, error, "one is a struct, the other one is a union");
        if (!tags_add(stamp, tags, type.id, text_chars(&text), error))
            return false;
        is_found |= btf_has_members(type.type.kind);
    }
    /* The types that a built-in plugin uses may be others. */
    return is_found || stamp->names_only ||
           alias_refuse(alias, error,
                        "no symbol of the module leads to a complete struct or union of the first "
                        "name");
}

bool aliases_add_tags(struct stamp *stamp, const struct btf *btf, struct tags *tags,
                      struct error *error)
{
    for (const char *const *option = stamp->aliases; option && *option; option++) {
        struct alias alias = {.option = *option};
        if (!alias_parse(&alias, stamp, error) || !alias_add(&alias, stamp, btf, tags, error))
            return false;
    }
    return true;
}
