/* The C forms of the types of forms/, and the lookup of its symbols. */
#ifndef TESTS_GO_FORMS_H
#define TESTS_GO_FORMS_H

#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static plugin *opened;
static int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("line %d: %s\n", __LINE__, #condition);                                         \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

/* Returns a symbol as this type, or ends the test. */
#define AS(name, type)                                                                             \
    ({                                                                                             \
        __typeof__(type) as_ = plugin_as(plugin_lookup(opened, #name), type);                      \
        if (!as_) {                                                                                \
            printf("line %d: %s: %s\n", __LINE__, #name, plugin_error());                          \
            exit(2);                                                                               \
        }                                                                                          \
        as_;                                                                                       \
    })

static inline void open_or_exit(const char *path)
{
    opened = plugin_open(path);
    if (!opened) {
        printf("%s\n", plugin_error());
        exit(2);
    }
}

static inline plugin_go_string go(const char *text)
{
    return (plugin_go_string){text, (ptrdiff_t)strlen(text)};
}

static inline bool says(plugin_go_string string, const char *text)
{
    return string.len == (ptrdiff_t)strlen(text) && memcmp(string.data, text, strlen(text)) == 0;
}

#define SLICE(name, type)                                                                          \
    struct plugin_go_slice_##name {                                                                \
        type *data;                                                                                \
        ptrdiff_t len, cap;                                                                        \
    }

struct Point {
    long X, Y;
};
struct geom_Point {
    int X, Y;
};
typedef struct geom_Point geom_Point;
SLICE(int, long);
SLICE(string, plugin_go_string);
SLICE(uint8, unsigned char);

#endif
