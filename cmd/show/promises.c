/* SPDX-License-Identifier: MIT */
/* What a module promises of its types, from the tags of its .BTF. */
#include "show/promises_p.h"

#include "src/base/array.h"
#include "src/types/btf_tags.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *start, *word, *macro;
} promise_kinds[] = {
    {BTF_GROWS_SIZED, "grows_sized", "PLUGIN_GROWS_SIZED"},
    {BTF_GROWS_VERSIONED, "grows_versioned", "PLUGIN_GROWS_VERSIONED"},
    {BTF_GROWS_UNTIL, "grows_until", "PLUGIN_GROWS_UNTIL"},
    {BTF_ALIAS, "alias", "PLUGIN_ALIAS"},
    {BTF_GROWS, "grows", "PLUGIN_GROWS"},
};

/* Reads a tag; false: it is no promise. */
static bool promise_read(struct promise *promise, const char *tag)
{
    for (size_t i = 0; i < sizeof promise_kinds / sizeof *promise_kinds; i++) {
        const char *start = promise_kinds[i].start;
        size_t length = strlen(start);
        bool is_named = start[length - 1] == '=';
        if (is_named ? strncmp(tag, start, length) != 0 : strcmp(tag, start) != 0)
            continue;
        *promise = (struct promise){.is_growth = strcmp(start, BTF_ALIAS) != 0,
                                    .word = promise_kinds[i].word,
                                    .macro = promise_kinds[i].macro,
                                    .name = tag + length};
        return true;
    }
    return false;
}

static void promise_read_objects(struct promise *promise, const struct btf *btf, uint32_t id)
{
    if (!promise->is_growth)
        return;
    promise->is_for_unmarked = btf_is_tagged(btf, id, BTF_GROWS_UNMARKED, "");
    promise->is_of_objects = btf_type(btf, id).kind == BTF_STRUCT;
    if (!promise->is_of_objects)
        return;
    promise->object = btf_tagged(btf, id, -1, BTF_OBJECT);
    promise->elements = btf_tagged(btf, id, -1, BTF_ELEMENTS);
    promise->records_objects = btf->records_objects || promise->object || promise->elements;
}

/* Returns, for each struct, union or enum without a tag, its typedef, or 0. To be freed. */
static uint32_t *promises_find_typedefs(const struct btf *btf)
{
    uint32_t *typedefs = calloc(btf->count, sizeof *typedefs);
    for (uint32_t id = 1; typedefs && id < btf->count; id++) {
        struct btf_type type = btf_type(btf, id);
        if (type.kind != BTF_TYPEDEF)
            continue;
        struct btf_unqualified target = btf_unqualified(btf, id);
        if (!*target.type.name && !typedefs[target.id] && !strcmp(target.typedef_name, type.name))
            typedefs[target.id] = id;
    }
    return typedefs;
}

void promise_add_text(struct text *text, const struct btf *btf, const struct promise *promise,
                      const struct print_names *names)
{
    text_add(text, "%s(", promise->macro);
    print_declaration(text, btf, promise->type, NULL, names);
    if (*promise->name) {
        struct btf_type type = btf_unqualified(btf, promise->type).type;
        const char *keyword = type.kind == BTF_UNION ? "union " : "struct ";
        text_add(text, ", %s", promise->is_growth ? "" : keyword);
        text_add_escaped(text, promise->name);
    }
    text_add(text, ")");
}

/* Reads the tag of a type that C can name; false: it is no promise, or of another kind of type. */
static bool promise_init(struct promise *promise, const struct btf *btf,
                         const struct btf_decl_tag *tag, const uint32_t *typedefs)
{
    enum btf_kind kind = btf_type(btf, tag->type).kind;
    bool is_whole = tag->member == -1 && (btf_has_members(kind) || btf_is_enum(kind));
    if (!is_whole || !promise_read(promise, tag->text))
        return false;
    promise->type = typedefs[tag->type] ? typedefs[tag->type] : tag->type;
    struct btf_type type = btf_type(btf, promise->type);
    promise->kind = type.kind;
    promise->type_name = type.name;
    promise_read_objects(promise, btf, tag->type);
    return *type.name;
}

static int promise_compare_words(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

/* Orders promises that are shown differently. */
static int promise_compare_shown(const struct promise *a, const struct promise *b)
{
    int order = strcmp(a->type_name, b->type_name);
    order = order ? order : strcmp(a->macro, b->macro);
    order = order ? order : strcmp(a->name, b->name);
    order = order ? order : (a->kind > b->kind) - (a->kind < b->kind);
    order = order ? order : promise_compare_words(a->elements, b->elements);
    order = order ? order : promise_compare_words(a->object, b->object);
    return order ? order : a->is_for_unmarked - b->is_for_unmarked;
}

static int promise_compare(const void *a, const void *b)
{
    const struct promise *x = a, *y = b;
    int order = promise_compare_shown(x, y);
    return order ? order : (x->type > y->type) - (x->type < y->type);
}

bool promises_repeat(const struct promises *promises, size_t index)
{
    return index && !promise_compare_shown(&promises->items[index], &promises->items[index - 1]);
}

bool promises_find(struct promises *promises, const struct btf *btf, struct arena *arena,
                   struct error *error)
{
    uint32_t *typedefs = promises_find_typedefs(btf);
    bool done = typedefs;
    for (uint32_t i = 0; done && i < btf->tag_count; i++) {
        struct promise promise;
        if (!promise_init(&promise, btf, &btf->tags[i], typedefs))
            continue;
        struct promise *added =
            array_add(arena, promises->items, promises->count, promises->capacity);
        if (added)
            *added = promise;
        done = added;
    }
    free(typedefs);
    if (promises->count)
        qsort(promises->items, promises->count, sizeof *promises->items, promise_compare);
    return done || error_set_no_memory(error);
}
