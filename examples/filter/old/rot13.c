/* rot13.c - a filter that rotates letters by 13 places, last built against version 1. */
#include "filter.h"

#include <string.h>

PLUGIN_IMPORT("example.com/filter");

static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklm"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM";

static bool rot13(struct line *line)
{
    for (size_t i = 0; i < line->length; i++) {
        const char *letter = line->text[i] ? strchr(letters, line->text[i]) : NULL;
        if (letter)
            line->text[i] = letter[13];
    }
    return true;
}

static struct filter filter = {.name = "rot13", .run = rot13};

PLUGIN_INIT
{
    filter_log("rot13 is here");
    filter_register(&filter);
}
