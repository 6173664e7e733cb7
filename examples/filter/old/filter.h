/* filter.h - package example.com/filter as it was in version 1. */
#ifndef FILTER_H
#define FILTER_H

#include <plugin.h>
#include <stdbool.h>
#include <stddef.h>

struct line {
    char *text;
    int number; /* later: an unsigned long after length */
    size_t length;
};

struct filter {
    const char *name;
    bool (*run)(struct line *line);
    struct filter *next;
};

void filter_register(struct filter *filter);
void filter_log(const char *text); /* removed later */

#endif
