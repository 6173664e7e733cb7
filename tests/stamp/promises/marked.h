/* What the maintainer of a header promises, in C and C++. */
#ifndef MARKED_H
#define MARKED_H

#include <plugin.h>
#include <stdint.h>

struct api {
    int version;
    void (*log)(const char *);
};
PLUGIN_GROWS(struct api);

typedef struct {
    const size_t size;
    int a, b;
} info;
PLUGIN_GROWS_SIZED(info, size);

struct length {
    int first;
    volatile uint16_t length;
    char last;
};
PLUGIN_GROWS_SIZED(struct length, length);

struct module {
    signed char iVersion;
    char a;
};
PLUGIN_GROWS_VERSIONED(struct module, iVersion);

enum color { RED };
PLUGIN_GROWS(enum color);
typedef enum { EVENT_OPEN, EVENT_COUNT } event;
PLUGIN_GROWS_UNTIL(event, EVENT_COUNT);

struct own {
    int a;
};
PLUGIN_ALIAS(struct own, struct outside);
PLUGIN_ALIAS(struct own, struct second);
union own_union {
    int a;
};
PLUGIN_ALIAS(union own_union, union outside_union);

#ifdef __cplusplus
namespace ns
{
class api
{
  public:
    int a;
};
PLUGIN_GROWS(api);
PLUGIN_GROWS(class api);
PLUGIN_ALIAS(api, struct other);
enum class tone : short { LOW, COUNT };
PLUGIN_GROWS_UNTIL(tone, tone ::COUNT);
struct sized {
    unsigned size;
    int last;
};
template <class T> bool reaches(const T &object)
{
    return plugin_has(&object, last);
}
} // namespace ns
PLUGIN_GROWS_SIZED(ns::sized, size);
inline bool reach_all(const ns::sized *s)
{
    return ns::reaches(*s);
}
#endif

static inline bool marked_has(const info **i, const struct length *l)
{
    return plugin_has((*i)++, b) && plugin_has(l, last, length);
}

#endif
