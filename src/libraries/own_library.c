#include "libraries/own_library.h"

#include <string.h>

static const char *const names[] = {
#include "own_names.h" /* from <plugin.h>, when the library is built */
};

bool own_library_defines(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}
