/* latin.c - greets in Latin, at any hour. */
#include "greet.h"

#include <stdio.h>

PLUGIN_IMPLEMENTS(struct language);

const char *language_greeting(const struct person *person)
{
    static char greeting[64];
    snprintf(greeting, sizeof greeting, "Salve, %s", person->name);
    return greeting;
}
