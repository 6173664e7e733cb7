/* SPDX-License-Identifier: MIT */
/* runtime.moduledata, the record of a module that Go's linker makes for the run-time: where the
 * type descriptors and a plugin's symbols are. */
#ifndef PLUGIN_GO_MODULEDATA_H
#define PLUGIN_GO_MODULEDATA_H

#include "gofile/type_descriptor_p.h"

struct moduledata {
    uint64_t types, types_end; /* addresses: the range of type descriptors */
    uint64_t symbols;          /* address of ptab: 8 bytes a symbol, all of which are there */
    size_t symbol_count;
    struct bytes plugin_path; /* "": not a plugin */
    unsigned offset_shift;    /* see struct go_types */
    const char *version;      /* what its form tells: "go1.18", "go1.19", "go1.20 or later" */
};

/* Finds and reads it. Spends the budget for names of its fields. */
bool moduledata_read(struct moduledata *data, const struct go_image *image, struct budget *budget,
                     struct error *error);

/* "its Go module data is damaged: WHAT". Always returns false. */
bool moduledata_set_damaged(struct error *error, const char *what);

#endif
