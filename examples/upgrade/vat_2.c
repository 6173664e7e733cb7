/* vat_2.c - the next version: another rate. */
#include "tax.h"

PLUGIN_IMPLEMENTS(struct tax);
PLUGIN_INFO("version", "2");

long tax_of(long cents)
{
    return cents * 7 / 100;
}
