/* number.c - a filter that puts the line's number before the line. */
#include "filter.h"

#include <stdio.h>

PLUGIN_IMPORT("example.com/filter");

bool filter_line(struct line *line)
{
    char prefix[32];
    snprintf(prefix, sizeof prefix, "%*lu  ", filter_width(), line->number);
    return line_prepend(line, prefix);
}
