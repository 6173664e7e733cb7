/* SPDX-License-Identifier: MIT */
/* What a pointer leads to, and how that is shown. */
#include "call/call_p.h"

#include <stdlib.h>
#include <string.h>

/* Copies the objects; false if they are not shown. */
static bool pointed_copy(struct pointed *pointed, const struct memory *memory)
{
    const struct made *made = memory_made(memory, pointed->at);
    pointed->count = made && plugin_type_agrees(made->type, pointed->type) ? made->count : 1;
    size_t size = plugin_type_size(pointed->type);
    if (!size || size > MEMORY_SIZE / pointed->count || !plugin_type_is_complete(pointed->type))
        return false;
    pointed->copy = malloc(size * pointed->count);
    if (pointed->copy && memory_peek(pointed->at, pointed->copy, size * pointed->count))
        return true;
    free(pointed->copy);
    pointed->copy = NULL;
    return false;
}

/* Returns the function of the plugin that it leads to; NULL if it is another one. */
static const plugin_symbol *pointed_find_function(const struct pointed *pointed,
                                                  const struct memory *memory)
{
    if (plugin_type_kind(pointed->type) != PLUGIN_TYPE_FUNCTION)
        return NULL;
    const plugin_symbol *symbol = plugin_symbol_at(memory->plugin, pointed->at);
    return symbol && plugin_address(symbol) == pointed->at ? symbol : NULL;
}

/* Does it lead to char: to one, as far as is known, or to a string with nothing but zeroes behind
 * it? */
static bool pointed_is_string(const struct pointed *pointed)
{
    if (strcmp(plugin_type_name(pointed->type), "char") != 0)
        return false;
    if (!pointed->copy || pointed->count == 1)
        return true;
    size_t i = strnlen((const char *)pointed->copy, pointed->count);
    if (i == pointed->count)
        return false;
    while (i < pointed->count && !pointed->copy[i])
        i++;
    return i == pointed->count;
}

/* Reads the string; false if there is no memory. */
static bool pointed_read_string(struct pointed *pointed)
{
    char bytes[256];
    for (const char *next = pointed->at; pointed->string.length < STRING_SHOWN_MAX;) {
        /* Not beyond the page, which may be the last one. */
        size_t size = sizeof bytes - (size_t)next % sizeof bytes;
        if (!memory_peek(next, bytes, size))
            return false;
        size_t length = strnlen(bytes, size);
        text_add_bytes(&pointed->string, bytes, length);
        if (length < size)
            return true;
        next += size;
    }
    pointed->is_cut = true;
    return true;
}

static bool pointing_is_inside(const struct pointing *pointing, const void *at)
{
    for (unsigned i = 0; i < pointing->depth; i++)
        if (pointing->open[i] == at)
            return true;
    return pointing->depth >= VALUE_DEPTH_MAX;
}

static enum pointed_kind pointed_read(struct pointed *pointed, const struct pointing *pointing)
{
    if (!pointed->at)
        return POINTED_NULL;
    pointed->function = pointed_find_function(pointed, pointing->memory);
    if (pointed->function)
        return POINTED_FUNCTION;
    bool is_copied = pointed_copy(pointed, pointing->memory);
    if (pointed_is_string(pointed) && pointed_read_string(pointed))
        return POINTED_STRING;
    return is_copied && !pointing_is_inside(pointing, pointed->at) ? POINTED_OBJECTS
                                                                   : POINTED_ADDRESS;
}

enum pointed_kind pointed_enter(struct pointed *pointed, struct pointing *pointing,
                                const struct place *place)
{
    *pointed = (struct pointed){.type = plugin_type_target(place->type)};
    memcpy(&pointed->at, place->at, sizeof pointed->at);
    pointed->kind = pointed_read(pointed, pointing);
    if (pointed->kind == POINTED_OBJECTS)
        pointing->open[pointing->depth++] = pointed->at;
    return pointed->kind;
}

void pointed_leave(struct pointed *pointed, struct pointing *pointing)
{
    if (pointed->kind == POINTED_OBJECTS)
        pointing->depth--;
    text_free(&pointed->string);
    free(pointed->copy);
}
