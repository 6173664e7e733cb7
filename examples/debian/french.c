/* french.c - greets in French. */
#include "greet.h"

PLUGIN_IMPLEMENTS(struct language);

const char *language_greeting(const struct person *person)
{
    return person->hour < 18 ? "Bonjour" : "Bonsoir";
}
