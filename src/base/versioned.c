/* Structs of the interface that grow with it. */
#include "base/versioned.h"

#include <string.h>

/* No header will have a larger struct. */
enum { VERSIONED_MAX = 256 };

bool versioned_copy(void *own, size_t size, const void *given, const char *name,
                    struct error *error)
{
    size_t given_size;
    memcpy(&given_size, given, sizeof given_size);
    /* A struct's size is a multiple of its alignment; another one would cut a pointer in half. */
    if (given_size < sizeof given_size || given_size > VERSIONED_MAX ||
        given_size % sizeof given_size)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "%s.size is %zu; set it to sizeof(struct plugin_%s)", name, given_size,
                         name);
    memcpy(own, given, given_size < size ? given_size : size);
    for (size_t i = size; i < given_size; i++)
        if (((const char *)given)[i])
            return error_set(error, PLUGIN_UNSUPPORTED,
                             "%s sets a member that this version of the library does not know",
                             name);
    return true;
}
