/* Which types a header needs: those that lead from a symbol, or from a use of plugin_as. */
#include "show/header_reach.h"

#include <stdlib.h>

/* A walk over the types. Each is entered once, so it ends, and there is room for all that wait. */
struct walk {
    const struct btf *btf;
    bool *is_reached;
    uint32_t *waiting;
    uint32_t count;
};

static void enter(struct walk *walk, uint32_t id)
{
    if (walk->is_reached[id])
        return;
    walk->is_reached[id] = true;
    walk->waiting[walk->count++] = id;
}

static void enter_parts(struct walk *walk, uint32_t id)
{
    struct btf_type type = btf_type(walk->btf, id);
    switch (type.kind) {
    case BTF_STRUCT:
    case BTF_UNION:
        for (uint32_t i = 0; i < type.length; i++)
            enter(walk, btf_member(walk->btf, &type, i).type);
        break;
    case BTF_FUNC_PROTO:
        for (uint32_t i = 0; i < type.length; i++)
            enter(walk, btf_parameter(walk->btf, &type, i).type);
        enter(walk, type.type);
        break;
    case BTF_PTR:
    case BTF_ARRAY:
    case BTF_TYPEDEF:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
    case BTF_FUNC:
    case BTF_VAR:
    case BTF_TYPE_TAG:
        enter(walk, type.type);
        break;
    default:
        break; /* it is made of no other type */
    }
}

static void enter_all(struct walk *walk, const struct meta *meta)
{
    for (uint32_t i = 0; i < meta->header.symbols.count; i++)
        enter(walk, meta_symbol(meta, i).type);
    for (uint32_t i = 0; i < meta->header.probes.count; i++)
        enter(walk, meta_probe(meta, i).type);
    while (walk->count)
        enter_parts(walk, walk->waiting[--walk->count]);
}

bool *header_reach(const struct module *module)
{
    struct walk walk = {
        .btf = module->btf,
        .is_reached = calloc(module->btf->count, sizeof *walk.is_reached),
        .waiting = calloc(module->btf->count, sizeof *walk.waiting),
    };
    if (walk.is_reached && walk.waiting) {
        enter_all(&walk, &module->meta);
    } else {
        free(walk.is_reached);
        walk.is_reached = NULL;
    }
    free(walk.waiting);
    return walk.is_reached;
}
