/* format.c - package example.com/format. The program is linked with this file, and so is each unit
 * that uses it; all use the program's copy. */
#include "unit.h"

#include <stdio.h>

PLUGIN_PACKAGE("example.com/format");

int format_digits = 1;

const char *format_amount(double amount, const char *unit)
{
    static char text[64];
    snprintf(text, sizeof text, "%.*f %s", format_digits, amount, unit);
    return text;
}
