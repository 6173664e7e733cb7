#include "packages.h"
PLUGIN_PACKAGE("example.com/log");

#include <string.h>

char init_log[256];

void init_ran(const char *name)
{
    if (*init_log)
        strcat(init_log, " ");
    strcat(init_log, name);
}

PLUGIN_INIT
{
    init_ran("log");
}
