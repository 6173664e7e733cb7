/* rot13.c - a filter that rotates letters by 13 places, last built against version 1. */
#include "filter.h"

#include <string.h>

PLUGIN_IMPORT("example.com/filter");

PLUGIN_IMPLEMENTS(struct filter);

static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklm"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM";

bool filter_line(struct line *line)
{
    for (size_t i = 0; i < line->length; i++) {
        const char *letter = line->text[i] ? strchr(letters, line->text[i]) : NULL;
        if (letter)
            line->text[i] = letter[13];
    }
    return true;
}

PLUGIN_INIT
{
    filter_log("rot13 is here");
}
