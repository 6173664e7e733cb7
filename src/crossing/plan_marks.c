/* SPDX-License-Identifier: MIT */
/* The marks that say what the types do not: PLUGIN_COUNTED and the like, which the stamp records as
 * infos. Those of the host count, or, if it has no types of its own, those of the plugin. */
#include "crossing/plan_p.h"

#include "base/array.h"
#include "base/hash.h"
#include "base/search.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *key;
    unsigned names; /* behind the subject */
} mark_kinds[MARK_KINDS] = {
    [MARK_COUNTED] = {"PLUGIN_COUNTED", 2},
    [MARK_COUNTED_MEMBER] = {"PLUGIN_COUNTED_MEMBER", 2},
    [MARK_COUNTED_BY_RESULT] = {"PLUGIN_COUNTED_BY_RESULT", 1},
    [MARK_OUT] = {"PLUGIN_OUT", 1},
    [MARK_KEPT] = {"PLUGIN_KEPT", 1},
    [MARK_OWNED] = {"PLUGIN_OWNED", 1},
    [MARK_OPAQUE] = {"PLUGIN_OPAQUE", 0},
    [MARK_ARENA] = {"PLUGIN_ARENA", 0},
};

static enum mark_kind kind_of(const char *key)
{
    enum mark_kind kind = MARK_COUNTED;
    while (kind < MARK_KINDS && strcmp(key, mark_kinds[kind].key) != 0)
        kind++;
    return kind;
}

bool plan_is_mark_of_type(enum mark_kind kind)
{
    return kind == MARK_COUNTED_MEMBER || kind == MARK_OPAQUE || kind == MARK_ARENA;
}

/* Cuts the last word off a text; NULL if it has but one. */
static char *cut_word(char *text)
{
    char *blank = strrchr(text, ' ');
    if (!blank)
        return NULL;
    *blank = '\0';
    return blank + 1;
}

/* Writes the mark as the source has it: PLUGIN_COUNTED(sum, values, n). */
static bool write_mark(struct plan_maker *maker, struct mark *mark, const char *value,
                       const char *subject)
{
    TEXT_AUTO text = {0};
    if (mark->name && *mark->name)
        text_add(&text, "%s(%s, %s%s%s)", mark_kinds[mark->kind].key, subject, mark->name,
                 *mark->count ? ", " : "", mark->count);
    else
        text_add(&text, "%s(%s)", mark_kinds[mark->kind].key, value);
    mark->text = arena_strndup(&maker->arena, text_chars(&text), text.length);
    return mark->text && !text.failed;
}

/* Reads the words of an info. Without the right number of them, the mark has no name. */
static bool read_mark(struct plan_maker *maker, enum mark_kind kind, const char *value,
                      struct mark *mark)
{
    char *words = arena_strndup(&maker->arena, value, strlen(value));
    *mark = (struct mark){.kind = kind, .subject = words, .count = ""};
    if (!words)
        return false;
    const char *count = mark_kinds[kind].names == 2 ? cut_word(words) : "";
    mark->count = count ? count : "";
    mark->name = !count ? NULL : mark_kinds[kind].names ? cut_word(words) : "";
    if (!write_mark(maker, mark, value, words))
        return false;
    static const char *const tags[] = {"struct ", "union ", "class "};
    for (size_t i = 0; plan_is_mark_of_type(kind) && i < sizeof tags / sizeof *tags; i++)
        if (!strncmp(words, tags[i], strlen(tags[i]))) {
            mark->subject = words + strlen(tags[i]);
            mark->is_tag = true;
            break;
        }
    if (!*mark->subject || strchr(mark->subject, ' '))
        mark->name = NULL;
    return true;
}

struct table_probe plan_mark_probe(const char *subject)
{
    return (struct table_probe){.hash = hash_name(subject)};
}

const struct mark *plan_next_mark(const struct plan_maker *maker, struct table_probe *probe,
                                  enum mark_kind kind, const char *subject, const char *name)
{
    for (uint32_t item; table_next(&maker->marks.by_subject, probe, &item);) {
        const struct mark *mark = &maker->marks.items[item];
        if ((kind == MARK_KINDS || mark->kind == kind) && !strcmp(mark->subject, subject) &&
            (!name || !strcmp(mark->name, name)))
            return mark;
    }
    return NULL;
}

/* ---- the host's, and the plugin's ---- */

static bool marks_are_same(const struct mark *a, const struct mark *b)
{
    return a->kind == b->kind && a->is_tag == b->is_tag && !strcmp(a->name, b->name) &&
           !strcmp(a->count, b->count);
}

/* Can only one of the two be said of a function's parameter or result, or of a type? */
static bool marks_exclude(const struct mark *a, const struct mark *b)
{
    enum mark_kind first = a->kind < b->kind ? a->kind : b->kind;
    enum mark_kind second = a->kind < b->kind ? b->kind : a->kind;
    if (a->is_tag != b->is_tag || marks_are_same(a, b))
        return false;
    if (first == MARK_OWNED || first == MARK_OPAQUE)
        return second == first || (first == MARK_OPAQUE && second == MARK_ARENA);
    if (strcmp(a->name, b->name) != 0)
        return false;
    return first == second ||
           (second == MARK_KEPT && (first == MARK_OUT || first == MARK_COUNTED_BY_RESULT));
}

/* Adds a mark of the host, once. */
static void add_mark(struct plan_maker *maker, const struct mark *mark)
{
    struct marks *marks = &maker->marks;
    struct table_probe probe = plan_mark_probe(mark->subject);
    const struct mark *other;
    while ((other = plan_next_mark(maker, &probe, MARK_KINDS, mark->subject, NULL)) &&
           plan_pay(maker, 1)) {
        if (marks_are_same(mark, other))
            return;
        if (marks_exclude(mark, other))
            misfits_add(maker->misfits, NULL, NULL,
                        "the host says both %s and %s: drop one of them", other->text, mark->text);
    }
    struct mark *added = array_add(&maker->arena, marks->items, marks->count, marks->capacity);
    if (!added || !table_reserve(&marks->by_subject, &maker->arena, marks->count)) {
        maker->has_no_memory = true;
        return;
    }
    *added = *mark;
    marks->has_owned |= mark->kind == MARK_OWNED;
    table_add(&marks->by_subject, probe.hash, (uint32_t)marks->count - 1);
}

static void read_host_mark(struct plan_maker *maker, enum mark_kind kind, const char *value)
{
    struct mark mark;
    if (!read_mark(maker, kind, value, &mark))
        maker->has_no_memory = true;
    else if (!mark.name)
        misfits_add(maker->misfits, NULL, NULL, "the host says %s: that takes %u name%s", mark.text,
                    mark_kinds[kind].names + 1, mark_kinds[kind].names ? "s" : "");
    else
        add_mark(maker, &mark);
}

/* A plugin must not decide what is copied of the host's memory: it may but repeat the host. */
static void check_plugin_mark(struct plan_maker *maker, enum mark_kind kind, const char *value)
{
    struct mark mark;
    if (!read_mark(maker, kind, value, &mark)) {
        maker->has_no_memory = true;
        return;
    }
    struct table_probe probe = plan_mark_probe(mark.subject);
    const struct mark *other = NULL;
    while (mark.name && (other = plan_next_mark(maker, &probe, kind, mark.subject, mark.name)))
        if (marks_are_same(&mark, other))
            return;
    misfits_add(maker->misfits, NULL, NULL,
                "%s %s: the plugin says %s, and the host does not: state it in a header that both "
                "include",
                !plan_is_mark_of_type(kind) ? "function"
                : mark.is_tag               ? "struct"
                                            : "type",
                mark.subject, mark.text);
}

static void each_mark(struct plan_maker *maker, const struct meta *meta,
                      void (*each)(struct plan_maker *, enum mark_kind, const char *))
{
    for (uint32_t i = 0; i < meta->header.infos.count && plan_pay(maker, 1); i++) {
        struct meta_info info = meta_info(meta, i);
        enum mark_kind kind = kind_of(info.key);
        if (kind != MARK_KINDS && plan_pay(maker, strnlen(info.value, PLAN_WORK_MAX)))
            each(maker, kind, info.value);
    }
}

/* ---- marks of types ---- */

static int compare_typed(const void *first, const void *second)
{
    const struct typed_mark *a = first, *b = second;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return a->mark < b->mark ? -1 : a->mark > b->mark;
}

/* Adds the marks of this name for the type that has it: as its tag, or as a typedef. */
static void add_typed(struct plan_maker *maker, const char *name, bool is_tag, uint32_t id)
{
    struct marks *marks = &maker->marks;
    struct table_probe probe = plan_mark_probe(name);
    const struct mark *mark;
    while ((mark = plan_next_mark(maker, &probe, MARK_KINDS, name, NULL))) {
        if (!plan_is_mark_of_type(mark->kind) || (mark->is_tag && !is_tag))
            continue;
        struct typed_mark *added =
            array_add(&maker->arena, marks->typed, marks->typed_count, marks->typed_capacity);
        if (!added) {
            maker->has_no_memory = true;
            return;
        }
        *added = (struct typed_mark){id, (uint32_t)(mark - marks->items)};
    }
}

static void find_marked_types(struct plan_maker *maker)
{
    for (uint32_t id = 1; id < maker->btf->count && plan_pay(maker, 1); id++) {
        struct btf_type type = btf_type(maker->btf, id);
        if (!*type.name || !plan_pay(maker, strnlen(type.name, PLAN_WORK_MAX)))
            continue;
        if (btf_has_members(type.kind)) {
            add_typed(maker, type.name, true, id);
        } else if (type.kind == BTF_TYPEDEF) {
            struct btf_unqualified of = plan_unqualified(maker, id);
            if (btf_has_members(of.type.kind))
                add_typed(maker, type.name, false, of.id);
        }
    }
    if (maker->marks.typed_count)
        qsort(maker->marks.typed, maker->marks.typed_count, sizeof *maker->marks.typed,
              compare_typed);
}

struct typed_search {
    const struct typed_mark *typed;
    uint32_t type;
};

static bool typed_is_before(const void *context, size_t item)
{
    const struct typed_search *search = context;
    return search->typed[item].type < search->type;
}

const struct typed_mark *plan_typed_marks(const struct plan_maker *maker, uint32_t type,
                                          size_t *count)
{
    const struct marks *marks = &maker->marks;
    struct typed_search search = {marks->typed, type};
    size_t first = search_first(marks->typed_count, typed_is_before, &search), end = first;
    while (end < marks->typed_count && marks->typed[end].type == type)
        end++;
    *count = end - first;
    return *count ? &marks->typed[first] : NULL;
}

bool plan_has_typed_mark(const struct plan_maker *maker, uint32_t type, enum mark_kind kind)
{
    size_t count;
    const struct typed_mark *typed = plan_typed_marks(maker, type, &count);
    for (size_t i = 0; i < count; i++)
        if (maker->marks.items[typed[i].mark].kind == kind)
            return true;
    return false;
}

void plan_read_marks(struct plan_maker *maker)
{
    each_mark(maker, maker->host ? maker->host : &maker->plugin->meta, read_host_mark);
    for (size_t i = 0; i < maker->carrier_count; i++)
        each_mark(maker, &maker->carriers[i]->meta, read_host_mark);
    each_mark(maker, &maker->plugin->meta, check_plugin_mark);
    if (maker->marks.count)
        find_marked_types(maker);
}
