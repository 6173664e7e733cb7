/* filter.c - package example.com/filter as it was in version 1. */
#include "filter.h"

#include <stdio.h>

PLUGIN_PACKAGE("example.com/filter");

static struct filter *filters;

void filter_register(struct filter *filter)
{
    filter->next = filters;
    filters = filter;
}

void filter_log(const char *text)
{
    fprintf(stderr, "filter: %s\n", text);
}
