/* What the host of this test shares with its plugins, in two versions; V tells which. */
#include <plugin.h>

struct api {
    void *context;
    long level;
#if V >= 2
    long limit;
#endif
};
PLUGIN_GROWS(struct api);

typedef struct {
    unsigned size;
    int length;
#if V >= 2
    int width;
#endif
} info;
PLUGIN_GROWS_SIZED(info, size);

struct module {
    int version;
    const char *name;
#if V >= 2
    const char *author;
#endif
};
PLUGIN_GROWS_VERSIONED(struct module, version);

enum event {
    EVENT_OPEN,
#if V >= 2
    EVENT_CLOSE,
#endif
    EVENT_COUNT
};
PLUGIN_GROWS_UNTIL(enum event, EVENT_COUNT);

enum color {
    RED,
#if V >= 2
    GREEN,
#endif
};
PLUGIN_GROWS(enum color);

struct line {
    char *text;
};
PLUGIN_ALIAS(struct line, struct public_line);

long host_level(const struct api *api, enum event event, enum color color);
int host_add(const info *added, const struct module *module, struct line *line);
