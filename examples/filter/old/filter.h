/* filter.h - package example.com/filter as it was in version 1. */
#ifndef FILTER_H
#define FILTER_H

#include <plugin.h>
#include <stdbool.h>
#include <stddef.h>

struct line {
    char *text;
    int number; /* since then behind the length, and an unsigned long */
    size_t length;
};

struct filter {
    const char *name;
    bool (*run)(struct line *line);
    struct filter *next;
};

void filter_register(struct filter *filter);
void filter_log(const char *text); /* gone since then */

#endif
