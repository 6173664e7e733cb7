/* SPDX-License-Identifier: MIT */
/* Integers and floating-point numbers in memory. */
#include "call/call_p.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- integers ---- */

static size_t integer_bits(const struct place *place)
{
    if (place->bit_size)
        return place->bit_size;
    return plugin_type_kind(place->type) == PLUGIN_TYPE_BOOL ? 1
                                                             : plugin_type_size(place->type) * 8;
}

bool integer_limits(const struct place *place, value_integer *least, value_integer *most)
{
    size_t bits = integer_bits(place);
    bool is_signed =
        plugin_type_is_signed(place->type) && plugin_type_kind(place->type) != PLUGIN_TYPE_BOOL;
    if (!bits || bits > 128)
        return false;
    if (bits == 128) { /* of the unsigned ones, half: no constant is larger than 64 bits */
        *most = (value_integer)(~(unsigned __int128)0 >> 1);
        *least = is_signed ? -*most - 1 : 0;
        return true;
    }
    *most = (value_integer)(((unsigned __int128)1 << (is_signed ? bits - 1 : bits)) - 1);
    *least = is_signed ? -*most - 1 : 0;
    return true;
}

value_integer integer_load(const struct place *place)
{
    unsigned __int128 value = 0;
    size_t bits = integer_bits(place);
    if (place->bit_size) {
        for (size_t i = 0; i < bits; i++) {
            size_t bit = place->bit_offset + i;
            value |= (unsigned __int128)(place->at[bit / 8] >> bit % 8 & 1) << i;
        }
    } else {
        memcpy(&value, place->at, plugin_type_size(place->type)); /* little-endian, as libffi's */
    }
    if (plugin_type_kind(place->type) == PLUGIN_TYPE_BOOL)
        return value != 0;
    if (plugin_type_is_signed(place->type) && bits < 128 && value >> (bits - 1) & 1)
        value |= ~(unsigned __int128)0 << bits;
    return (value_integer)value;
}

void integer_store(const struct place *place, value_integer value)
{
    if (!place->bit_size) {
        memcpy(place->at, &value, plugin_type_size(place->type));
        return;
    }
    for (size_t i = 0; i < place->bit_size; i++) {
        size_t bit = place->bit_offset + i;
        unsigned char mask = (unsigned char)(1U << bit % 8);
        bool is_set = (unsigned __int128)value >> i & 1;
        place->at[bit / 8] = (unsigned char)(is_set ? place->at[bit / 8] | mask
                                                    : place->at[bit / 8] & ~(unsigned)mask);
    }
}

void integer_add(struct text *text, value_integer value)
{
    char digits[48], *at = digits + sizeof digits - 1;
    unsigned __int128 left = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    *at = '\0';
    do
        *--at = (char)('0' + (int)(left % 10));
    while (left /= 10);
    text_add(text, "%s%s", value < 0 ? "-" : "", at);
}

/* ---- floating point ---- */

static bool is_long_double(plugin_type type)
{
    return plugin_type_size(type) == sizeof(long double) &&
           !strcmp(plugin_type_name(type), "long double");
}

bool float_is_known(plugin_type type)
{
    size_t size = plugin_type_size(type);
    return size == sizeof(float) || size == sizeof(double) || is_long_double(type);
}

static long double float_load(const struct place *place)
{
    float single;
    double twice;
    long double extended;
    if (is_long_double(place->type)) {
        memcpy(&extended, place->at, sizeof extended);
        return extended;
    }
    if (plugin_type_size(place->type) == sizeof single) {
        memcpy(&single, place->at, sizeof single);
        return (long double)single;
    }
    memcpy(&twice, place->at, sizeof twice);
    return (long double)twice;
}

/* Reads a number of the type, with one rounding. */
static long double float_parse(plugin_type type, const char *text, char **end)
{
    if (is_long_double(type))
        return strtold(text, end);
    if (plugin_type_size(type) == sizeof(float))
        return (long double)strtof(text, end);
    return (long double)strtod(text, end);
}

void float_add(struct text *text, const struct place *place)
{
    long double value = float_load(place);
    char digits[64];
    if (isnan(value) || isinf(value)) {
        text_add(text, "%s%s", signbit(value) ? "-" : "", isnan(value) ? "NAN" : "INFINITY");
        return;
    }
    for (int precision = 1; precision <= 36; precision++) {
        snprintf(digits, sizeof digits, "%.*Lg", precision, value);
        if (float_parse(place->type, digits, NULL) == value)
            break;
    }
    text_add(text, "%s%s", digits, digits[strcspn(digits, ".e")] ? "" : ".0");
}

const char *float_read(const struct place *place, const char *text, bool *is_out_of_range)
{
    char *end;
    if (*text == ' ') /* strtod would skip it */
        return NULL;
    errno = 0;
    long double value = float_parse(place->type, text, &end);
    if (end == text)
        return NULL;
    *is_out_of_range = errno == ERANGE && isinf(value);
    float single = (float)value;
    double twice = (double)value;
    if (is_long_double(place->type))
        memcpy(place->at, &value, sizeof value);
    else if (plugin_type_size(place->type) == sizeof single)
        memcpy(place->at, &single, sizeof single);
    else
        memcpy(place->at, &twice, sizeof twice);
    return end + strspn(end, "fFlL");
}
