/* upper.c - a filter that converts letters to upper case. */
#include "filter.h"

#include <ctype.h>

PLUGIN_IMPORT("example.com/filter");

static bool upper(struct line *line)
{
    for (size_t i = 0; i < line->length; i++)
        line->text[i] = (char)toupper((unsigned char)line->text[i]);
    return true;
}

static struct filter filter = {.name = "upper", .run = upper};

PLUGIN_INIT
{
    filter_register(&filter);
}
