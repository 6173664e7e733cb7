/* french.c - greets in French. */
#include "greet.h"

#include <stdio.h>

PLUGIN_IMPLEMENTS(struct language);

const char *language_greeting(const struct person *person)
{
    static char greeting[64];
    const char *word = person->hour < 18 ? "Bonjour" : "Bonsoir";
    snprintf(greeting, sizeof greeting, "%s, %s", word, person->name);
    return greeting;
}
