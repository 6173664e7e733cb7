/* filter.h - what the program and its filters share: the interface of a filter, and package
 * example.com/filter. */
#ifndef FILTER_H
#define FILTER_H

#include <plugin.h>

struct line {
    char *text; /* without the newline */
    size_t length;
    unsigned long number; /* the first line of the input is 1 */
    size_t size;          /* of the memory at text: the line may grow so far */
};
PLUGIN_COUNTED_MEMBER(struct line, text, size);

/* What a filter exports. */
struct filter {
    bool (*filter_line)(struct line *line); /* changes the line; false on failure */
    const char *(*filter_help)(void);
};
PLUGIN_OPTIONAL(struct filter, filter_help);

/* Returns the width of a line number in columns: the environment variable FILTER_WIDTH, or 3. */
int filter_width(void);

/* Inserts prefix before the line's text; false if it has no room. */
bool line_prepend(struct line *line, const char *prefix);

#endif
