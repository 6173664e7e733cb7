/* The stamp: reads a linked module's DWARF, and adds a `.BTF` and a `.plugin` section to its file,
 * which describe its symbols, its packages and its uses of plugin_as. */
#ifndef PLUGIN_STAMP_H
#define PLUGIN_STAMP_H

#include "src/base/bytes.h"
#include "src/base/error.h"

/* What a successful stamp reports. A zeroed one is valid. */
struct stamp_report {
    struct text warnings; /* lines, each ended by a newline; "" if there are none */
};

/* How a module was linked. A zeroed one is valid. */
struct stamp_options {
    /* The directories of its libraries besides the system's (-L of the link), NULL-terminated;
     * NULL: none. */
    const char *const *library_directories;
    /* What the relative directories of its sources are relative to; NULL: the module's directory,
     * or the nearest one above it that has the source. */
    const char *source_directory;
    /* Types that grow although the module's source may not say so: --grows, NULL-terminated; NULL:
     * none. */
    const char *const *grows;
    /* Other tags of its structs in public headers: --alias, likewise. */
    const char *const *aliases;
    /* The host's waivers, lines as fit/waiver.h describes them, NULL-terminated; NULL: none. */
    const char *const *waivers;
};

/* Stamps the module at `input` and writes the result, with the input's permissions, to `output`,
 * which may be the same path. At any time `output` is the old file or the whole new one: a new file
 * beside it is renamed. A failure leaves no file behind. Stamping a stamped file gives the same
 * bytes. The options may be NULL. */
bool stamp_file(const char *input, const char *output, const struct stamp_options *options,
                struct stamp_report *report, struct error *error);

/* The two sections (src/format/format.h). For a built-in plugin they become tables in its program.
 * A zeroed one is valid. */
struct stamp_sections {
    struct bytes meta, btf;
};

/* Makes the sections of a built-in plugin from a loadable plugin that was linked from the same
 * objects. Free them with stamp_sections_free in any case. */
bool stamp_built_in(const char *path, const struct stamp_options *options,
                    struct stamp_report *report, struct stamp_sections *sections,
                    struct error *error);

void stamp_sections_free(struct stamp_sections *sections);

/* Adds the names, one a line, of the functions and variables of the module's packages other than
 * main. If there are any, the module is linked again with these names as --dynamic-list. An
 * executable need not export them yet. */
bool stamp_package_symbols(const char *path, struct text *names, struct error *error);

void stamp_report_free(struct stamp_report *report);

#endif
