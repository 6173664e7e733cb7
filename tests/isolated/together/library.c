/* A library with an init, which the plugin needs. */
#include "together.h"

#include <string.h>

static char words[100];

void say(const char *word)
{
    strcat(words, word);
}

const char *said(void)
{
    return words;
}

int library_twice(int value)
{
    return 2 * value;
}

PLUGIN_INIT
{
    say("library ");
}
