/* mile.c - a unit with a package: it shows amounts as the program does. */
#include "unit.h"

PLUGIN_IMPORT("example.com/format");

double unit_to_metres(double amount)
{
    return amount * 1609.344;
}

const char *unit_show(double amount)
{
    return format_amount(amount, amount == 1 ? "mile" : "miles");
}
