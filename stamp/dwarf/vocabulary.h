/* SPDX-License-Identifier: MIT */
/* The tags and attributes of DWARF that a type's description may have, and what the stamp makes of
 * each. What is in no list makes the type unknown: it may mean anything. */
#ifndef PLUGIN_STAMP_VOCABULARY_H
#define PLUGIN_STAMP_VOCABULARY_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>

enum vocabulary_decision {
    VOCABULARY_FOLLOWED,   /* the stamp reads it, in any form */
    VOCABULARY_CONSTANT,   /* the stamp reads it if it is a constant; the type is unknown if not */
    VOCABULARY_IRRELEVANT, /* it does not change the type: see the reason */
    VOCABULARY_ZERO,       /* irrelevant if it is zero; else the type is unknown */
    VOCABULARY_UNKNOWN     /* the type is unknown: see the reason */
};

/* A tag or an attribute. */
struct vocabulary_word {
    unsigned code;
    const char *name;
    enum vocabulary_decision decision;
    const char *reason; /* "" if it is followed */
};

/* Returns all tags and all attributes, in the order of their codes. */
const struct vocabulary_word *vocabulary_tags(size_t *count);
const struct vocabulary_word *vocabulary_attributes(size_t *count);

/* Does the stamp know the meaning of the DIE's tag and of all its attributes? If not, sets the
 * first that it does not know: "DW_AT_small of DW_TAG_base_type". */
bool vocabulary_knows(Dwarf_Die *die, char unknown[static 96]);

/* Does the stamp know the tags of all its children? */
bool vocabulary_knows_children(Dwarf_Die *die, char unknown[static 96]);

#endif
