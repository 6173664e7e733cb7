/* number.c - a filter that puts the line's number before the line. */
#include "filter.h"

#include <stdio.h>

PLUGIN_IMPORT("example.com/filter");

static bool number(struct line *line)
{
    char prefix[32];
    snprintf(prefix, sizeof prefix, "%*lu  ", filter_width, line->number);
    return line_prepend(line, prefix);
}

static struct filter filter = {.name = "number", .run = number};

PLUGIN_INIT
{
    filter_register(&filter);
}
