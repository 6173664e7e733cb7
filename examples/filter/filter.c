/* filter.c - the package's variables and functions. The program and every plugin are linked with
 * this file; all use the program's copy. */
#include "filter.h"

#include <stdlib.h>
#include <string.h>

PLUGIN_PACKAGE("example.com/filter");

struct filter *filters;
int filter_width = 3;

/* Runs once, before main; not again for the copies in the plugins. */
PLUGIN_INIT
{
    const char *width = getenv("FILTER_WIDTH");
    if (width)
        filter_width = atoi(width);
}

void filter_register(struct filter *filter)
{
    struct filter **last = &filters;
    for (; *last; last = &(*last)->next)
        if (strcmp((*last)->name, filter->name) == 0) {
            plugin_init_fail("there is a filter of this name already");
            return;
        }
    *last = filter;
}

bool line_prepend(struct line *line, const char *prefix)
{
    size_t length = strlen(prefix);
    char *text = malloc(length + line->length + 1);
    if (!text)
        return false;
    memcpy(text, prefix, length);
    memcpy(text + length, line->text, line->length + 1);
    free(line->text);
    line->text = text;
    line->length += length;
    return true;
}
