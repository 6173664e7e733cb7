/* filter.c - package example.com/filter as it was in version 1. */
#include "filter.h"

#include <stdio.h>

PLUGIN_PACKAGE("example.com/filter");

void filter_log(const char *text)
{
    fprintf(stderr, "filter: %s\n", text);
}
