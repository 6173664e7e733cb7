/* SPDX-License-Identifier: MIT */
/* plugin_types.h - what a symbol is, at run time: its type, and calls by it.
 *
 *     plugin_type type = plugin_symbol_type(plugin_lookup(p, "origin"));
 *     struct plugin_type_part part = {.size = sizeof part};
 *     for (size_t i = 0; plugin_type_part(type, i, &part); i++)
 *         printf("%s at %zu\n", part.name, part.offset);
 *
 * The types are those of the stamp, as the plugin's sources declare them. A plugin_type is a value:
 * copy it, free nothing. It is valid as long as what it was taken from: an opened plugin, for ever;
 * a file of plugin_examine, until plugin_file_free. Any thread may call these at any time; they
 * take no lock. Structs and arrays contain each other at most 128 deep, and never themselves. A
 * function that takes a type accepts any, also that of a failed call, which is PLUGIN_TYPE_NONE;
 * one that returns names returns "" where there is none, never NULL. Names are as recorded: who
 * made the file may have put anything into them.
 */
#ifndef PLUGIN_TYPES_H
#define PLUGIN_TYPES_H

#include <plugin.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A type. The members are the library's. */
typedef struct plugin_type {
    const void *types_;
    uint32_t id_;
} plugin_type;

enum plugin_type_kind {
    PLUGIN_TYPE_NONE = 0, /* no type: the error, if one is set, says why */
    PLUGIN_TYPE_VOID,
    PLUGIN_TYPE_BOOL,
    PLUGIN_TYPE_INTEGER, /* also char: plugin_type_is_signed, plugin_type_is_character */
    PLUGIN_TYPE_FLOAT,   /* float, double, long double and the like: by its size and name */
    PLUGIN_TYPE_POINTER, /* to plugin_type_target */
    PLUGIN_TYPE_ARRAY, /* of plugin_type_count elements of plugin_type_target; 0: no fixed number */
    PLUGIN_TYPE_FUNCTION, /* result: plugin_type_target; parts: its parameters, without `...` */
    PLUGIN_TYPE_STRUCT,   /* parts: its members */
    PLUGIN_TYPE_UNION,
    PLUGIN_TYPE_ENUM, /* parts: its enumerators; it has the size and sign of its integer */
    PLUGIN_TYPE_OTHER /* none of these: a complex number, a vector, a type of another language, or
                         one that is not known; it has a name */
};

/* What a type consists of: a member, an enumerator or a parameter. */
struct plugin_type_part {
    size_t size;         /* set to sizeof(struct plugin_type_part) before the call */
    const char *name;    /* "": parameters of function pointers, unnamed members */
    plugin_type type;    /* of a member or parameter; of a member that a damaged file places outside
                            its struct, PLUGIN_TYPE_NONE */
    size_t offset;       /* of a member, in bytes; of a bit-field, of the byte with its first bit */
    unsigned bit_size;   /* of a bit-field, its width in bits; else 0 */
    unsigned bit_offset; /* of a bit-field, from that byte's lowest bit on: 0 to 7 */
    long long value; /* of an enumerator; of an unsigned enum, to be cast to unsigned long long */
};

/* The type of a symbol: of a function its function type, of a variable the variable's. NONE with
 * the error set if none was recorded, or if the types cannot be read; NONE for NULL, and the error
 * is kept. The second is that of a symbol or import of an examined file. The first look at a
 * plugin's types reads them. */
PLUGIN_API plugin_type plugin_symbol_type(const plugin_symbol *symbol);
PLUGIN_API plugin_type plugin_file_type(const plugin_file *file, const char *name);

/* Can a call of the symbol's function fail by itself, as those of an isolated plugin and of a Go
 * plugin can? Then plugin_error_clear before, and plugin_error_code after it tell whether it did.
 */
PLUGIN_API bool plugin_symbol_can_fail(const plugin_symbol *symbol);

/* What the type is once its typedefs and qualifiers are looked through. */
PLUGIN_API enum plugin_type_kind plugin_type_kind(plugin_type type);
PLUGIN_API const char *plugin_type_name(plugin_type type);    /* the tag, or "unsigned int" */
PLUGIN_API const char *plugin_type_typedef(plugin_type type); /* by which it was declared */
PLUGIN_API size_t plugin_type_size(plugin_type type); /* bytes; 0: void, function, incomplete */
PLUGIN_API size_t plugin_type_alignment(plugin_type type); /* in bytes; 0 likewise */
PLUGIN_API bool plugin_type_is_complete(plugin_type type); /* it has objects; all parts are known */
PLUGIN_API bool plugin_type_is_signed(plugin_type type);   /* of an integer or enum */
PLUGIN_API bool plugin_type_is_character(plugin_type type); /* char, signed or unsigned char */
PLUGIN_API bool plugin_type_is_const(plugin_type type);     /* or, of an array, its elements */
PLUGIN_API bool plugin_type_is_volatile(plugin_type type);  /* likewise */
PLUGIN_API bool plugin_type_is_variadic(plugin_type type);  /* a function with `...` */
PLUGIN_API bool plugin_type_is_prototype(plugin_type type); /* a function, not as in `int f()` */

/* What makes it be passed in another way than its kind is: of a function, a calling convention, as
 * in __attribute__((ms_abi)); of a C++ class with functions that copy it, "pass_by_reference". */
PLUGIN_API const char *plugin_type_attribute(plugin_type type);

/* What it points to, is an array of, or returns. */
PLUGIN_API plugin_type plugin_type_target(plugin_type type);

/* The number of elements, members, enumerators or parameters, and each of the latter three, from 0.
 * plugin_type_part returns false past the last one. plugin_type_find finds a part by name: also in
 * unnamed structs and unions within, with the offset from the start of `type`. Both set the error,
 * and return false, if part->size is none that a header has. */
PLUGIN_API size_t plugin_type_count(plugin_type type);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" /* g++: it has the name of the struct */
PLUGIN_API bool plugin_type_part(plugin_type type, size_t index, struct plugin_type_part *part);
#pragma GCC diagnostic pop
PLUGIN_API bool plugin_type_find(plugin_type type, const char *name, struct plugin_type_part *part);

/* Do they agree, by the rules of plugin_as? What is not known agrees with nothing. False with the
 * error set if there is no memory, or too much to compare. */
PLUGIN_API bool plugin_type_agrees(plugin_type one, plugin_type other);

/* Calls `each` for the type, then for all that it leads to, once each, nearest first: without
 * qualifiers, and a typedef before what it stands for. Ends when `each` returns false, and then
 * returns false; also with the error set, without memory. */
PLUGIN_API bool plugin_type_walk(plugin_type type, bool (*each)(void *context, plugin_type type),
                                 void *context);

/* Write C into `text`, of `size` bytes, as snprintf does: the result is the length of the whole,
 * which is cut if it does not fit. The declaration of `name`: "int (*name)[4]"; of NULL or "", the
 * type alone. The definition of a struct, union, enum or typedef, over several lines, without the
 * semicolon. 0 with the error set if there is none, it is too long, or there is no memory. */
PLUGIN_API size_t plugin_type_declare(plugin_type type, const char *name, char *text, size_t size);
PLUGIN_API size_t plugin_type_define(plugin_type type, char *text, size_t size);

/* ---- calls by type: libplugin-call, which needs libffi ----
 *
 * Link with -lplugin-call (pkg-config plugin-call). */

/* Calls the function with one pointer to each argument, of its parameter's type, and stores what it
 * returns at `result`, which has the size of its type; NULL drops it. Returns true; false with the
 * error set: PLUGIN_WRONG_TYPE if the symbol is no function; PLUGIN_UNSUPPORTED if it cannot be
 * called by its type alone (`...`, no prototype, a value that libffi cannot pass); if the call
 * failed by itself (plugin_symbol_can_fail), the error of the call, and `result` is zeroes. For
 * NULL, false, and the error is kept. */
PLUGIN_API bool plugin_call(const plugin_symbol *symbol, void *const *arguments, void *result);

/* The same for a pointer to a function, such as a struct has, of this function type. */
PLUGIN_API bool plugin_call_pointer(plugin_type type, void (*function)(void),
                                    void *const *arguments, void *result);

/* A function of this function type, which calls `run` with its arguments as above; `result` is of
 * zeroes at first. NULL with the error set. Until plugin_callback_free any thread may call it. */
typedef struct plugin_callback plugin_callback;
PLUGIN_API plugin_callback *plugin_callback_new(plugin_type type,
                                                void (*run)(void *context, void *const *arguments,
                                                            void *result),
                                                void *context);
PLUGIN_API void (*plugin_callback_pointer(const plugin_callback *callback))(void);
PLUGIN_API void plugin_callback_free(plugin_callback *callback);

/* Internal: libplugin-call sets the error by it. */
PLUGIN_API void plugin_error_set_(enum plugin_code code, const char *text);

#ifdef __cplusplus
}
#endif

#endif
