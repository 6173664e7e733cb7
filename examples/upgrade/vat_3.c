/* vat_3.c - a version for another host: this one would pass a number of cents for a pointer. */
#include <plugin.h>

PLUGIN_INFO("version", "3");

struct bill {
    long cents;
    long discount;
};

long tax_of(const struct bill *bill)
{
    return (bill->cents - bill->discount) * 7 / 100;
}
