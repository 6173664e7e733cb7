/* SPDX-License-Identifier: MIT */
/* Calls by type, prepared. */
#ifndef PLUGIN_PREPARE_P_H
#define PLUGIN_PREPARE_P_H

#include "isolated/cif.h"
#include <plugin_types.h>

/* More than any function has. */
enum { PARAMETERS_MAX = 256 };

/* How a function is called. Free `memory` with cif_free. */
struct prepared {
    ffi_cif cif;
    struct cif_types *memory;
    size_t result_size;
};

/* Prepares calls of functions of this type, which is not PLUGIN_TYPE_NONE. False with the thread's
 * error set: `attempt` is "cannot call" or the like, and `declaration` of what; NULL: the type. */
bool prepare(struct prepared *prepared, plugin_type function, const char *attempt,
             const char *declaration);

/* Sets the thread's error, in which it shows the function. Returns false. */
bool set_error(enum plugin_code code, plugin_type function, const char *attempt,
               const char *declaration, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* ---- signature.c ---- */

/* The result and the parameters for libffi, as crossing/plan.h describes them. */
enum { SIGNATURE_MAX = 8192 };
struct signature {
    char letters[SIGNATURE_MAX];
    size_t length;
};

/* Adds a value; returns what keeps it from being passed: "a union"; NULL: it is added. */
const char *signature_add(struct signature *signature, plugin_type type);

#endif
