/* greet.h - what greet and its plugins share: the interface of a language. */
#ifndef GREET_H
#define GREET_H

#include <plugin.h>

/* Whom to greet. */
struct person {
    const char *name;
    int hour; /* of the day, 0 to 23 */
};

/* What a language exports. */
struct language {
    const char *(*language_greeting)(const struct person *person); /* "Good morning, Ada" */
};

#endif
