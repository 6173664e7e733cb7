/* Are two types of two modules the same, but for the numbers that they have there? Then they agree,
 * and most do; the rules, which cost much more, are for those that are not. */
#ifndef PLUGIN_SAME_H
#define PLUGIN_SAME_H

#include "types/btf.h"

/* What is known of the types of two modules. A zeroed one knows nothing. Free with same_free. */
struct same {
    uint32_t *first_of; /* of each type of the second module, the first module's that is the same;
                           0: none is known */
    uint32_t *queue;    /* room for all of the second module's */
    size_t in_vain;     /* types that were looked at before a difference was found */
};

/* Is this so? If false is returned, it need not be known: there was no memory, or too many others
 * were looked at in vain. The two modules are the same ones in every call. */
bool same_types(struct same *same, const struct btf *first, const struct btf *second,
                uint32_t first_id, uint32_t second_id);

/* Were these two found to be the same? */
static inline bool same_is_known(const struct same *same, uint32_t first_id, uint32_t second_id)
{
    return same->first_of && second_id && same->first_of[second_id] == first_id;
}

void same_free(struct same *same);

#endif
