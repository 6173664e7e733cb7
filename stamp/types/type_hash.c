/* The hashes of types.
 *
 * Without cycles, a type's hash would be that of what it says and of the hashes of what it refers
 * to. Types that refer to each other in a circle are a strongly connected component of the graph of
 * types; in C, every circle passes through a struct or union with a tag. So within a component, a
 * reference to one of these is its tag; all that the component says of them, together, is part of
 * the hash of each of its types. This is exact as long as no two of them have one tag; where two
 * do, none of the component, nor what reaches it, has a hash. */
#include "types/type_hash.h"

#include "src/base/hash.h"
#include "src/types/bare.h"

#include <stdlib.h>

/* NONE also marks what is being made, so that what is made of itself has none. */
enum { UNKNOWN = 0, NONE = 1, FIRST_HASH = 2 };

/* More types than any program nests without a tag. */
enum { DEPTH_MAX = 1024 };

/* A type whose references are being followed. */
struct visit {
    uint32_t id, next; /* the number of the reference to follow next */
};

struct type_hashes {
    const struct btf *btf;
    uint64_t *hashes; /* of each type, once its component is complete */
    uint64_t *own;    /* of what the type says, with tags for what is in its component */
    /* Tarjan's algorithm: the order in which types were met (0: not yet), and the first type that
     * each is known to reach. */
    uint32_t *met, *first;
    uint32_t met_count;
    uint32_t *open; /* types whose component is not complete */
    size_t open_count;
    struct visit *visits; /* the way to the type at hand */
    size_t visit_count;
    bool failed; /* memory ran out */
};

/* What a type refers to, and how. */
struct reference {
    uint32_t id;
    uint32_t how; /* qualifiers and atomicity, where they count */
};

static struct reference value(const struct btf *btf, uint32_t id)
{
    struct bare bare = bare_type(btf, id);
    return (struct reference){bare.id, bare.atomic};
}

/* Of what is pointed to, or repeated, qualifiers count. */
static struct reference place(const struct btf *btf, uint32_t id)
{
    struct bare bare = bare_type(btf, id);
    return (struct reference){bare.id, bare.qualifiers << 1 | bare.atomic};
}

/* Reference number `index` of a type; false if it has no such one. */
static bool refer(const struct btf *btf, const struct btf_type *type, uint32_t index,
                  struct reference *reference)
{
    switch (type->kind) {
    case BTF_PTR:
    case BTF_ARRAY:
        *reference = place(btf, type->type);
        return index == 0;
    case BTF_FUNC_PROTO:
        if (index > type->length)
            return false;
        *reference = value(btf, index ? btf_parameter(btf, type, index - 1).type : type->type);
        return true;
    case BTF_STRUCT:
    case BTF_UNION:
        if (index >= type->length)
            return false;
        *reference = value(btf, btf_member(btf, type, index).type);
        return true;
    default:
        return false;
    }
}

/* A hash is no word that says that there is none. */
static uint64_t known(uint64_t hash)
{
    return hash < FIRST_HASH ? FIRST_HASH : hash;
}

static bool is_tagged(const struct btf_type *type)
{
    return btf_has_members(type->kind) && *type->name;
}

static uint64_t add_name(uint64_t hash, const char *name)
{
    return hash_bytes(hash, name, strlen(name));
}

/* ---- what a type says by itself ---- */

static uint64_t add_enum(uint64_t hash, const struct btf *btf, const struct btf_type *type)
{
    hash = add_name(hash_step(hash_step(hash, type->flag), type->length), type->name);
    for (uint32_t i = 0; i < type->length; i++) {
        const char *name;
        hash = hash_step(hash, (uint64_t)btf_enumerator(btf, type, i, &name));
        hash = add_name(hash, name);
    }
    return hash;
}

static uint64_t add_int(uint64_t hash, const struct btf_type *type)
{
    struct btf_int number = btf_int(type);
    return hash_step(hash_step(hash_step(hash, number.is_signed), number.is_bool), number.bits);
}

/* All that it says but for its references. */
static uint64_t start(const struct btf *btf, const struct btf_type *type)
{
    /* Enumerators of 64 bits are no other kind of type. */
    enum btf_kind kind = btf_is_enum(type->kind) ? BTF_ENUM : type->kind;
    uint64_t hash = hash_step(hash_step(HASH_START, kind), type->size);
    switch (kind) {
    case BTF_INT:
        return add_int(hash, type);
    case BTF_FLOAT:
        return btf_is_opaque(type) ? add_name(hash_step(hash, 1), type->name) : hash_step(hash, 0);
    case BTF_ENUM:
        return add_enum(hash, btf, type);
    case BTF_FWD:
        return add_name(hash_step(hash, type->flag), type->name);
    case BTF_PTR:
        return hash_step(hash, btf->pointer_size);
    case BTF_ARRAY:
        return hash_step(hash, btf_array_count(type));
    case BTF_STRUCT:
    case BTF_UNION:
        return add_name(hash_step(hash, type->length), type->name);
    default:
        return hash_step(hash, type->length);
    }
}

/* What stands beside a reference: a member's name and place; an ellipsis, which has no type. */
static uint64_t add_beside(uint64_t hash, const struct btf *btf, const struct btf_type *type,
                           uint32_t index)
{
    if (btf_has_members(type->kind)) {
        struct btf_member member = btf_member(btf, type, index);
        hash = hash_step(hash_step(hash, member.bit_offset), member.bit_size);
        return add_name(hash, member.name);
    }
    if (type->kind == BTF_FUNC_PROTO && index) {
        struct btf_parameter parameter = btf_parameter(btf, type, index - 1);
        return hash_step(hash, !parameter.type && !*parameter.name);
    }
    return hash;
}

/* ---- with what it refers to ---- */

static uint64_t own_hash(struct type_hashes *hashes, uint32_t id, unsigned depth);

/* What a reference adds: the hash of what is complete; of the component at hand, a tag, or what has
 * none. NONE if it has no hash. */
static uint64_t hash_of_reference(struct type_hashes *hashes, uint32_t id, unsigned depth)
{
    if (hashes->hashes[id] != UNKNOWN)
        return hashes->hashes[id];
    struct btf_type type = btf_type(hashes->btf, id);
    return is_tagged(&type) ? add_name(hash_step(HASH_START, type.kind), type.name)
                            : own_hash(hashes, id, depth + 1);
}

static uint64_t make_own_hash(struct type_hashes *hashes, uint32_t id, unsigned depth)
{
    struct btf_type type = btf_type(hashes->btf, id);
    uint64_t hash = start(hashes->btf, &type);
    struct reference reference;
    for (uint32_t i = 0; refer(hashes->btf, &type, i, &reference); i++) {
        uint64_t other = hash_of_reference(hashes, reference.id, depth);
        if (other == NONE)
            return NONE;
        hash = add_beside(hash, hashes->btf, &type, i);
        hash = hash_step(hash_step(hash, reference.how), other);
    }
    return known(hash);
}

static uint64_t own_hash(struct type_hashes *hashes, uint32_t id, unsigned depth)
{
    if (hashes->own[id] != UNKNOWN)
        return hashes->own[id];
    if (depth > DEPTH_MAX)
        return NONE;
    hashes->own[id] = NONE;
    uint64_t hash = make_own_hash(hashes, id, depth);
    hashes->own[id] = hash;
    return hash;
}

/* ---- components ---- */

/* A struct or union with a tag, of the component at hand. */
struct tagged {
    const char *name;
    enum btf_kind kind;
    uint64_t own;
};

static int by_tag(const void *first, const void *second)
{
    const struct tagged *a = first, *b = second;
    return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : strcmp(a->name, b->name);
}

/* The hash of all that these say; NONE if two have one tag. */
static uint64_t hash_of_tagged(struct tagged *items, size_t count)
{
    uint64_t hash = HASH_START;
    qsort(items, count, sizeof *items, by_tag);
    for (size_t i = 0; i < count; i++) {
        if (items[i].own == NONE || (i && !by_tag(&items[i - 1], &items[i])))
            return NONE;
        hash = hash_step(hash, items[i].own);
    }
    return known(hash);
}

/* Completes a component of several types. */
static void complete_circle(struct type_hashes *hashes, const uint32_t *members, size_t count)
{
    struct tagged *tagged = malloc(count * sizeof *tagged);
    size_t tagged_count = 0;
    hashes->failed |= !tagged;
    for (size_t i = 0; tagged && i < count; i++) {
        struct btf_type type = btf_type(hashes->btf, members[i]);
        uint64_t own = own_hash(hashes, members[i], 0);
        if (is_tagged(&type))
            tagged[tagged_count++] = (struct tagged){type.name, type.kind, own};
    }
    uint64_t all = tagged ? hash_of_tagged(tagged, tagged_count) : NONE;
    free(tagged);
    for (size_t i = 0; i < count; i++) {
        uint64_t own = hashes->own[members[i]];
        bool has_none = all == NONE || own == NONE;
        hashes->hashes[members[i]] = has_none ? NONE : known(hash_step(all, own));
    }
}

/* Completes the component that was met at this type. */
static void complete(struct type_hashes *hashes, uint32_t id)
{
    size_t first = hashes->open_count - 1;
    while (hashes->open[first] != id)
        first--;
    size_t count = hashes->open_count - first;
    if (count > 1)
        complete_circle(hashes, hashes->open + first, count);
    else
        hashes->hashes[id] = own_hash(hashes, id, 0);
    hashes->open_count = first;
}

static void enter(struct type_hashes *hashes, uint32_t id)
{
    hashes->met[id] = hashes->first[id] = ++hashes->met_count;
    hashes->open[hashes->open_count++] = id;
    hashes->visits[hashes->visit_count++] = (struct visit){id, 0};
}

static void lower(struct type_hashes *hashes, uint32_t id, uint32_t first)
{
    if (first < hashes->first[id])
        hashes->first[id] = first;
}

/* Follows the next reference of the type at hand; without one, it is done with. */
static void step(struct type_hashes *hashes)
{
    struct visit *visit = &hashes->visits[hashes->visit_count - 1];
    uint32_t id = visit->id;
    struct btf_type type = btf_type(hashes->btf, id);
    struct reference reference;
    if (refer(hashes->btf, &type, visit->next++, &reference)) {
        if (!hashes->met[reference.id])
            enter(hashes, reference.id);
        else if (hashes->hashes[reference.id] == UNKNOWN)
            lower(hashes, id, hashes->met[reference.id]);
        return;
    }
    hashes->visit_count--;
    if (hashes->first[id] == hashes->met[id])
        complete(hashes, id);
    if (hashes->visit_count)
        lower(hashes, hashes->visits[hashes->visit_count - 1].id, hashes->first[id]);
}

static uint64_t hash_of(struct type_hashes *hashes, struct reference reference)
{
    if (!hashes->met[reference.id])
        enter(hashes, reference.id);
    while (hashes->visit_count)
        step(hashes);
    uint64_t hash = hashes->hashes[reference.id];
    if (hash == NONE || hashes->failed)
        return 0;
    hash = hash_step(hash_step(HASH_START, reference.how), hash);
    return known(hash);
}

uint64_t type_hash_of_symbol(struct type_hashes *hashes, uint32_t id)
{
    return hash_of(hashes, place(hashes->btf, btf_type(hashes->btf, id).type));
}

uint64_t type_hash_of_target(struct type_hashes *hashes, uint32_t id)
{
    struct bare pointer = bare_type(hashes->btf, id);
    if (pointer.type.kind != BTF_PTR || pointer.atomic)
        return 0;
    return hash_of(hashes, place(hashes->btf, pointer.type.type));
}

struct type_hashes *type_hashes_start(const struct btf *btf, struct error *error)
{
    struct type_hashes *hashes = calloc(1, sizeof *hashes);
    if (hashes) {
        *hashes = (struct type_hashes){.btf = btf,
                                       .hashes = calloc(btf->count, sizeof *hashes->hashes),
                                       .own = calloc(btf->count, sizeof *hashes->own),
                                       .met = calloc(btf->count, sizeof *hashes->met),
                                       .first = calloc(btf->count, sizeof *hashes->first),
                                       .open = calloc(btf->count, sizeof *hashes->open),
                                       .visits = calloc(btf->count, sizeof *hashes->visits)};
        if (hashes->hashes && hashes->own && hashes->met && hashes->first && hashes->open &&
            hashes->visits)
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
    free(hashes->hashes);
    free(hashes->own);
    free(hashes->met);
    free(hashes->first);
    free(hashes->open);
    free(hashes->visits);
    free(hashes);
}
