/* SPDX-License-Identifier: MIT */
#include "types/copy_p.h"

#include <stdlib.h>
#include <string.h>

uint32_t *copy_reference(const struct btf_type *type, uint32_t index)
{
    /* libbpf's functions take const types, also those of a copy that is still being written. */
    uint32_t *target = (uint32_t *)&type->type;
    switch (btf_kind(type)) {
    case BTF_KIND_PTR:
    case BTF_KIND_TYPEDEF:
    case BTF_KIND_VOLATILE:
    case BTF_KIND_CONST:
    case BTF_KIND_RESTRICT:
    case BTF_KIND_FUNC:
    case BTF_KIND_VAR:
    case BTF_KIND_DECL_TAG:
    case BTF_KIND_TYPE_TAG:
        return index == 0 ? target : NULL;
    case BTF_KIND_ARRAY:
        return index == 0   ? &btf_array(type)->type
               : index == 1 ? &btf_array(type)->index_type
                            : NULL;
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
        return index < btf_vlen(type) ? &btf_members(type)[index].type : NULL;
    case BTF_KIND_FUNC_PROTO:
        return index == 0                ? target
               : index <= btf_vlen(type) ? &btf_params(type)[index - 1].type
                                         : NULL;
    default:
        return NULL;
    }
}

static bool copy_add(struct btf *copy, const struct btf *types, uint32_t id, bool is_forward)
{
    const struct btf_type *type = btf__type_by_id(types, id);
    const char *name = btf__name_by_offset(types, type->name_off);
    int added = !is_forward          ? btf__add_type(copy, types, type)
                : btf_is_union(type) ? btf__add_fwd(copy, name, BTF_FWD_UNION)
                                     : btf__add_fwd(copy, name, BTF_FWD_STRUCT);
    return added > 0;
}

struct btf *copy_types(const struct btf *types, const uint32_t *new_ids, const bool *is_forward,
                       struct error *error)
{
    struct btf *copy = btf__new_empty();
    uint32_t count = btf__type_cnt(types), next = 1;
    bool done = copy != NULL;
    if (copy)
        btf__set_pointer_size(copy, btf__pointer_size(types));
    for (uint32_t id = 1; done && id < count; id++)
        if (new_ids[id] == next) {
            done = copy_add(copy, types, id, is_forward && is_forward[id]);
            next++;
        }
    for (uint32_t id = 1; done && id < next; id++) {
        const struct btf_type *type = btf__type_by_id(copy, id);
        uint32_t *reference;
        for (uint32_t i = 0; (reference = copy_reference(type, i)); i++)
            *reference = new_ids[*reference];
    }
    if (done)
        return copy;
    btf__free(copy);
    error_set_no_memory(error);
    return NULL;
}

bool copy_raw(const struct btf *types, struct bytes *copy)
{
    uint32_t size = 0;
    const void *raw = btf__raw_data(types, &size);
    uint8_t *bytes = raw ? malloc(size) : NULL;
    if (bytes)
        memcpy(bytes, raw, size);
    *copy = (struct bytes){bytes, bytes ? size : 0};
    return bytes;
}
