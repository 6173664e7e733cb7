/* SPDX-License-Identifier: MIT */
/* Whether two types agree. */
#include "types/compare.h"

#include "types/difference_p.h"
#include "types/identical_p.h"
#include "types/print.h"
#include "types/rules_p.h"

/* A symbol is reached through its address. */
static struct place place_of_symbol(enum type_provider provider)
{
    return (struct place){.is_pointed_to = true, .provider = provider};
}

/* Compares all queued pairs, and releases the comparison. False if it has failed. */
static bool compare_finish(struct comparison *c, bool *agree)
{
    for (size_t i = 0; c->verdict == COMPARISON_AGREE && i < c->queue.count; i++) {
        c->current_step = c->queue.items[i].step;
        c->depth = 0;
        c->first_type = c->queue.items[i].first;
        c->second_type = c->queue.items[i].second;
        rules_compare_queued(c, c->queue.items[i]);
    }
    if (c->cache && c->verdict == COMPARISON_AGREE)
        comparison_remember(c);
    comparison_deinit(c);
    *agree = c->verdict == COMPARISON_AGREE;
    return c->verdict != COMPARISON_FAIL;
}

bool type_compare(struct type_side first, struct type_side second, enum type_rules rules,
                  bool *agree, struct type_difference *difference, struct error *error)
{
    struct comparison c;
    comparison_init(&c, first.btf, second.btf, rules, NULL, difference, error);
    rules_compare_values(&c, first.id, second.id, (struct place){0});
    return compare_finish(&c, agree);
}

bool type_compare_symbol(struct type_side asked, struct type_side symbol, enum type_rules rules,
                         bool *agree, struct type_difference *difference, struct error *error)
{
    struct comparison c;
    comparison_init(&c, asked.btf, symbol.btf, rules, NULL, difference, error);
    uint32_t recorded = btf_type(symbol.btf, symbol.id).type;
    struct btf_unqualified own = btf_unqualified(symbol.btf, recorded);
    struct btf_unqualified pointer = btf_unqualified(asked.btf, asked.id);
    if (!comparison_enter(&c, (struct step){.kind = STEP_NONE}))
        return compare_finish(&c, agree);
    if (pointer.type.kind != BTF_PTR) {
        differ_in_comments(&c, asked.id, "not a pointer", recorded, "its address is a pointer");
        return compare_finish(&c, agree);
    }
    struct btf_unqualified target = btf_unqualified(asked.btf, pointer.type.type);
    unsigned links = 0, allowed = btf_qualifiers(asked.btf, pointer.type.type, &links);
    if (btf_qualifiers(symbol.btf, recorded, &links) & ~allowed)
        differ_in_types(&c, pointer.type.type, recorded);
    else
        rules_compare_named(&c, &target, &own, place_of_symbol(PROVIDER_SECOND));
    return compare_finish(&c, agree);
}

bool type_compare_import(struct type_cache *cache, struct type_side definition,
                         struct type_side declaration, enum type_rules rules, bool *agree,
                         struct type_difference *difference, struct error *error)
{
    struct btf_type a = btf_type(definition.btf, definition.id);
    struct btf_type b = btf_type(declaration.btf, declaration.id);
    *agree = a.kind == b.kind &&
             types_are_identical(cache, definition.btf, declaration.btf, a.type, b.type);
    if (*agree)
        return true;
    struct comparison c;
    comparison_init(&c, definition.btf, declaration.btf, rules, cache, difference, error);
    struct btf_unqualified own = btf_unqualified(definition.btf, a.type);
    struct btf_unqualified used = btf_unqualified(declaration.btf, b.type);
    unsigned links = own.links + used.links;
    unsigned allowed = btf_qualifiers(declaration.btf, b.type, &links);
    unsigned qualifiers = btf_qualifiers(definition.btf, a.type, &links);
    if (!comparison_enter(&c, (struct step){.kind = STEP_NONE}) || !comparison_spend(&c, links))
        return compare_finish(&c, agree);
    if (a.kind != b.kind) { /* a function and a variable */
        print_shown(&difference->first, c.first, a.type, a.name);
        print_shown(&difference->second, c.second, b.type, b.name);
        differ_as_written(&c);
    } else if (qualifiers & ~allowed) {
        differ_in_types(&c, a.type, b.type);
    } else {
        rules_compare_named(&c, &own, &used, place_of_symbol(PROVIDER_FIRST));
    }
    return compare_finish(&c, agree);
}

void type_difference_deinit(struct type_difference *difference)
{
    text_free(&difference->path);
    text_free(&difference->cause);
    text_free(&difference->first);
    text_free(&difference->second);
    text_free(&difference->growth);
}
