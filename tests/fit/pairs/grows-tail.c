/* A struct does not grow behind what may itself be longer than its type says: no promise of it is
 * stamped.
 *
 * plugin 1 -DUNION: not stamped
 * plugin 1 -DBIT_FIELD: not stamped
 * plugin 1 -DFLEXIBLE: not stamped
 * plugin 1 -DZERO: not stamped
 * plugin 1 -DONE: not stamped
 * plugin 1 -DNESTED: not stamped
 * plugin 1 -DNESTED_UNION: not stamped
 * plugin 1 -DNESTED_BIT_FIELD: not stamped
 */
#include <plugin.h>

struct line {
    int length;
    char text[1];
};
struct value {
    int kind;
    union {
        int number;
        char text[2];
    } of;
};
struct flags {
    int count;
    unsigned is_open : 1;
};
struct api {
    unsigned size;
#if defined UNION
    union {
        int number;
        char text[2];
    } value;
#elif defined BIT_FIELD
    unsigned is_open : 1;
#elif defined FLEXIBLE
    int all[];
#elif defined ZERO
    int all[0];
#elif defined ONE
    int all[1];
#elif defined NESTED
    struct line line;
#elif defined NESTED_UNION
    struct value value;
#elif defined NESTED_BIT_FIELD
    struct flags flags;
#endif
};
PLUGIN_GROWS_SIZED(struct api, size);

#ifndef HOST
int host_get(struct api *api);
int run(void)
{
    return host_get(0);
}
#endif
