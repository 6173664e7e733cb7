/* SPDX-License-Identifier: MIT */
/* Writing JSON (RFC 8259), without spaces. */
#ifndef PLUGIN_JSON_H
#define PLUGIN_JSON_H

#include "src/base/text.h"

#include <stdint.h>

/* A value being written. A zeroed one is empty. Without memory, text.failed is set. */
struct json {
    struct text text;
    unsigned depth;   /* of objects and arrays that are open */
    bool needs_comma; /* before the next value at this depth */
};

/* The outputs: each names its JSON Schema, schemas/NAME.schema.json, and that one's version. A
 * version is raised if a member goes or means something else; not if one is added. */
#define JSON_CALL    "call/1"
#define JSON_CHECK   "check/1"
#define JSON_INSPECT "inspect/1"
#define JSON_LS      "ls/1"

/* Starts the object that is a whole output; json_close_object ends it. */
void json_open_output(struct json *json, const char *schema);

/* Each function adds one value: within an object with its key, which needs no escapes; within an
 * array, key is NULL. */
void json_open_object(struct json *json, const char *key);
void json_close_object(struct json *json);
void json_open_array(struct json *json, const char *key);
void json_close_array(struct json *json);

/* A NULL value becomes null; bytes that are not UTF-8 become U+FFFD. */
void json_add_string(struct json *json, const char *key, const char *value);
void json_add_text(struct json *json, const char *key, const struct text *value);
void json_add_number(struct json *json, const char *key, uint64_t value);

/* Adds a number as it is written: a negative one, or a fraction. */
void json_add_literal(struct json *json, const char *key, const char *number);
void json_add_bool(struct json *json, const char *key, bool value);

/* A hash, as a string of 16 hexadecimal digits; 0 becomes null. */
void json_add_hash(struct json *json, const char *key, uint64_t hash);

/* Writes the complete value and a newline to standard output. */
void json_print(const struct json *json);

void json_deinit(struct json *json);

#define JSON_AUTO __attribute__((cleanup(json_deinit))) struct json

#endif
