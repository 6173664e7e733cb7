/* SPDX-License-Identifier: MIT */
/* Writing JSON. */
#include "common/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static void json_start_value(struct json *json, const char *key)
{
    text_add(&json->text, "%s", json->needs_comma ? "," : "");
    if (key)
        text_add(&json->text, "\"%s\":", key);
    json->needs_comma = true;
}

static void json_open(struct json *json, const char *key, const char *bracket)
{
    json_start_value(json, key);
    text_add(&json->text, "%s", bracket);
    json->needs_comma = false;
    json->depth++;
}

static void json_close(struct json *json, const char *bracket)
{
    assert(json->depth);
    text_add(&json->text, "%s", bracket);
    json->needs_comma = true;
    json->depth--;
}

void json_open_object(struct json *json, const char *key)
{
    json_open(json, key, "{");
}

void json_open_output(struct json *json, const char *schema)
{
    json_open_object(json, NULL);
    json_add_string(json, "schema", schema);
}

void json_close_object(struct json *json)
{
    json_close(json, "}");
}

void json_open_array(struct json *json, const char *key)
{
    json_open(json, key, "[");
}

void json_close_array(struct json *json)
{
    json_close(json, "]");
}

void json_add_string(struct json *json, const char *key, const char *value)
{
    struct text *text = &json->text;
    json_start_value(json, key);
    if (!value) {
        text_add(text, "null");
        return;
    }
    text_add(text, "\"");
    for (const unsigned char *s = (const unsigned char *)value; *s;) {
        size_t length = text_utf8_length(s);
        unsigned character = text_character(s, length);
        if (!length)
            text_add(text, "\\ufffd");
        else if (*s == '"' || *s == '\\')
            text_add(text, "\\%c", *s);
        else if (text_is_steering(character)) /* at most U+FFFF */
            text_add(text, "\\u%04x", character);
        else
            text_add_bytes(text, (const char *)s, length);
        s += length ? length : 1;
    }
    text_add(text, "\"");
}

void json_add_text(struct json *json, const char *key, const struct text *value)
{
    json_add_string(json, key, text_chars(value));
    json->text.failed |= value->failed;
}

void json_add_number(struct json *json, const char *key, uint64_t value)
{
    json_start_value(json, key);
    text_add(&json->text, "%" PRIu64, value);
}

void json_add_literal(struct json *json, const char *key, const char *number)
{
    json_start_value(json, key);
    text_add(&json->text, "%s", number);
}

void json_add_bool(struct json *json, const char *key, bool value)
{
    json_start_value(json, key);
    text_add(&json->text, "%s", value ? "true" : "false");
}

void json_add_hash(struct json *json, const char *key, uint64_t hash)
{
    json_start_value(json, key);
    text_add(&json->text, hash ? "\"%016" PRIx64 "\"" : "null", hash);
}

void json_print(const struct json *json)
{
    assert(!json->depth);
    fwrite(text_chars(&json->text), 1, json->text.length, stdout);
    putchar('\n');
}

void json_deinit(struct json *json)
{
    text_free(&json->text);
}
