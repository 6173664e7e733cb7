/* latin.c - greets in Latin, at any hour. */
#include "greet.h"

PLUGIN_IMPLEMENTS(struct language);

const char *language_greeting(const struct person *person)
{
    (void)person;
    return "Salve";
}
