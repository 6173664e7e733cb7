/* filter.h - what the program and its filters share: the interface of a filter, and package
 * example.com/filter. */
#ifndef FILTER_H
#define FILTER_H

#include <plugin.h>

struct line {
    char *text; /* without the newline; from malloc */
    size_t length;
    unsigned long number; /* the first line of the input is 1 */
};

/* What a filter exports. */
struct filter {
    bool (*filter_line)(struct line *line); /* changes the line; false on failure */
    const char *(*filter_help)(void);
};
PLUGIN_OPTIONAL(struct filter, filter_help);

/* The width of a line number in columns: the environment variable FILTER_WIDTH, or 3. */
extern int filter_width;

/* Inserts prefix before the line's text; false if memory runs out. */
bool line_prepend(struct line *line, const char *prefix);

#endif
