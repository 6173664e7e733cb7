/* SPDX-License-Identifier: MIT */
/* Reads DW_AT_producer. */
#include "dwarf/producer_p.h"

#include "src/base/arena.h"
#include "src/base/text.h"

#include <stdio.h>
#include <string.h>

/* Among the flags that gcc records, those that change the code. */
static bool changes_code(const char *flag, size_t length)
{
    static const char *const prefixes[] = {
        "-O",          "-std=",        "-m32",          "-mx32",        "-mabi=",
        "-fshort-",    "-fpack-",      "-funsigned-",   "-fsigned-",    "-fno-common",
        "-fsanitize=", "-fno-strict-", "-freg-struct-", "-fpcc-struct", "-mno-sse",
        "-flto",
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t prefix = strlen(prefixes[i]);
        if (length >= prefix && !strncmp(flag, prefixes[i], prefix))
            return true;
    }
    return false;
}

char *producer_name(struct arena *arena, const char *producer)
{
    static const char clang_words[] = "clang version ", gcc_words[] = "GNU ";
    char name[64];
    const char *family = "clang", *version = strstr(producer, clang_words);
    if (version) {
        version += strlen(clang_words);
    } else if (!strncmp(producer, gcc_words, strlen(gcc_words))) {
        family = "gcc";
        version = strchr(producer + strlen(gcc_words), ' '); /* behind the language */
        version = version ? version + 1 : NULL;
    }
    int length = version ? (int)strspn(version, "0123456789.") : 0;
    if (!length)
        return arena_strndup(arena, producer, strnlen(producer, 60));
    snprintf(name, sizeof name, "%s %.*s", family, length, version);
    return arena_strndup(arena, name, strlen(name));
}

char *producer_flags(struct arena *arena, const char *producer)
{
    TEXT_AUTO flags = {0};
    for (const char *at = producer; *(at += strspn(at, " ")); at += strcspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (*at == '-' && changes_code(at, length))
            text_add(&flags, "%s%.*s", flags.length ? " " : "", (int)length, at);
    }
    return flags.failed ? NULL : arena_strndup(arena, text_chars(&flags), flags.length);
}

bool producer_has_g1(const char *producer)
{
    bool g1 = false;
    for (const char *at = producer; (at = strstr(at, " -g")); at += 3) {
        const char *rest = at + 3;
        if (*rest == '1' && (rest[1] == ' ' || !rest[1]))
            g1 = true;
        else if (!*rest || *rest == ' ' || *rest == '2' || *rest == '3' || !strncmp(rest, "gdb", 3))
            g1 = false;
    }
    return g1;
}

bool producer_omits_structs(const char *producer)
{
    static const char flag[] = " -femit-struct-debug-", all[] = "detailed=all";
    bool omits = false;
    for (const char *at = producer; (at = strstr(at, flag));) {
        at += sizeof flag - 1;
        size_t length = strcspn(at, " ");
        omits = length != sizeof all - 1 || strncmp(at, all, length) != 0;
    }
    return omits;
}
