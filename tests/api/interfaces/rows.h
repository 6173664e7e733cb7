/* The host judges a plugin by the interface of a row: by plugin_open_as or, with `is_bound`, by
 * plugin_bind. It prints the refusal on standard error, and exits with 3. */
#include "shared.h"

static int row_refused(const void *filled, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((const char *)filled)[i])
            puts("a member is not NULL");
    fprintf(stderr, "%s\n", plugin_error());
    return 3;
}

#define ROW(name)                                                                                  \
    if (!strcmp(row, #name)) {                                                                     \
        struct name f, again, third;                                                               \
        memset(&f, 255, sizeof f);                                                                 \
        plugin *p = is_bound ? plugin_open(path) : plugin_open_as(path, &f);                       \
        if (!p || (is_bound && !plugin_bind(p, &f)))                                               \
            return row_refused(&f, sizeof f);                                                      \
        if (!plugin_bind(p, &again) || memcmp(&f, &again, sizeof f) ||                             \
            plugin_open_as(path, &third) != p || memcmp(&f, &third, sizeof f))                     \
            return puts("another result the second time"), 2;                                      \
        return use_##name(f) ? 0 : (puts("a wrong result"), 2);                                    \
    }
