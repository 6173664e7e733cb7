/* The value reader of plugin call with damaged values: it reads or refuses them, and what it has
 * read is written so that it reads as the same. usage: mutate VALUES.so */
#include "call/call_p.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const seeds[] = {
    "{.w = 2, .h = 0x1.8p1}",
    "(struct shape){1, .h = -.5e3,}",
    "&(const struct shape){.w = 2}",
    "{1, &(struct node){2, {3, NULL}}}",
    "(int[]){1, 2, [4] = 9}",
    "{[2] = 1, 2, 'a', '\\n', 0777}",
    "\"ab\" \"\\t\\x41\\101\\u00e9\\\"\"",
    "RED | BLUE | 8",
    "-9223372036854775808",
    "~18446744073709551615ULL",
    ("{.name = \"abc\", .count = -3, .flag = 1, .size = LARGE, .at = {{.x = 0, .y = 1}, {2}}, "
     ".bytes = {1, 0, 3}, .is_on = true, .number = {.real = 1.5}}"),
    "{{1, 2, 3}, {[1] = 5}}",
    "increase",
    "&numbers",
    "-INFINITY",
    "0b101",
};
enum { SEEDS = sizeof seeds / sizeof *seeds, LENGTH_MAX = 256, ROUNDS = 300000 };

static uint64_t state = 88172645463325252;

static size_t random_below(size_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % limit);
}

/* Changes, removes, doubles or takes in some characters. */
static void mutate(char *text)
{
    static const char parts[] = "{}[](),.=&|\"'\\-+~ 019axuUL;\x80";
    for (size_t count = random_below(4); count--;) {
        size_t length = strlen(text), at = random_below(length + 1),
               other = random_below(length + 1);
        size_t size = 1 + random_below(8);
        switch (random_below(4)) {
        case 0:
            if (at < length)
                text[at] = parts[random_below(sizeof parts - 1)];
            break;
        case 1:
            size = size < length - at ? size : length - at;
            memmove(text + at, text + at + size, length - at - size + 1);
            break;
        case 2:
            if (length + 1 < LENGTH_MAX) {
                memmove(text + at + 1, text + at, length - at + 1);
                text[at] = parts[random_below(sizeof parts - 1)];
            }
            break;
        default:
            size = size < length - other ? size : length - other;
            if (length + size < LENGTH_MAX) {
                char copy[8];
                memcpy(copy, text + other, size);
                memmove(text + at + size, text + at, length - at + 1);
                memcpy(text + at, copy, size);
            }
        }
    }
}

static void forget(struct memory *memory)
{
    memset(memory->start, 0, memory->used);
    memory->used = memory->made_count = 0;
}

/* Reads the whole text as a value, and writes that. */
static bool read_and_write(struct memory *memory, plugin_type type, const char *text,
                           struct text *written)
{
    ERROR_AUTO error = {0};
    struct reader reader = {.memory = memory, .text = text, .at = text, .error = &error};
    struct place place = {.type = type};
    forget(memory);
    place.at = memory_alloc(memory, plugin_type_size(type) + sizeof(value_integer), &error);
    if (!place.at || !value_read(&reader, &place))
        return false;
    reader_skip_blanks(&reader);
    if (*reader.at)
        return false;
    JSON_AUTO json = {0};
    value_add(written, memory, &place);
    value_add_json(&json, NULL, memory, &place);
    return !written->failed && !json.text.failed;
}

/* Returns the type of a variable, or of a function's parameter. */
static plugin_type random_type(plugin *p, const plugin_symbol *const *symbols, size_t count)
{
    (void)p;
    struct plugin_type_part part = {.size = sizeof part};
    plugin_type type = plugin_symbol_type(symbols[random_below(count)]);
    size_t parts = plugin_type_count(type);
    if (plugin_type_kind(type) != PLUGIN_TYPE_FUNCTION)
        return type;
    return parts && plugin_type_part(type, random_below(parts), &part) ? part.type
                                                                       : plugin_type_target(type);
}

int main(int count, char **words)
{
    struct memory memory = {0};
    ERROR_AUTO error = {0};
    const plugin_symbol *symbols[64], *symbol = NULL;
    size_t symbol_count = 0, read = 0, wrong = 0;
    if (count != 2 || !memory_init(&memory, &error) || !(memory.plugin = plugin_open(words[1]))) {
        fprintf(stderr, "%s\n", plugin_error());
        return 1;
    }
    while (symbol_count < 64 && (symbol = plugin_next(memory.plugin, symbol)))
        symbols[symbol_count++] = symbol;
    for (size_t i = 0; i < ROUNDS; i++) {
        char text[LENGTH_MAX + 16];
        TEXT_AUTO first = {0}, second = {0};
        snprintf(text, sizeof text, "%s", seeds[random_below(SEEDS)]);
        mutate(text);
        plugin_type type = random_type(memory.plugin, symbols, symbol_count);
        if (plugin_type_kind(type) == PLUGIN_TYPE_VOID ||
            !read_and_write(&memory, type, text, &first))
            continue;
        read++;
        if (read_and_write(&memory, type, text_chars(&first), &second) &&
            !strcmp(text_chars(&first), text_chars(&second)))
            continue;
        printf("# %s: %s, then %s\n", text, text_chars(&first), text_chars(&second));
        wrong++;
    }
    memory_deinit(&memory);
    printf("%sok 1 - %zu damaged values are read, and what is written of them reads as the same\n",
           wrong || read < 1000 ? "not " : "", read);
    puts("1..1");
    return 0;
}
