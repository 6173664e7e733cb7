/* filter.c - the package's variables and functions. The program is linked with this file, and so is
 * each plugin that uses them; all use the program's copy. */
#include "filter.h"

#include <stdlib.h>
#include <string.h>

PLUGIN_PACKAGE("example.com/filter");

int filter_width = 3;

/* Runs once, before main; not again for the copies in the plugins. */
PLUGIN_INIT
{
    const char *width = getenv("FILTER_WIDTH");
    if (width)
        filter_width = atoi(width);
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
