/* SPDX-License-Identifier: MIT */
/* What a stamp is given, and what it gives. */
#ifndef PLUGIN_STAMP_OPTIONS_H
#define PLUGIN_STAMP_OPTIONS_H

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

/* The two sections (src/format/format.h). For a built-in plugin they become tables in its program.
 * A zeroed one is valid. */
struct stamp_sections {
    struct bytes meta, btf;
};

void stamp_report_free(struct stamp_report *report);
void stamp_sections_free(struct stamp_sections *sections);

#endif
