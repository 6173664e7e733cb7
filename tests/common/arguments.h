/* Arguments of test hosts. */
#ifndef TESTS_COMMON_ARGUMENTS_H
#define TESTS_COMMON_ARGUMENTS_H

#include <stddef.h>
#include <string.h>

/* Returns what follows the prefix, or NULL if the argument does not start with it. */
static inline const char *argument_after(const char *argument, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(argument, prefix, length) == 0 ? argument + length : NULL;
}

enum { ARGUMENT_LIST = 8 };

/* Appends an item to a list of up to ARGUMENT_LIST - 1, which ends with NULL. Returns the list. */
static inline const char *const *argument_append(const char **items, const char *item)
{
    size_t count = 0;
    while (items[count])
        count++;
    if (count + 1 < ARGUMENT_LIST)
        items[count] = item;
    return items;
}

#endif
