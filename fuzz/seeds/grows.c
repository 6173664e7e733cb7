/* What grows, what has two tags, and pointers that differ, in two versions; V tells which. */
#include <plugin.h>

struct api {
    void *context;
    long level;
#if V == 2
    long limit;
#endif
};
PLUGIN_GROWS(struct api);
struct info {
    unsigned size;
    int length;
#if V == 2
    int width;
#endif
};
PLUGIN_GROWS_SIZED(struct info, size);
struct module {
    int version;
    int flags;
#if V == 2
    long more;
#endif
};
PLUGIN_GROWS_VERSIONED(struct module, version);
struct unmarked {
    int a;
#if V == 2
    int b;
#endif
};
enum event { EVENT_OPEN, EVENT_COUNT = V };
PLUGIN_GROWS_UNTIL(enum event, EVENT_COUNT);
enum color { RED, GREEN = V };
PLUGIN_GROWS(enum color);
struct own {
    int a;
};
PLUGIN_ALIAS(struct own, struct outside);
struct outside {
    int a;
};
struct longer {
    struct outside start;
    int more;
};
PLUGIN_ALIAS(struct longer, struct outside);

/* What differs between the versions. */
#if V == 2
#define CONST const
typedef struct outside tagged;
typedef struct longer started;
typedef char data;
typedef struct own first;
typedef void second;
struct module object[2];
#else
#define CONST
typedef struct own tagged;
typedef struct outside started;
typedef void data;
typedef void first;
typedef struct own second;
struct api object;
#endif

int grow(struct api *api);
int by_size(struct info *info);
int by_version(struct module *module);
int by_none(struct unmarked *unmarked);
int of_enums(enum event event, enum color color);
int of_tags(tagged *of);
int of_starts(started *of);
int qualified(CONST char *name, int (*call)(CONST char *), CONST char **inner);
int untyped(data *outer, data **inner);
int ordered(first *a, second *b);

int grow(struct api *api)
{
    return !api;
}
int by_size(struct info *info)
{
    return !info;
}
int by_version(struct module *module)
{
    return !module;
}
int by_none(struct unmarked *unmarked)
{
    return !unmarked;
}
int of_enums(enum event event, enum color color)
{
    return (int)event + (int)color;
}
int of_tags(tagged *of)
{
    return !of;
}
int of_starts(started *of)
{
    return !of;
}
int qualified(CONST char *name, int (*call)(CONST char *), CONST char **inner)
{
    return !name + !call + !inner;
}
int untyped(data *outer, data **inner)
{
    return !outer + !inner;
}
int ordered(first *a, second *b)
{
    return !a + !b;
}
