/* The header that hosts and plugins share, in C and C++. */
#ifndef FILTER_H
#define FILTER_H

#include <plugin.h>
#include <stdbool.h>

struct line {
    char *text;
    int length;
};

struct filter {
    bool (*filter_line)(struct line *);
    const char *(*filter_help)(void);
    int *filter_level;
    int (*table)[4];
};
PLUGIN_OPTIONAL(struct filter, filter_help);
PLUGIN_NAMED(struct filter, table, "filter_table");

#ifdef __cplusplus
template <class First, class Second> struct pair {
    First *filter_level;
    Second *filter_table;
};
#define EXPORTED extern "C"
#else
#define EXPORTED extern
#endif
EXPORTED bool filter_line(struct line *line);
EXPORTED int filter_level;
EXPORTED int filter_table[4];

#endif
