/* SPDX-License-Identifier: MIT */
/* Merges types that are the same with all that they reach. libbpf deduplicates what the module
 * defines and what it uses apart from each other, so most types are there twice. */
#include "src/base/hash.h"
#include "types/copy_p.h"
#include "types/types.h"
#include "types/writer_p.h"

#include <stdlib.h>

/* Types of equal hashes are equal as far as the hashes have been refined: at first in what they say
 * themselves, then also in what they refer to, and so on. */
struct merge {
    const struct btf *types;
    uint32_t count;
    uint64_t *own;    /* what a type says itself */
    uint64_t *hashes; /* so far */
    uint64_t *next;   /* refined once more */
    uint64_t *sorted;
    uint32_t *new_ids;
};

/* Hashes the items of a type, but what they refer to. */
static uint64_t merge_hash_items(const struct btf_type *type, uint64_t hash)
{
    uint32_t length = btf_vlen(type);
    switch (btf_kind(type)) {
    case BTF_KIND_INT:
        return hash_step(hash, *(const uint32_t *)(type + 1));
    case BTF_KIND_ARRAY:
        return hash_step(hash, btf_array(type)->nelems);
    case BTF_KIND_VAR:
        return hash_step(hash, btf_var(type)->linkage);
    case BTF_KIND_DECL_TAG:
        return hash_step(hash, (uint32_t)btf_decl_tag(type)->component_idx);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
        for (uint32_t i = 0; i < length; i++)
            hash = hash_step(hash_step(hash, btf_members(type)[i].name_off),
                             btf_members(type)[i].offset);
        return hash;
    case BTF_KIND_FUNC_PROTO:
        for (uint32_t i = 0; i < length; i++)
            hash = hash_step(hash, btf_params(type)[i].name_off);
        return hash;
    case BTF_KIND_ENUM:
        return hash_bytes(hash, btf_enum(type), length * sizeof(struct btf_enum));
    case BTF_KIND_ENUM64:
        return hash_bytes(hash, btf_enum64(type), length * sizeof(struct btf_enum64));
    default:
        return hash;
    }
}

static void merge_hash_own(struct merge *merge)
{
    for (uint32_t id = 1; id < merge->count; id++) {
        const struct btf_type *type = btf__type_by_id(merge->types, id);
        uint64_t hash = hash_step(hash_step(HASH_START, type->name_off), type->info);
        if (!copy_reference(type, 0) || btf_is_composite(type))
            hash = hash_step(hash, type->size);
        merge->own[id] = merge_hash_items(type, hash);
    }
    /* A tag belongs to its type. */
    for (uint32_t id = 1; id < merge->count; id++) {
        const struct btf_type *type = btf__type_by_id(merge->types, id);
        if (btf_is_decl_tag(type))
            merge->own[type->type] += hash_step(merge->own[id], 0);
    }
}

static void merge_refine(struct merge *merge)
{
    for (uint32_t id = 1; id < merge->count; id++) {
        const struct btf_type *type = btf__type_by_id(merge->types, id);
        uint64_t hash = merge->own[id];
        uint32_t *reference;
        for (uint32_t i = 0; (reference = copy_reference(type, i)); i++)
            hash = hash_step(hash, merge->hashes[*reference]);
        merge->next[id] = hash;
    }
    uint64_t *refined = merge->next;
    merge->next = merge->hashes;
    merge->hashes = refined;
}

static int merge_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Sorts the hashes, and returns how many differ. */
static uint32_t merge_count(struct merge *merge)
{
    uint32_t count = 0;
    memcpy(merge->sorted, merge->hashes, merge->count * sizeof *merge->sorted);
    qsort(merge->sorted, merge->count, sizeof *merge->sorted, merge_compare);
    for (uint32_t i = 0; i < merge->count; i++)
        if (i == 0 || merge->sorted[i] != merge->sorted[count - 1])
            merge->sorted[count++] = merge->sorted[i];
    return count;
}

/* Gives the first type of each hash the next id, and the others that one. */
static bool merge_number(struct merge *merge, uint32_t classes)
{
    uint32_t *ids = calloc(classes, sizeof *ids), next = 1;
    if (!ids)
        return false;
    for (uint32_t id = 1; id < merge->count; id++) {
        const uint64_t *found = bsearch(&merge->hashes[id], merge->sorted, classes,
                                        sizeof *merge->sorted, merge_compare);
        uint32_t *known = &ids[found - merge->sorted];
        if (!*known)
            *known = next++;
        merge->new_ids[id] = *known;
    }
    free(ids);
    return true;
}

static bool merge_run(struct merge *merge)
{
    merge_hash_own(merge);
    memcpy(merge->hashes, merge->own, merge->count * sizeof *merge->hashes);
    uint32_t classes = merge_count(merge), before;
    do {
        before = classes;
        merge_refine(merge);
        classes = merge_count(merge);
    } while (classes > before);
    return merge_number(merge, classes);
}

/* Returns the types without those that are the same as an earlier one. *ids, newly allocated, are
 * their new ids. */
static struct btf *merge_types(const struct btf *types, uint32_t **ids, struct error *error)
{
    uint32_t count = btf__type_cnt(types);
    uint64_t *hashes = calloc(count, 4 * sizeof *hashes);
    struct merge merge = {.types = types, .count = count};
    *ids = merge.new_ids = calloc(count, sizeof *merge.new_ids);
    bool done = hashes && merge.new_ids;
    if (done) {
        merge.own = hashes;
        merge.hashes = hashes + count;
        merge.next = hashes + count * (size_t)2;
        merge.sorted = hashes + count * (size_t)3;
        done = merge_run(&merge);
    }
    if (!done)
        error_set_no_memory(error);
    free(hashes);
    return done ? copy_types(types, *ids, NULL, error) : NULL;
}

void stamp_renumber_types(struct stamp *stamp, const uint32_t *ids)
{
    for (size_t i = 0; i < stamp->symbol_count + stamp->shared_count; i++)
        stamp->symbols[i].type = stamp->symbols[i].match ? ids[stamp->symbols[i].type] : 0;
    for (size_t i = 0; i < stamp->probe_count; i++)
        stamp->probes[i].type = ids[stamp->probes[i].type];
    for (size_t i = 0; i < stamp->interfaces.mark_count; i++)
        stamp->interfaces.marks[i].type_id = ids[stamp->interfaces.marks[i].type_id];
    for (size_t i = 0; i < stamp->uses.count; i++)
        stamp->uses.items[i].type = ids[stamp->uses.items[i].type];
}

bool writer_merge(struct writer *writer)
{
    uint32_t *ids;
    struct btf *merged = merge_types(writer->btf, &ids, writer->error);
    if (merged) {
        stamp_renumber_types(writer->stamp, ids);
        btf__free(writer->btf);
        writer->btf = merged;
    }
    free(ids);
    return merged;
}

/* Is it a FUNC or VAR of a symbol or an import, of which `.plugin` has the name? */
static bool merge_is_declaration(const struct btf_type *type)
{
    if (btf_is_func(type))
        return btf_vlen(type) != BTF_FUNC_STATIC; /* its linkage */
    return btf_is_var(type) && btf_var(type)->linkage != BTF_VAR_STATIC;
}

bool stamp_merge_declarations(struct bytes btf, struct bytes *merged, uint32_t **ids,
                              struct error *error)
{
    struct btf *types = btf__new(btf.data, (uint32_t)btf.size), *made = NULL;
    *merged = (struct bytes){0};
    *ids = NULL;
    for (uint32_t id = 1; types && id < btf__type_cnt(types); id++) {
        /* libbpf's functions return const types, also those of a copy of one's own. */
        struct btf_type *type = (struct btf_type *)btf__type_by_id(types, id);
        if (merge_is_declaration(type))
            type->name_off = 0;
    }
    if (types)
        made = merge_types(types, ids, error);
    else
        error_set_no_memory(error);
    bool done = made && (copy_raw(made, merged) || error_set_no_memory(error));
    btf__free(made);
    btf__free(types);
    return done;
}
