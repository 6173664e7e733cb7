/* SPDX-License-Identifier: MIT */
/* What the files that read messages share. */
#ifndef PLUGIN_CROSSING_READ_P_H
#define PLUGIN_CROSSING_READ_P_H

#include "crossing/crossing_p.h"

struct reading {
    struct crossing_walk walk; /* first: visits get it */
    struct crossing *crossing;
    uint32_t function;
    bool is_answer;
    bool is_kept;        /* the object that is walked is */
    bool keeps_pointers; /* of the object that is walked, the caller's */
    const uint8_t *message;
    size_t size;
    uint32_t objects; /* that the message says it has */
    size_t place;     /* behind the objects that were read */
    size_t zeroed;    /* bytes of objects that cross as their size alone */
    struct error *error;
};

/* ---- crossing_reading.c ---- */

/* Says that the message breaks a rule. */
bool reading_refuse(const struct reading *reading, const char *what);

/* Puts what the message is of before the error. */
bool reading_prefix(const struct reading *reading);

/* Returns memory for an item; NULL with the error set. No two have one address, even if they are
 * empty. */
void *reading_place(struct reading *reading, uint32_t number);

/* ---- crossing_resolve.c ---- */

/* Replaces a reference by a pointer: the visit of a walk. */
bool reading_resolve(struct crossing_walk *walk, const struct crossing_pointer *pointer);

/* ---- crossing_kept.c ---- */

/* Gives an item that is kept its place. */
bool reading_place_kept(struct reading *reading, uint32_t number);

/* Gives all that is kept its new contents, once the call is verified. */
bool reading_keep(struct reading *reading);

#endif
