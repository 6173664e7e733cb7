/* vat_1.c - a tax, in its first version. */
#include "tax.h"

#include <stdio.h>

PLUGIN_IMPLEMENTS(struct tax);
PLUGIN_INFO("version", "1");

long tax_of(long cents)
{
    return cents * 19 / 100;
}

/* The place to close files and to end threads. The code and the data stay. */
PLUGIN_RETIRE
{
    fputs("vat.so: version 1 retires\n", stderr);
}
