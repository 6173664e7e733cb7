/* SPDX-License-Identifier: MIT */
/* How deep types contain each other by value. */
#include "types/nesting.h"

#include "base/budget.h"

#include <stdlib.h>

enum btf_nesting { NESTING_UNKNOWN, NESTING_BOUNDED, NESTING_UNBOUNDED };

/* No program's types have so many links (typedefs and qualifiers) between members and their types.
 */
enum { LINKS_MAX = 1 << 24 };

/* Marks of types: below these, 1 and the height. */
enum { MARK_UNKNOWN = 0, MARK_ENTERED = 255 };

struct nesting {
    const struct btf *btf;
    uint8_t *marks;
    struct budget links;
};

static bool nesting_enter(struct nesting *nesting, uint32_t id, unsigned depth, unsigned *height);

/* Raises *height to what a type with this part has. */
static bool nesting_add(struct nesting *nesting, uint32_t part, unsigned depth, unsigned *height)
{
    struct btf_unqualified type = btf_unqualified(nesting->btf, part);
    unsigned own = 0;
    bool has_parts = btf_has_members(type.type.kind) || type.type.kind == BTF_ARRAY;
    if (!budget_spend(&nesting->links, 1 + type.links) ||
        (has_parts && !nesting_enter(nesting, type.id, depth + 1, &own)))
        return false;
    *height = own + 1 > *height ? own + 1 : *height;
    return true;
}

/* Sets *height to that of a struct, union or array. Recurses NESTING_MAX deep. */
static bool nesting_enter(struct nesting *nesting, uint32_t id, unsigned depth, unsigned *height)
{
    uint8_t *mark = &nesting->marks[id];
    if (*mark == MARK_ENTERED || depth > NESTING_MAX)
        return false;
    *height = *mark ? *mark - 1U : 0;
    if (*mark != MARK_UNKNOWN)
        return depth + *height <= NESTING_MAX + 1U;
    *mark = MARK_ENTERED;
    struct btf_type type = btf_type(nesting->btf, id);
    bool is_bounded = type.kind != BTF_ARRAY || nesting_add(nesting, type.type, depth, height);
    for (uint32_t i = 0; is_bounded && type.kind != BTF_ARRAY && i < type.length; i++)
        is_bounded = nesting_add(nesting, btf_member(nesting->btf, &type, i).type, depth, height);
    *mark = (uint8_t)(*height + 1);
    return is_bounded;
}

static enum btf_nesting nesting_find(const struct btf *btf)
{
    struct nesting nesting = {btf, calloc(btf->count, 1), {LINKS_MAX}};
    bool is_bounded = true;
    if (!nesting.marks)
        return NESTING_UNKNOWN;
    for (uint32_t id = 1; is_bounded && id < btf->count; id++) {
        struct btf_type type = btf_type(btf, id);
        unsigned height;
        if (btf_has_members(type.kind) || type.kind == BTF_ARRAY)
            is_bounded = nesting_enter(&nesting, id, 1, &height);
    }
    free(nesting.marks);
    return is_bounded ? NESTING_BOUNDED : NESTING_UNBOUNDED;
}

bool nesting_is_bounded(const struct btf *btf, struct error *error)
{
    unsigned char *place = (unsigned char *)&btf->nesting;
    unsigned char known = __atomic_load_n(place, __ATOMIC_RELAXED);
    if (known == NESTING_UNKNOWN) {
        known = (unsigned char)nesting_find(btf);
        __atomic_store_n(place, known, __ATOMIC_RELAXED);
    }
    if (known == NESTING_UNKNOWN)
        return error_set_no_memory(error);
    return known == NESTING_BOUNDED ||
           error_set(error, PLUGIN_NOT_PLUGIN,
                     "its types contain each other deeper than those of any program");
}
