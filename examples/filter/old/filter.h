/* filter.h - the interface of a filter, and package example.com/filter, as they were in version 1. */
#ifndef FILTER_H
#define FILTER_H

#include <plugin.h>

struct line {
    char *text;
    int number; /* later: an unsigned long after length */
    size_t length;
    size_t size;
};

struct filter {
    bool (*filter_line)(struct line *line);
};

void filter_log(const char *text); /* removed later */

#endif
