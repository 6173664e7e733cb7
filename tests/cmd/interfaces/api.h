/* What the host of this test shares with its plugins, and the interface of a library. */
#include <plugin.h>

struct line {
    char *text;
    int length;
};

struct filter {
    bool (*filter_line)(struct line *);
    const char *(*filter_help)(void);
    int *filter_level;
};
PLUGIN_OPTIONAL(struct filter, filter_help);

typedef struct {
    int (*encode)(const struct line *, int flags);
    int (*decode)(struct line *);
    int (*table)[4];
} codec;
PLUGIN_NAMED(codec, encode, "new");
PLUGIN_OPTIONAL(codec, table);

struct host_api {
    unsigned long size;
#ifdef OLD
    void (*log)(const char *);
    int (*get)(int);
#else
    int (*get)(int);
    void (*log)(const char *);
#endif
};

struct source {
    int (*source_read)(struct line *);
};
plugin *source_open(const char *path);

int host_log(const struct line *line);
