/* SPDX-License-Identifier: MIT */
/* The C functions that the bridge makes, and their interface with the Go side. Go memory is
 * referred to by integers here; the Go side keeps it alive. */
#ifndef PLUGIN_GO_CLOSURE_H
#define PLUGIN_GO_CLOSURE_H

#include <ffi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bridge is loaded into the global scope, which should get only the symbol of bridge.h. */
#pragma GCC visibility push(hidden)

/* ---- types ---- */

enum plugin_go_scalar {
    PLUGIN_GO_VOID,
    PLUGIN_GO_U8,
    PLUGIN_GO_U16,
    PLUGIN_GO_U32,
    PLUGIN_GO_U64,
    PLUGIN_GO_S8,
    PLUGIN_GO_S16,
    PLUGIN_GO_S32,
    PLUGIN_GO_S64,
    PLUGIN_GO_F32,
    PLUGIN_GO_F64,
    PLUGIN_GO_COMPLEX64,
    PLUGIN_GO_COMPLEX128,
    PLUGIN_GO_POINTER
};

ffi_type *plugin_go_scalar_type(enum plugin_go_scalar scalar);

/* Returns a struct type; the caller sets its elements. NULL without memory; free with free(). */
ffi_type *plugin_go_struct_type(size_t count);

/* Lays the struct out, and gives the offsets of its elements. */
bool plugin_go_struct_finish(ffi_type *type, size_t *offsets);

/* ---- functions ---- */

/* A value in C memory, and the word in which Go passes it. */
struct plugin_go_move {
    enum plugin_go_scalar scalar; /* never VOID or a complex one */
    unsigned argument;            /* its number; for a result, unused */
    size_t offset;                /* in that argument, or in the result */
    unsigned word;                /* index in integers or in floats, by the scalar */
};

/* How the Go side makes a call. */
enum plugin_go_way {
    PLUGIN_GO_BY_REFLECT, /* package reflect; the Go side reads arguments and writes the result */
    PLUGIN_GO_BY_FEW,     /* words in registers, at most 4 of each kind */
    PLUGIN_GO_BY_MANY,    /* words in registers */
    PLUGIN_GO_BY_KEPT     /* words in registers, few of the result, and pointers among those */
};

/* A C function. Once it is finished, it is never freed. */
struct plugin_go_function {
    enum plugin_go_way way;
    uintptr_t value;  /* Go's func value */
    uintptr_t record; /* its Go side, a *function */
    void *context;    /* for panicked */
    bool is_keeping;  /* the result may point to Go memory */
    bool is_direct;   /* C and Go pass the same words in registers: it may have an entry */
    size_t result_size;
    size_t parameter_count;
    ffi_type **parameters;
    ffi_type *result;
    size_t argument_move_count, result_move_count; /* 0 by reflect */
    struct plugin_go_move *argument_moves, *result_moves;
    ffi_cif cif;
};

/* Returns a function with arrays of these sizes; the caller sets the rest. NULL without memory. */
struct plugin_go_function *plugin_go_function_new(size_t parameters, size_t argument_moves,
                                                  size_t result_moves);
void plugin_go_function_free(struct plugin_go_function *function);

/* Returns the address of the C function: an entry, or else a closure of libffi. NULL if libffi
 * cannot make one. */
void *plugin_go_function_finish(struct plugin_go_function *function);

/* ---- entries ---- */

/* Prepared C functions, each of which calls plugin_go_enter with its number and the words in its
 * registers. They take a third of the time of a libffi closure. */
enum { PLUGIN_GO_ENTRIES = 4096 };

/* Returns the address of an entry, or NULL if this machine has none. */
void *plugin_go_entry(unsigned entry);

/* ---- calls ---- */

enum { PLUGIN_GO_INTEGERS = 9, PLUGIN_GO_FLOATS = 8 };

/* One call of Go's. */
struct plugin_go_call {
    uint64_t integers[PLUGIN_GO_INTEGERS]; /* entries_*.c rely on these offsets */
    double floats[PLUGIN_GO_FLOATS];       /* a float32 is in the low half */
    uintptr_t value, record;               /* of the function */
    char *panic;      /* the text of its panic, newly allocated; NULL: it did not panic */
    void **arguments; /* by reflect: their addresses */
    void *result;     /* by reflect: its address; zeroed */
    uintptr_t thread; /* if it is keeping: plugin_go_thread_kept() */
    bool has_ended;   /* if it is keeping: are there threads for plugin_go_take_ended? */
};

/* Calls a direct function. The result replaces the words; they are zero if it panicked. */
void plugin_go_enter(unsigned entry, struct plugin_go_call *call);

void plugin_go_set_panicked(void (*panicked)(void *context, const char *text));

/* ---- threads ---- */

/* A thread for which the Go side keeps memory alive. */
struct plugin_go_thread {
    uintptr_t kept; /* its record on the Go side, a *thread */
    struct plugin_go_thread *next;
};

/* Returns that of the calling thread, or 0. */
uintptr_t plugin_go_thread_kept(void);

/* Sets that of the calling thread. */
void plugin_go_thread_keep(uintptr_t kept);

/* Returns whether any such threads have ended. */
bool plugin_go_has_ended(void);

/* Returns those threads, which the caller frees. */
struct plugin_go_thread *plugin_go_take_ended(void);

#pragma GCC visibility pop

#endif
