/* upper.c - a filter that converts letters to upper case. */
#include "filter.h"

#include <ctype.h>

PLUGIN_IMPLEMENTS(struct filter);

bool filter_line(struct line *line)
{
    for (size_t i = 0; i < line->length; i++)
        line->text[i] = (char)toupper((unsigned char)line->text[i]);
    return true;
}

const char *filter_help(void)
{
    return "converts letters to upper case";
}
