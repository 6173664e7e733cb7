/* SPDX-License-Identifier: MIT */
/* Finds the DECL_TAGs of whole types. */
#include "src/types/btf.h"
#include "types/tags_p.h"

bool tags_find(struct stamp *stamp, struct bytes btf, struct tags *tags, struct error *error)
{
    struct btf types;
    *tags = (struct tags){0};
    if (!btf_read(&types, btf, stamp->pointer_size, error))
        return error_prefix_damaged(error);
    bool done = promises_add_tags(stamp, &types, tags, error) &&
                grows_add_tags(stamp, &types, tags, error) &&
                aliases_add_tags(stamp, &types, tags, error) &&
                objects_add_tags(stamp, &types, tags, error);
    btf_deinit(&types);
    if (done)
        tags_sort(tags);
    return done;
}
