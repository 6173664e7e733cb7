/* The C functions that the bridge makes, and what they and the Go side tell each other. Of Go's
 * memory, only plain addresses are held here; the Go side keeps it alive. */
#ifndef PLUGIN_GO_CLOSURE_H
#define PLUGIN_GO_CLOSURE_H

#include <ffi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bridge is in the process's global scope; all but what the library looks up stays out of it.
 */
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

/* A struct of so many elements, which are still to be set. NULL for want of memory. Free with
 * free. */
ffi_type *plugin_go_struct_type(size_t count);

/* Lays it out once they are: offsets[i] is where element number i lies. */
bool plugin_go_struct_finish(ffi_type *type, size_t *offsets);

/* ---- functions ---- */

/* A value in C's memory, and the word that it is in when Go has it. */
struct plugin_go_move {
    enum plugin_go_scalar scalar; /* never VOID or a complex one */
    unsigned argument;            /* its number; for a result, unused */
    size_t offset;                /* in that argument, or in the result */
    unsigned word;                /* in integers or floats, as the scalar is one */
};

/* How the Go side makes a call. */
enum plugin_go_way {
    PLUGIN_GO_BY_REFLECT, /* it reads the arguments and writes the result itself */
    PLUGIN_GO_BY_FEW,     /* by words in registers */
    PLUGIN_GO_BY_MANY,
    PLUGIN_GO_BY_KEPT /* by words, some of the result's being pointers */
};

/* A C function; those that are made are never freed. */
struct plugin_go_function {
    enum plugin_go_way way;
    uintptr_t value;  /* Go's func value */
    uintptr_t record; /* what the Go side knows of the function */
    void *context;    /* for panicked */
    bool is_keeping;  /* the result may point to Go's memory */
    bool is_direct;   /* the words are in C's registers as they are in Go's: it can have an entry */
    size_t result_size;
    size_t parameter_count;
    ffi_type **parameters;
    ffi_type *result;
    size_t argument_move_count, result_move_count; /* none by reflect */
    struct plugin_go_move *argument_moves, *result_moves;
    ffi_cif cif;
};

/* With arrays of these sizes, the rest still to be set. NULL for want of memory. */
struct plugin_go_function *plugin_go_function_new(size_t parameters, size_t argument_moves,
                                                  size_t result_moves);
void plugin_go_function_free(struct plugin_go_function *function);

/* The C function's address, once all is set: an entry, or else libffi's. NULL if libffi cannot make
 * it. */
void *plugin_go_function_finish(struct plugin_go_function *function);

/* ---- entries ---- */

/* C functions that are there from the start, each of which calls plugin_go_enter with its number
 * and the words in its registers: in a third of the time that libffi takes. */
enum { PLUGIN_GO_ENTRIES = 4096 };

/* The address of an entry; NULL if there are none for this machine. */
void *plugin_go_entry(unsigned entry);

/* ---- calls ---- */

enum { PLUGIN_GO_INTEGERS = 9, PLUGIN_GO_FLOATS = 8 };

/* One call of Go's. */
struct plugin_go_call {
    uint64_t integers[PLUGIN_GO_INTEGERS]; /* entries_*.c know where these lie */
    double floats[PLUGIN_GO_FLOATS];       /* a float32 is in the low half */
    uintptr_t value;                       /* of the function, as above */
    uintptr_t record;                      /* as above */
    char *panic;      /* what it panicked with, newly allocated; NULL: it did not */
    void **arguments; /* by reflect: where they lie */
    void *result;     /* by reflect: where it goes, zeroed */
    uintptr_t thread; /* if it is keeping: plugin_go_thread_kept() */
    bool has_ended;   /* if it is keeping: are there threads for plugin_go_take_ended? */
};

/* Makes the call of a direct function, from its words and to them; they are zero if it panicked. */
void plugin_go_enter(unsigned entry, struct plugin_go_call *call);

void plugin_go_set_panicked(void (*panicked)(void *context, const char *text));

/* ---- threads ---- */

/* A thread for which the Go side keeps something. */
struct plugin_go_thread {
    uintptr_t kept;
    struct plugin_go_thread *next;
};

/* This thread's, 0 if there is nothing. */
uintptr_t plugin_go_thread_kept(void);

/* Notes what is kept for this thread. */
void plugin_go_thread_keep(uintptr_t kept);

/* Have threads ended for which something is kept? */
bool plugin_go_has_ended(void);

/* Those threads, for the caller to free. */
struct plugin_go_thread *plugin_go_take_ended(void);

#pragma GCC visibility pop

#endif
