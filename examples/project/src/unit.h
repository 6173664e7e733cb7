/* unit.h - what the program and its units share: the interface of a unit, and package
 * example.com/format. */
#ifndef UNIT_H
#define UNIT_H

#include <plugin.h>

/* What a unit exports. */
struct unit {
    double (*unit_to_metres)(double amount);
    const char *(*unit_show)(double amount); /* valid until the next call */
};
PLUGIN_OPTIONAL(struct unit, unit_show);

/* How many digits follow the point; the program sets it. */
extern int format_digits;

/* Returns the amount with its unit, valid until the next call. */
const char *format_amount(double amount, const char *unit);

#endif
