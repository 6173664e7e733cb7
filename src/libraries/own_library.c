/* SPDX-License-Identifier: MIT */
#include "libraries/own_library.h"

#include <string.h>

/* One after the other: a table of pointers would be relocated at each start. */
static const char names[] =
#include "own_names.h" /* from <plugin.h>, when the library is built */
    ;

bool own_library_defines(const char *name)
{
    for (const char *at = names; *at; at += strlen(at) + 1)
        if (!strcmp(name, at))
            return true;
    return false;
}
