/* The stamp: reads a linked module's DWARF, and writes the module again with a `.BTF` and a
 * `.plugin` section, which say what its symbols, and the places that use plugin_as, are. */
#ifndef PLUGIN_STAMP_H
#define PLUGIN_STAMP_H

#include "../src/error.h"

/* What a successful stamp has to say. A zeroed one is valid. */
struct stamp_report {
    struct text warnings; /* lines, each ended by a newline; "" if there are none */
};

/* Stamps the module at `input` and puts the result at `output`, which may be the same path. The
 * result is written to a file beside `output` and then renamed, so that `output` is the old file or
 * the whole new one at any time; it gets the input's permissions. Nothing is left behind on
 * failure. Stamping a stamped file gives the same bytes. */
bool stamp_file(const char *input, const char *output, struct stamp_report *report,
                struct error *error);

void stamp_report_free(struct stamp_report *report);

#endif
