/* SPDX-License-Identifier: MIT */
/* Pointers to functions that cross. Each side numbers its own, and gets for each number of the
 * other side code that calls it there. A pointer that comes back is the one that was passed.
 *
 * The first numbers are known to both sides: of the plugin, those of its symbols in the plan; of
 * the host, those of the plugin's imports. */
#ifndef PLUGIN_FUNCTIONS_H
#define PLUGIN_FUNCTIONS_H

#include "crossing/crossing.h"

enum {
    /* How many functions a side passes, besides the first ones. The worker makes the code for as
     * many before its sandbox closes: 1,024 take 0.24 ms, 4,096 would take 0.6 ms. */
    FUNCTIONS_MAX = 1024,
    FUNCTIONS_STALE_MAX = 1 << 16 /* of sides that have ended; their code stays */
};

/* Of this side. */
struct function_own {
    const void *code;
    uint32_t function; /* of the plan */
};

/* What calls one of the other side. */
struct function_other {
    const void *code;
    uint32_t function, number;
    bool is_stale; /* the other side has ended */
};

/* Of one side. Zeroed, but for the first members. Not thread-safe. */
struct functions {
    const struct plan *plan;
    enum reference_kind own_kind, other_kind;
    /* Returns code that calls the other side's function of this number, for ever; NULL with the
     * error set. */
    void *(*make)(void *context, uint32_t number, uint32_t function, struct error *error);
    void *context;
    struct function_own *own;
    size_t own_count, own_capacity, own_fixed;
    struct table own_by_code;
    struct function_other *other;
    size_t other_count, other_capacity, other_fixed;
    struct table other_by_code;
    uint32_t *by_number; /* items of `other`, plus 1, behind the first ones; NULL: none yet */
};

/* Do calls by these functions cross alike? Then a pointer to the one may be passed as one to the
 * other. */
bool functions_agree(const struct plan *plan, uint32_t first, uint32_t second);

/* Adds the next of the first functions of a side. In place of what is none, and only has a number,
 * the other one's code may be NULL. */
bool functions_add_own(struct functions *functions, const void *code, uint32_t function,
                       struct error *error);
bool functions_add_other(struct functions *functions, const void *code, uint32_t function,
                         struct error *error);

/* Returns the reference for a pointer that this side passes. */
bool functions_refer(struct functions *functions, const void *pointer, uint32_t function,
                     uint64_t *reference, struct error *error);

/* Returns the pointer for a reference of the other side. PLUGIN_CRASHED if it is to a function that
 * it was never given, or of another type. */
bool functions_resolve(struct functions *functions, uint64_t reference, uint32_t function,
                       void **pointer, struct error *error);

/* Returns this side's function that the other side calls by its number, as one of this type; NULL
 * if it may not. */
const void *functions_called(const struct functions *functions, uint32_t number, uint32_t function);

/* The other side has ended: its functions are stale, and this side's are not known to the next. */
void functions_restart(struct functions *functions);

void functions_deinit(struct functions *functions);

#endif
