/* SPDX-License-Identifier: MIT */
/* Which structs libffi passes wrongly on x86-64 (System V ABI, 3.2.3), by the letters of
 * signatures. Tried with libffi 3.4.4. */
#include "crossing/plan_registers.h"

#include "base/bytes.h"

#include <string.h>

enum { INTEGERS = 6, FLOATS = 8, UNIT = 4, UNITS = 4, IN_REGISTERS = UNITS * UNIT };

enum class { CLASS_NONE, CLASS_FLOAT, CLASS_INTEGER };

/* A value, as its scalars are placed. */
struct passed {
    uint64_t size, alignment;
    enum class units[UNITS]; /* of its first 16 bytes, four each */
    unsigned extended;       /* long doubles in it */
};

static uint64_t scalar_size(char letter)
{
    switch (letter) {
    case 'b':
    case 'B':
        return 1;
    case 'h':
    case 'H':
        return 2;
    case 'i':
    case 'I':
    case 'f':
        return 4;
    case 'g':
        return 16;
    default:
        return 8;
    }
}

static struct passed scalar(char letter)
{
    uint64_t size = letter == 'v' ? 0 : scalar_size(letter);
    enum class own = letter == 'f' || letter == 'd' ? CLASS_FLOAT : CLASS_INTEGER;
    struct passed value = {size, size ? size : 1, {CLASS_NONE}, letter == 'g'};
    for (uint64_t at = 0; at < size && at < IN_REGISTERS; at += UNIT)
        value.units[at / UNIT] = own;
    return value;
}

/* Adds a member. What is not aligned to units has integers alone. */
static void add_member(struct passed *value, const struct passed *member)
{
    uint64_t start = align_up(value->size, member->alignment);
    for (uint64_t at = 0; at < member->size && start + at < IN_REGISTERS; at++) {
        enum class own = at < IN_REGISTERS ? member->units[at / UNIT] : CLASS_NONE;
        enum class *unit = &value->units[(start + at) / UNIT];
        *unit = own > *unit ? own : *unit;
    }
    value->extended += member->extended;
    value->alignment = member->alignment > value->alignment ? member->alignment : value->alignment;
    value->size = start + member->size;
}

/* Reads the next value, with all that it has: structs nest PLAN_LEVELS_MAX deep. */
static struct passed read_value(const char **text)
{
    struct passed value = {.alignment = 1};
    char letter = *(*text)++;
    if (letter != '{')
        return scalar(letter);
    while (**text && **text != '}') {
        struct passed member = read_value(text);
        add_member(&value, &member);
    }
    *text += **text == '}';
    value.size = align_up(value.size, value.alignment);
    return value;
}

static enum class class_of_word(const struct passed *value, unsigned word) {
    enum class first = value->units[2 * word], second = value->units[2 * word + 1];
    return first > second ? first : second;
}

static unsigned count_of(const struct passed *value, enum class class)
{
    return (class_of_word(value, 0) == class ? 1U : 0U) +
           (class_of_word(value, 1) == class ? 1U : 0U);
}

const char *plan_passed_wrongly(const char *signature, size_t last)
{
    unsigned integers = 0, floats = 0;
    const char *at = signature;
    struct passed value = read_value(&at);
    if (!last)
        return value.size == IN_REGISTERS && value.extended ? "a struct that is one long double"
                                                            : NULL;
    integers += value.size > IN_REGISTERS; /* where the result belongs */
    while (*at) {
        bool is_last = at == signature + last;
        value = read_value(&at);
        enum class first = class_of_word(&value, 0), second = class_of_word(&value, 1);
        unsigned own_floats = count_of(&value, CLASS_FLOAT);
        unsigned own_integers = count_of(&value, CLASS_INTEGER);
        bool is_in_memory = value.size > IN_REGISTERS || value.extended ||
                            integers + own_integers > INTEGERS || floats + own_floats > FLOATS;
        if (is_in_memory)
            continue;
        /* ffi_call copies both words to the place of the last register, and behind it. */
        if (is_last && integers == INTEGERS - 1 && first == CLASS_INTEGER && second == CLASS_FLOAT)
            return "a struct that begins in the last register for integers";
        integers += own_integers;
        floats += own_floats;
    }
    return NULL;
}
