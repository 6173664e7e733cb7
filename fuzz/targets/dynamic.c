/* SPDX-License-Identifier: MIT */
/* Reads the dynamic section and its tables. The input: a number, whose lowest bit means ELFCLASS64;
 * then seven parts, the tables. */
#include "src/elf/dynamic.h"
#include "fuzz/fuzz.h"
#include "src/base/arena.h"

static void ask(const struct dynamic *dynamic)
{
    struct dynamic_symbol found;
    for (size_t i = 0; dynamic_needed(dynamic, i); i++)
        FUZZ_PROMISE(strlen(dynamic_needed(dynamic, i)) < dynamic->tables.strings.size);
    for (uint32_t i = 1; i < dynamic->symbol_count; i++) {
        struct dynamic_symbol symbol = dynamic_symbol(dynamic, i);
        bool is_found = dynamic_find(dynamic, symbol.name, symbol.version, &found);
        FUZZ_PROMISE(!is_found || (found.is_defined && !strcmp(found.name, symbol.name)));
        FUZZ_PROMISE(is_found || !symbol.is_defined || symbol.version || !symbol.is_default ||
                     !dynamic_find(dynamic, symbol.name, NULL, &found));
    }
}

FUZZ_TARGET(dynamic)
{
    struct elf elf = {.is_64 = fuzz_number(&input) & 1};
    FUZZ_PART entries = fuzz_part(&input);
    FUZZ_PART symbols = fuzz_part(&input);
    FUZZ_PART strings = fuzz_part(&input);
    FUZZ_PART versions = fuzz_part(&input);
    FUZZ_PART wanted = fuzz_part(&input);
    FUZZ_PART defined = fuzz_part(&input);
    FUZZ_PART hash = fuzz_part(&input);
    struct dynamic_tables tables = {entries, symbols, strings, versions, wanted, defined, hash};
    ARENA_AUTO arena = {0};
    struct dynamic dynamic;
    ERROR_AUTO error = {0};
    dynamic_is_executable(&elf, entries);
    fuzz_was_read = dynamic_read(&dynamic, &elf, &tables, &arena, &error);
    if (fuzz_was_read)
        ask(&dynamic);
}
