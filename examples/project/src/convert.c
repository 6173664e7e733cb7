/* convert.c - convert AMOUNT UNIT: prints in metres how long that is. A unit is a plugin, UNIT.so, in
 * the directory CONVERT_UNITS, or else where they are installed; or it is built in. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

PLUGIN_IMPORT("example.com/format");

int main(int argc, char **argv)
{
    const char *directory = getenv("CONVERT_UNITS");
    char path[4096];
    struct unit unit;
    if (argc != 3) {
        fprintf(stderr, "usage: convert AMOUNT UNIT\n");
        return 2;
    }
    snprintf(path, sizeof path, "%s/%s.so", directory ? directory : UNITS_DIRECTORY, argv[2]);
    if (!plugin_open_as(path, &unit)) {
        fprintf(stderr, "convert: %s\n", plugin_error());
        return 1;
    }
    double amount = atof(argv[1]);
    format_digits = 2;
    printf("%s = ", unit.unit_show ? unit.unit_show(amount) : argv[2]);
    printf("%s\n", format_amount(unit.unit_to_metres(amount), "m"));
    return 0;
}
