/* SPDX-License-Identifier: MIT */
/* The types that a header needs. */
#include "show/header_p.h"

#include <stdlib.h>

/* A walk over the types. Each is entered at most once, so `waiting` has room for all. */
struct header_walk {
    const struct btf *btf;
    bool *is_reached;
    uint32_t *waiting;
    uint32_t count;
};

static void header_walk_enter(struct header_walk *walk, uint32_t id)
{
    if (walk->is_reached[id])
        return;
    walk->is_reached[id] = true;
    walk->waiting[walk->count++] = id;
}

static void header_walk_enter_parts(struct header_walk *walk, uint32_t id)
{
    struct btf_type type = btf_type(walk->btf, id);
    switch (type.kind) {
    case BTF_STRUCT:
    case BTF_UNION:
        for (uint32_t i = 0; i < type.length; i++)
            header_walk_enter(walk, btf_member(walk->btf, &type, i).type);
        break;
    case BTF_FUNC_PROTO:
        for (uint32_t i = 0; i < type.length; i++)
            header_walk_enter(walk, btf_parameter(walk->btf, &type, i).type);
        header_walk_enter(walk, type.type);
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
        header_walk_enter(walk, type.type);
        break;
    default:
        break; /* refers to no other type */
    }
}

/* Enters an interface that the module demands of plugins. */
static void header_walk_enter_interface(struct header_walk *walk, const struct meta *meta,
                                        uint32_t number)
{
    struct meta_interface interface = meta_interface(meta, number);
    if (interface.kind == FORMAT_INTERFACE_IMPLEMENTED)
        return;
    header_walk_enter(walk, interface.type);
    for (uint32_t i = 0; i < interface.member_count; i++)
        header_walk_enter(walk, meta_member(meta, number, i).type);
}

static void header_walk_enter_all(struct header_walk *walk, const struct meta *meta)
{
    for (uint32_t i = 0; i < meta->header.symbols.count; i++)
        header_walk_enter(walk, meta_symbol(meta, i).type);
    for (uint32_t i = 0; i < meta->header.probes.count; i++)
        header_walk_enter(walk, meta_probe(meta, i).type);
    for (uint32_t i = 0; i < meta->header.interfaces.count; i++)
        header_walk_enter_interface(walk, meta, i);
    while (walk->count)
        header_walk_enter_parts(walk, walk->waiting[--walk->count]);
}

bool *header_reach(const struct module *module)
{
    struct header_walk walk = {
        .btf = module->btf,
        .is_reached = calloc(module->btf->count, sizeof *walk.is_reached),
        .waiting = calloc(module->btf->count, sizeof *walk.waiting),
    };
    if (walk.is_reached && walk.waiting) {
        header_walk_enter_all(&walk, &module->meta);
    } else {
        free(walk.is_reached);
        walk.is_reached = NULL;
    }
    free(walk.waiting);
    return walk.is_reached;
}
