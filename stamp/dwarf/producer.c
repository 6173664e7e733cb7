/* What DW_AT_producer says of a compiler. */
#include "dwarf/producer.h"

#include "src/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Flags that change what is made, among those that gcc records. */
static bool is_telling(const char *flag, size_t length)
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

char *producer_name(const char *producer)
{
    char *name;
    const char *clang = strstr(producer, "clang version ");
    const char *at = clang ? clang + strlen("clang version ") : producer;
    const char *family = clang ? "clang" : "gcc";
    if (!clang && !strncmp(producer, "GNU ", 4)) {
        at = producer + 4; /* after it, the language, and then the version */
        at += strcspn(at, " ");
        at += *at == ' ';
    } else if (!clang) {
        return strndup(producer, 60);
    }
    int length = (int)strspn(at, "0123456789.");
    if (!length)
        return strndup(producer, 60);
    return asprintf(&name, "%s %.*s", family, length, at) < 0 ? NULL : name;
}

char *producer_flags(const char *producer)
{
    struct text flags = {0};
    const char *at = producer;
    while (*(at += strspn(at, " "))) {
        size_t length = strcspn(at, " ");
        if (*at == '-' && is_telling(at, length))
            text_add(&flags, "%s%.*s", flags.length ? " " : "", (int)length, at);
        at += length;
    }
    if (!flags.failed && !flags.chars)
        return strdup("");
    if (flags.failed)
        text_free(&flags);
    return flags.chars;
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
