/* The allocating functions of the C library, which fail when starve_fails returns true. The
 * including file defines starve_fails; `place` is the return address of the call. Link with
 * -Wl,--wrap for each function, and for the FORTIFY variants of the last two. */
#ifndef TESTS_COMMON_STARVE_CALLS_H
#define TESTS_COMMON_STARVE_CALLS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

static bool starve_fails(const void *place);

#define STARVE_WRAP(type, name, parameters, ...)                                                   \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return starve_fails(__builtin_return_address(0)) ? NULL : __real_##name(__VA_ARGS__);      \
    }

/* Refuses the chunks of arenas (src/base/arena.c), so that each block comes from the heap. */
enum { CHUNK_SIZE = 160 << 10 };

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return size == CHUNK_SIZE || starve_fails(__builtin_return_address(0)) ? NULL
                                                                           : __real_malloc(size);
}

STARVE_WRAP(void *, calloc, (size_t count, size_t size), count, size)
STARVE_WRAP(void *, realloc, (void *block, size_t size), block, size)
STARVE_WRAP(void *, reallocarray, (void *block, size_t count, size_t size), block, count, size)
STARVE_WRAP(char *, strdup, (const char *string), string)
STARVE_WRAP(char *, strndup, (const char *string, size_t size), string, size)
STARVE_WRAP(char *, realpath, (const char *path, char *resolved), path, resolved)

int __real_vasprintf(char **text, const char *format, va_list arguments);
int __wrap_vasprintf(char **text, const char *format, va_list arguments);
int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    return starve_fails(__builtin_return_address(0)) ? -1
                                                     : __real_vasprintf(text, format, arguments);
}

int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments);
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return starve_fails(__builtin_return_address(0)) ? -1
                                                     : __real_vasprintf(text, format, arguments);
}

#define STARVE_PRINT(name, ...)                                                                    \
    int __wrap_##name(char **text, __VA_ARGS__, ...);                                              \
    int __wrap_##name(char **text, __VA_ARGS__, ...)                                               \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        int length = starve_fails(__builtin_return_address(0))                                     \
                         ? -1                                                                      \
                         : __real_vasprintf(text, format, arguments);                              \
        va_end(arguments);                                                                         \
        return length;                                                                             \
    }

STARVE_PRINT(asprintf, const char *format)
STARVE_PRINT(__asprintf_chk, __attribute__((unused)) int flag, const char *format)

#endif
