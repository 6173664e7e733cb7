/* vat_1.c - a tax, in its first version. */
#include "tax.h"

#include <stdio.h>

PLUGIN_IMPLEMENTS(struct tax);
PLUGIN_INFO("version", "1");

static long rate;

PLUGIN_INIT
{
    rate = 19;
}

long tax_of(long cents)
{
    return cents * rate / 100;
}

/* Undoes what the init did: here are files closed, and threads ended. No other thread may be in the
 * plugin any more. */
PLUGIN_RETIRE
{
    rate = 0;
    fputs("vat.so: version 1 retires\n", stderr);
}
