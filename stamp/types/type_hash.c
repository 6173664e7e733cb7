/* SPDX-License-Identifier: MIT */
/* Hashes of types.
 *
 * Without cycles, a type's hash covers its own description and the hashes of the types that it
 * refers to. Types that refer to each other are a strongly connected component of the graph of
 * types; in C, every cycle passes through a struct or union with a tag. So within a component, a
 * reference to one of these is hashed as its tag, and the descriptions of all of them together are
 * part of the hash of each type of the component. This is exact unless two of them share a tag;
 * then neither the component nor what reaches it has a hash. */
#include "types/type_hash.h"

#include "src/base/hash.h"
#include "src/types/btf.h"

#include <assert.h>
#include <stdlib.h>

/* NONE also marks a hash that is being computed: a type whose hash depends on itself has none. */
enum { UNKNOWN = 0, NONE = 1, FIRST_HASH = 2 };

/* No program nests so many types without a tag. */
enum { UNTAGGED_MAX = 1024 };

/* A type on the path of the depth-first search. */
struct visit {
    uint32_t id, next; /* number of the reference to follow next */
};

struct hashed_type {
    uint64_t hash;           /* once its component is complete */
    uint64_t own;            /* of its description, with tags for its component's types */
    uint32_t index, lowlink; /* of Tarjan's algorithm; 0: not visited */
};

struct type_hashes {
    const struct btf *btf;
    struct hashed_type *types;
    uint32_t visited_count;
    uint32_t *open; /* the stack of types whose component is not complete */
    size_t open_count;
    struct visit *visits; /* the path to the current type */
    size_t visit_count;
    bool failed; /* out of memory */
};

/* A reference to a type. */
struct reference {
    uint32_t id;
    uint64_t how; /* qualifiers, atomicity and type tag, where they count */
};

static uint64_t hash_add_name(uint64_t hash, const char *name)
{
    return hash_bytes(hash, name, strlen(name));
}

static uint64_t tag_hash(const char *tag)
{
    return *tag ? hash_add_name(HASH_START, tag) & ~UINT64_C(0xF) : 0;
}

/* A value's qualifiers do not count. */
static struct reference reference_by_value(const struct btf *btf, uint32_t id)
{
    struct btf_unqualified type = btf_unqualified(btf, id);
    return (struct reference){type.id, type.is_atomic | tag_hash(type.tag)};
}

/* Those of a pointer's target or an array's element do. */
static struct reference reference_to_object(const struct btf *btf, uint32_t id)
{
    struct btf_unqualified type = btf_unqualified(btf, id);
    return (struct reference){type.id, type.qualifiers << 1 | type.is_atomic | tag_hash(type.tag)};
}

/* Reads reference number `index` of a type; false if it has fewer. */
static bool type_reference(const struct btf *btf, const struct btf_type *type, uint32_t index,
                           struct reference *reference)
{
    switch (type->kind) {
    case BTF_PTR:
    case BTF_ARRAY:
        *reference = reference_to_object(btf, type->type);
        return index == 0;
    case BTF_FUNC_PROTO:
        if (index > type->length)
            return false;
        *reference =
            reference_by_value(btf, index ? btf_parameter(btf, type, index - 1).type : type->type);
        return true;
    case BTF_STRUCT:
    case BTF_UNION:
        if (index >= type->length)
            return false;
        *reference = reference_by_value(btf, btf_member(btf, type, index).type);
        return true;
    default:
        return false;
    }
}

/* Keeps UNKNOWN and NONE apart from hashes. */
static uint64_t valid_hash(uint64_t hash)
{
    return hash < FIRST_HASH ? FIRST_HASH : hash;
}

static bool is_tagged(const struct btf_type *type)
{
    return btf_has_members(type->kind) && *type->name;
}

/* ---- a type's own description ---- */

static uint64_t hash_add_enum(uint64_t hash, const struct btf *btf, const struct btf_type *type)
{
    hash = hash_add_name(hash_step(hash_step(hash, type->flag), type->length), type->name);
    for (uint32_t i = 0; i < type->length; i++) {
        const char *name;
        hash = hash_step(hash, (uint64_t)btf_enumerator(btf, type, i, &name));
        hash = hash_add_name(hash, name);
    }
    return hash;
}

static uint64_t hash_add_int(uint64_t hash, const struct btf_type *type)
{
    struct btf_int number = btf_int(type);
    return hash_step(hash_step(hash_step(hash, number.is_signed), number.is_bool), number.bits);
}

/* The description without references. */
static uint64_t hash_description(const struct btf *btf, const struct btf_type *type)
{
    /* BTF_ENUM64 is the same kind of type. */
    enum btf_kind kind = btf_is_enum(type->kind) ? BTF_ENUM : type->kind;
    uint64_t hash = hash_step(hash_step(HASH_START, kind), type->size);
    switch (kind) {
    case BTF_INT:
        return hash_add_int(hash, type);
    case BTF_FLOAT:
        return btf_is_opaque(type) ? hash_add_name(hash_step(hash, 1), type->name)
                                   : hash_step(hash, 0);
    case BTF_ENUM:
        return hash_add_enum(hash, btf, type);
    case BTF_FWD:
        return hash_add_name(hash_step(hash, type->flag), type->name);
    case BTF_PTR:
        return hash_step(hash, btf->pointer_size);
    case BTF_ARRAY:
        return hash_step(hash, btf_array_count(type));
    case BTF_STRUCT:
    case BTF_UNION:
        return hash_add_name(hash_step(hash, type->length), type->name);
    default:
        return hash_step(hash, type->length);
    }
}

/* The description of a reference: a member's name and offset; whether it is an ellipsis. */
static uint64_t hash_add_reference(uint64_t hash, const struct btf *btf,
                                   const struct btf_type *type, uint32_t index)
{
    if (btf_has_members(type->kind)) {
        struct btf_member member = btf_member(btf, type, index);
        hash = hash_step(hash_step(hash, member.bit_offset), member.bit_size);
        return hash_add_name(hash, member.name);
    }
    if (type->kind == BTF_FUNC_PROTO && index) {
        struct btf_parameter parameter = btf_parameter(btf, type, index - 1);
        return hash_step(hash, !parameter.type && !*parameter.name);
    }
    return hash;
}

/* ---- with its references ---- */

static uint64_t type_own_hash(struct type_hashes *hashes, uint32_t id, unsigned depth);

/* The hash of a referenced type. Within the current component, a type is hashed as its tag or, if
 * it has none, its description. */
static uint64_t hash_of_reference(struct type_hashes *hashes, uint32_t id, unsigned depth)
{
    if (hashes->types[id].hash != UNKNOWN)
        return hashes->types[id].hash;
    struct btf_type type = btf_type(hashes->btf, id);
    return is_tagged(&type) ? hash_add_name(hash_step(HASH_START, type.kind), type.name)
                            : type_own_hash(hashes, id, depth + 1);
}

static uint64_t compute_own_hash(struct type_hashes *hashes, uint32_t id, unsigned depth)
{
    struct btf_type type = btf_type(hashes->btf, id);
    uint64_t hash = hash_description(hashes->btf, &type);
    struct reference reference;
    if (btf_is_unknown(&type))
        return NONE;
    for (uint32_t i = 0; type_reference(hashes->btf, &type, i, &reference); i++) {
        uint64_t other = hash_of_reference(hashes, reference.id, depth);
        if (other == NONE)
            return NONE;
        hash = hash_add_reference(hash, hashes->btf, &type, i);
        hash = hash_step(hash_step(hash, reference.how), other);
    }
    return valid_hash(hash);
}

static uint64_t type_own_hash(struct type_hashes *hashes, uint32_t id, unsigned depth)
{
    if (hashes->types[id].own != UNKNOWN)
        return hashes->types[id].own;
    if (depth > UNTAGGED_MAX)
        return NONE;
    hashes->types[id].own = NONE;
    uint64_t hash = compute_own_hash(hashes, id, depth);
    hashes->types[id].own = hash;
    return hash;
}

/* ---- components ---- */

/* A struct or union with a tag, of the current component. */
struct tagged {
    const char *name;
    enum btf_kind kind;
    uint64_t own;
};

static int tagged_by_tag(const void *first, const void *second)
{
    const struct tagged *a = first, *b = second;
    return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : strcmp(a->name, b->name);
}

/* The hash of all their descriptions; NONE if two share a tag. */
static uint64_t hash_of_tagged(struct tagged *items, size_t count)
{
    uint64_t hash = HASH_START;
    qsort(items, count, sizeof *items, tagged_by_tag);
    for (size_t i = 0; i < count; i++) {
        if (items[i].own == NONE || (i && !tagged_by_tag(&items[i - 1], &items[i])))
            return NONE;
        hash = hash_step(hash, items[i].own);
    }
    return valid_hash(hash);
}

/* Completes a component of several types. */
static void complete_cycle(struct type_hashes *hashes, const uint32_t *members, size_t count)
{
    struct tagged *tagged = malloc(count * sizeof *tagged);
    size_t tagged_count = 0;
    hashes->failed |= !tagged;
    for (size_t i = 0; tagged && i < count; i++) {
        struct btf_type type = btf_type(hashes->btf, members[i]);
        uint64_t own = type_own_hash(hashes, members[i], 0);
        if (is_tagged(&type))
            tagged[tagged_count++] = (struct tagged){type.name, type.kind, own};
    }
    uint64_t all = tagged ? hash_of_tagged(tagged, tagged_count) : NONE;
    free(tagged);
    for (size_t i = 0; i < count; i++) {
        uint64_t own = hashes->types[members[i]].own;
        bool has_none = all == NONE || own == NONE;
        hashes->types[members[i]].hash = has_none ? NONE : valid_hash(hash_step(all, own));
    }
}

/* Completes the component whose first visited type this is. */
static void complete_component(struct type_hashes *hashes, uint32_t id)
{
    size_t first = hashes->open_count - 1;
    while (hashes->open[first] != id)
        first--;
    size_t count = hashes->open_count - first;
    if (count > 1)
        complete_cycle(hashes, hashes->open + first, count);
    else
        hashes->types[id].hash = type_own_hash(hashes, id, 0);
    hashes->open_count = first;
}

static void visit_type(struct type_hashes *hashes, uint32_t id)
{
    hashes->types[id].index = hashes->types[id].lowlink = ++hashes->visited_count;
    hashes->open[hashes->open_count++] = id;
    hashes->visits[hashes->visit_count++] = (struct visit){id, 0};
}

static void lower_link(struct type_hashes *hashes, uint32_t id, uint32_t link)
{
    if (link < hashes->types[id].lowlink)
        hashes->types[id].lowlink = link;
}

/* Follows the next reference of the current type; without one, leaves the type. */
static void visit_next(struct type_hashes *hashes)
{
    struct visit *visit = &hashes->visits[hashes->visit_count - 1];
    uint32_t id = visit->id;
    struct btf_type type = btf_type(hashes->btf, id);
    struct reference reference;
    if (type_reference(hashes->btf, &type, visit->next++, &reference)) {
        if (!hashes->types[reference.id].index)
            visit_type(hashes, reference.id);
        else if (hashes->types[reference.id].hash == UNKNOWN)
            lower_link(hashes, id, hashes->types[reference.id].index);
        return;
    }
    hashes->visit_count--;
    if (hashes->types[id].lowlink == hashes->types[id].index)
        complete_component(hashes, id);
    if (hashes->visit_count)
        lower_link(hashes, hashes->visits[hashes->visit_count - 1].id, hashes->types[id].lowlink);
}

static uint64_t hash_of_reference_to(struct type_hashes *hashes, struct reference reference)
{
    if (!hashes->types[reference.id].index)
        visit_type(hashes, reference.id);
    while (hashes->visit_count)
        visit_next(hashes);
    assert(hashes->types[reference.id].hash != UNKNOWN && !hashes->open_count);
    uint64_t hash = hashes->types[reference.id].hash;
    if (hash == NONE || hashes->failed)
        return 0;
    return valid_hash(hash_step(hash_step(HASH_START, reference.how), hash));
}

uint64_t type_hash_of_symbol(struct type_hashes *hashes, uint32_t id)
{
    return hash_of_reference_to(hashes,
                                reference_to_object(hashes->btf, btf_type(hashes->btf, id).type));
}

uint64_t type_hash_of_target(struct type_hashes *hashes, uint32_t id)
{
    struct btf_unqualified pointer = btf_unqualified(hashes->btf, id);
    if (pointer.type.kind != BTF_PTR || pointer.is_atomic || *pointer.tag)
        return 0;
    return hash_of_reference_to(hashes, reference_to_object(hashes->btf, pointer.type.type));
}

struct type_hashes *type_hashes_new(const struct btf *btf, struct error *error)
{
    struct type_hashes *hashes = calloc(1, sizeof *hashes);
    if (hashes) {
        hashes->btf = btf;
        hashes->types = calloc(btf->count, sizeof *hashes->types);
        hashes->open = calloc(btf->count, sizeof *hashes->open);
        hashes->visits = calloc(btf->count, sizeof *hashes->visits);
        if (hashes->types && hashes->open && hashes->visits)
            return hashes;
        type_hashes_free(hashes);
    }
    error_set_no_memory(error);
    return NULL;
}

bool type_hashes_failed(const struct type_hashes *hashes)
{
    return hashes->failed;
}

void type_hashes_free(struct type_hashes *hashes)
{
    if (!hashes)
        return;
    free(hashes->types);
    free(hashes->open);
    free(hashes->visits);
    free(hashes);
}
