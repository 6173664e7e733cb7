/* SPDX-License-Identifier: MIT */
/* plugin call: values as C writes them, by the types of <plugin_types.h>. */
#ifndef PLUGIN_CALL_P_H
#define PLUGIN_CALL_P_H

#include "common/json.h"
#include "src/base/error.h"

#include <plugin_types.h>

/* What the plugin is passed lies in memory of its own, with nothing else in it or behind it: a
 * plugin that lies about counts must not reach more. VALUE_DEPTH_MAX limits nesting and chains of
 * pointers; VALUE_TEXT_MAX, what is written of a value. */
enum {
    MEMORY_SIZE = 64 << 20,
    MEMORY_BEHIND = 8 << 20,
    VALUE_DEPTH_MAX = 64,
    VALUE_TEXT_MAX = 1 << 20,
    STRING_SHOWN_MAX = 1 << 16
};

/* Objects that an argument has made behind a pointer. */
struct made {
    void *at;
    plugin_type type;
    size_t count;
};

struct memory {
    plugin *plugin;
    bool is_isolated;
    unsigned char *start;
    size_t used;
    struct made *made;
    size_t made_count, made_capacity;
};

bool memory_init(struct memory *memory, struct error *error);
void memory_deinit(struct memory *memory);

/* Returns zeroed memory; NULL with the error set. */
void *memory_alloc(struct memory *memory, size_t size, struct error *error);

/* The same for `count` objects of a type, which memory_made then finds. */
void *memory_make(struct memory *memory, plugin_type type, size_t count, struct error *error);
const struct made *memory_made(const struct memory *memory, const void *at);

/* Copies what an address leads to; false if there is no such memory. */
bool memory_peek(const void *at, void *to, size_t size);

/* Where a value is. */
struct place {
    plugin_type type;
    unsigned char *at;
    unsigned bit_size, bit_offset; /* of a bit-field; else 0 */
};

/* ---- scalars ---- */

typedef __int128 value_integer;

/* Return and set the integer at the place: of a BOOL, INTEGER or ENUM, of at most 16 bytes. */
value_integer integer_load(const struct place *place);
void integer_store(const struct place *place, value_integer value);

/* Sets the least and the most that the place can hold; false if that is no integer that is known.
 */
bool integer_limits(const struct place *place, value_integer *least, value_integer *most);

/* Is it float, double or long double? */
bool float_is_known(plugin_type type);

/* Adds the shortest number that reads back as the same. */
void float_add(struct text *text, const struct place *place);

/* Reads the number that `text` starts with; returns what follows, NULL if there is none, and sets
 * *is_out_of_range. */
const char *float_read(const struct place *place, const char *text, bool *is_out_of_range);

/* ---- reading ---- */

/* A value, or the name of what has one, in a word of the command line. */
struct reader {
    struct memory *memory;
    const char *text, *at;
    const char *wrong; /* after a failure: where in the text */
    unsigned depth;
    struct error *error;
};

void reader_skip_blanks(struct reader *reader);

/* Fails at a place of the text. */
bool reader_fail(struct reader *reader, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads an identifier; returns its length, 0 if there is none. */
size_t reader_name(struct reader *reader, const char **name);

/* Takes the character if it is the next one. */
bool reader_take(struct reader *reader, char character);

/* Reads a value into the place. */
bool value_read(struct reader *reader, const struct place *place);

/* Moves the place by designators, `.member` and `[index]`, as far as there are some. */
bool value_read_designators(struct reader *reader, struct place *place);

/* The parts of that: integers with `|` between them, what stands between quotes, the pointer's
 * value. */
bool integer_read(struct reader *reader, const struct place *place);
bool string_read(struct reader *reader, struct text *string);
bool pointer_read(struct reader *reader, const struct place *place);

/* Is this how C spells the type, but for qualifiers: "struct shape", or its typedef? */
bool type_is_spelled(plugin_type type, const char *text, size_t length);

/* ---- writing ---- */

/* Adds the value as C, which value_read reads back; but for addresses of what is not shown. */
void value_add(struct text *text, const struct memory *memory, const struct place *place);

/* Adds the value as JSON: enumerators as strings, structs as objects, addresses as strings. */
void value_add_json(struct json *json, const char *key, const struct memory *memory,
                    const struct place *place);

/* Returns an enumerator's value. */
value_integer enumerator_value(plugin_type type, const struct plugin_type_part *part);

/* Adds the enumerator's name, or names with `|` between them; false if there are none. */
bool enumerators_add(struct text *text, plugin_type type, value_integer value);

/* Adds a C string literal, or one character's constant. */
void literal_add(struct text *text, const char *bytes, size_t length, char quote);

/* Adds the declaration; without a name, the type. */
void declaration_add(struct text *text, plugin_type type, const char *name);

/* Adds an integer in decimal. */
void integer_add(struct text *text, value_integer value);

/* ---- pointers, as both show them ---- */

/* The objects whose pointers are being followed: they may lead back to these. */
struct pointing {
    const struct memory *memory;
    const void *open[VALUE_DEPTH_MAX];
    unsigned depth;
};

enum pointed_kind {
    POINTED_NULL,
    POINTED_FUNCTION, /* a symbol of the plugin */
    POINTED_STRING,
    POINTED_OBJECTS,
    POINTED_ADDRESS /* nothing that is shown: void, incomplete, no memory, an object around it */
};

struct pointed {
    enum pointed_kind kind;
    const void *at;
    plugin_type type;
    const plugin_symbol *function;
    struct text string;
    bool is_cut; /* the string is longer than what is there */
    size_t count;
    unsigned char *copy; /* of the objects */
};

/* Reads what the pointer at the place leads to; its objects are around what is shown of them, until
 * pointed_leave. */
enum pointed_kind pointed_enter(struct pointed *pointed, struct pointing *pointing,
                                const struct place *place);
void pointed_leave(struct pointed *pointed, struct pointing *pointing);

#endif
