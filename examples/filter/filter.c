/* filter.c - the package's variables and functions. The program is linked with this file, and so is
 * each plugin that uses them; all use the program's copy. */
#include "filter.h"

#include <stdlib.h>
#include <string.h>

PLUGIN_PACKAGE("example.com/filter");

static int width = 3;

/* Runs once, before main; not again for the copies in the plugins. */
PLUGIN_INIT
{
    const char *columns = getenv("FILTER_WIDTH");
    if (columns)
        width = atoi(columns);
}

int filter_width(void)
{
    return width;
}

bool line_prepend(struct line *line, const char *prefix)
{
    size_t length = strlen(prefix);
    if (length > line->size - line->length)
        return false;
    memmove(line->text + length, line->text, line->length);
    memcpy(line->text, prefix, length);
    line->length += length;
    return true;
}
