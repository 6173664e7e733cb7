/* SPDX-License-Identifier: MIT */
/* The parts of two types that differ, paired: members, enumerators, or a function's result and
 * parameters. All facts come from <plugin_types.h>. */
#ifndef PLUGIN_PAIRING_P_H
#define PLUGIN_PAIRING_P_H

#include "src/base/text.h"
#include "src/types/compare.h"
#include <plugin_types.h>

enum change {
    CHANGE_NONE,
    CHANGE_MOVED, /* another place, the same type */
    CHANGE_OTHER, /* another type, width or value */
    CHANGE_ALONE  /* the other side has no such part */
};

struct paired_part {
    struct plugin_type_part part;
    char number[32];   /* in place of a name: "result", "parameter 2" */
    struct text type;  /* as C declares the part, without its name */
    size_t start, end; /* bits from the start of the struct; of other parts, its number and that of
                          the next one */
    size_t partner;    /* its number on the other side, plus 1; 0: none */
    enum change change;
};

struct paired_side {
    plugin_type type;
    struct paired_part *parts;
    size_t count;
};

/* Two types of one kind: [0] is the host's. */
struct pairing {
    struct paired_side sides[2];
    enum plugin_type_kind kind;
    bool failed; /* without memory */
};

/* More parts than this are not drawn: the pairing takes quadratic time. */
enum { PAIRED_MAX = 512 };

/* Pairs the parts. False if that cannot be drawn: no such types, of other kinds, too many parts; or
 * without memory, and then `failed` is set. Call pairing_deinit in any case. */
bool pairing_init(struct pairing *pairing, struct type_side host, struct type_side plugin);

void pairing_deinit(struct pairing *pairing);

/* Returns the name of a part, or its number; "" of an unnamed member. */
const char *paired_name(const struct paired_part *part);

/* Returns what a reader calls the size of a part in its struct: bytes, or bits if *is_bits. */
size_t paired_size(const struct paired_part *part, bool *is_bits);

#endif
