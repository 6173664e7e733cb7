/* A host in two files that include this, in C and C++. */
#ifndef HOST_H
#define HOST_H

#include "filter.h"

/* Another interface, whose struct has no tag in C. */
typedef struct {
    int *level;
} small;
PLUGIN_NAMED(small, level, "filter_level");

static inline plugin *open_inline(const char *path, struct filter *filter)
{
    return plugin_open_as(path, filter);
}

#ifdef __cplusplus
namespace host
{
struct member {
    int *filter_level;
    int *missing;
    int (*table)[4];
};
PLUGIN_OPTIONAL(member, missing);
PLUGIN_NAMED(member, table, "filter_table");
template <class T> plugin *open_any(const char *path, T *filled)
{
    return plugin_open_as(path, filled);
}
inline plugin *open_again(const char *path, struct filter *filter)
{
    return plugin_open_as(path, filter);
}
} // namespace host
#endif

EXPORTED plugin *open_elsewhere(const char *path, struct filter *filter);

#endif
