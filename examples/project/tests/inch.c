/* inch.c - tests the unit inch, by itself: inch PLUGIN. */
#include "unit.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct unit unit;
    if (argc != 2 || !plugin_open_as(argv[1], &unit)) {
        fprintf(stderr, "inch: %s\n", argc == 2 ? plugin_error() : "usage: inch PLUGIN");
        return 1;
    }
    double metres = unit.unit_to_metres(100);
    if (metres != 2.54) {
        fprintf(stderr, "inch: 100 inches are %g m, not 2.54\n", metres);
        return 1;
    }
    return 0;
}
