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
    bool (*run)(struct line *line); /* changes the line; false if that fails */
    struct filter *next;
};

/* All filters, in the order in which they run. */
extern struct filter *filters;

/* How many columns a number takes: what the environment's FILTER_WIDTH says, or 3. */
extern int filter_width;

/* Adds a filter behind the others. Inits call it; a second filter of one name fails its init. */
void filter_register(struct filter *filter);

/* Puts a string before the line's text; false if there is no memory for it. */
bool line_prepend(struct line *line, const char *prefix);

#endif
