/* yard.c - a unit that is built into the program. It needs a library: libm. */
#include "unit.h"

#include <math.h>

PLUGIN_IMPORT("example.com/format");

double unit_to_metres(double amount)
{
    return amount * 0.9144;
}

const char *unit_show(double amount)
{
    return format_amount(amount, fabs(amount) == 1 ? "yard" : "yards");
}
