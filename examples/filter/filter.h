/* filter.h - package example.com/filter: what the program and its filters share. */
#ifndef FILTER_H
#define FILTER_H

#include <plugin.h>
#include <stdbool.h>
#include <stddef.h>

struct line {
    char *text; /* without the newline; from malloc */
    size_t length;
    unsigned long number; /* the first line of the input is 1 */
};

struct filter {
    const char *name;
    bool (*run)(struct line *line); /* changes the line; false on failure */
    struct filter *next;
};

/* All filters, in the order they run. */
extern struct filter *filters;

/* The width of a line number in columns: the environment variable FILTER_WIDTH, or 3. */
extern int filter_width;

/* Appends a filter to the list. Call it in an init, which fails if the name is taken. */
void filter_register(struct filter *filter);

/* Inserts prefix before the line's text; false if memory runs out. */
bool line_prepend(struct line *line, const char *prefix);

#endif
