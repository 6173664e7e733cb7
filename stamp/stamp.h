/* The stamp: reads a linked module's DWARF, and writes the module again with a `.BTF` and a
 * `.plugin` section, which say what its symbols, and the places that use plugin_as, are. */
#ifndef PLUGIN_STAMP_H
#define PLUGIN_STAMP_H

#include "src/base/bytes.h"
#include "src/base/error.h"

/* What a successful stamp has to say. A zeroed one is valid. */
struct stamp_report {
    struct text warnings; /* lines, each ended by a newline; "" if there are none */
};

/* How a module was linked. A zeroed one is valid. */
struct stamp_options {
    /* Where the libraries that it needs are besides the system's directories (-L of the link),
     * ended by NULL; NULL: none. */
    const char *const *library_directories;
};

/* Stamps the module at `input` and puts the result at `output`, which may be the same path. The
 * result is written to a file beside `output` and then renamed, so that `output` is the old file or
 * the whole new one at any time; it gets the input's permissions. Nothing is left behind on
 * failure. Stamping a stamped file gives the same bytes. NULL options are zeroed ones. */
bool stamp_file(const char *input, const char *output, const struct stamp_options *options,
                struct stamp_report *report, struct error *error);

/* What a built-in plugin brings along instead of the two sections of its file (src/format.h). */
struct stamp_tables {
    struct bytes meta, btf;
};

/* Makes the tables of a plugin that will be linked into a program, from a loadable one, linked from
 * the same objects. Free them with stamp_tables_free in any case. */
bool stamp_built_in(const char *path, const struct stamp_options *options,
                    struct stamp_report *report, struct stamp_tables *tables, struct error *error);

void stamp_tables_free(struct stamp_tables *tables);

/* Adds the names, one a line, of the functions and variables of packages other than main, in a
 * module that was linked but may have to be linked again: what its --dynamic-list must name. Of an
 * executable, they need not be exported yet. */
bool stamp_package_symbols(const char *path, struct text *names, struct error *error);

void stamp_report_free(struct stamp_report *report);

#endif
