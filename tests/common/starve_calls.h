/* The allocating functions of the C library, which fail when starve_fails returns true. The
 * including file defines starve_fails; `place` is the return address of the call. Link with
 * -Wl,--wrap for each function, and for the FORTIFY variants of the last two. With
 * STARVE_COUNTS_BLOCKS, which takes -Wl,--wrap=free, starve_blocks counts the blocks that were not
 * freed. */
#ifndef TESTS_COMMON_STARVE_CALLS_H
#define TESTS_COMMON_STARVE_CALLS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

static bool starve_fails(const void *place);

#ifdef STARVE_COUNTS_BLOCKS
static long starve_blocks;
#define STARVE_COUNT(is_new) (starve_blocks += (is_new))

void __real_free(void *block);
void __wrap_free(void *block);
void __wrap_free(void *block)
{
    starve_blocks -= block != NULL;
    __real_free(block);
}
#else
#define STARVE_COUNT(is_new) ((void)(is_new))
#endif

/* `is_new` is evaluated before the call, which may free its argument. */
#define STARVE_WRAP(type, name, is_new, parameters, ...)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        if (starve_fails(__builtin_return_address(0)))                                             \
            return NULL;                                                                           \
        bool adds_block = is_new;                                                                  \
        type block_or_null = __real_##name(__VA_ARGS__);                                           \
        STARVE_COUNT(adds_block &&block_or_null);                                                  \
        return block_or_null;                                                                      \
    }

/* Refuses the chunks of arenas (src/base/arena.c), so that each block comes from the heap. */
enum { CHUNK_SIZE = 160 << 10 };

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    if (size == CHUNK_SIZE || starve_fails(__builtin_return_address(0)))
        return NULL;
    void *block = __real_malloc(size);
    STARVE_COUNT(block != NULL);
    return block;
}

STARVE_WRAP(void *, calloc, true, (size_t count, size_t size), count, size)
STARVE_WRAP(void *, realloc, !block, (void *block, size_t size), block, size)
STARVE_WRAP(void *, reallocarray, !block, (void *block, size_t count, size_t size), block, count,
            size)
STARVE_WRAP(char *, strdup, true, (const char *string), string)
STARVE_WRAP(char *, strndup, true, (const char *string, size_t size), string, size)
STARVE_WRAP(char *, realpath, !resolved, (const char *path, char *resolved), path, resolved)

int __real_vasprintf(char **text, const char *format, va_list arguments);

static inline int starve_print(const void *place, char **text, const char *format,
                               va_list arguments)
{
    int length = starve_fails(place) ? -1 : __real_vasprintf(text, format, arguments);
    STARVE_COUNT(length >= 0);
    return length;
}

int __wrap_vasprintf(char **text, const char *format, va_list arguments);
int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    return starve_print(__builtin_return_address(0), text, format, arguments);
}

int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments);
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return starve_print(__builtin_return_address(0), text, format, arguments);
}

#define STARVE_PRINT(name, ...)                                                                    \
    int __wrap_##name(char **text, __VA_ARGS__, ...);                                              \
    int __wrap_##name(char **text, __VA_ARGS__, ...)                                               \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        int length = starve_print(__builtin_return_address(0), text, format, arguments);           \
        va_end(arguments);                                                                         \
        return length;                                                                             \
    }

STARVE_PRINT(asprintf, const char *format)
STARVE_PRINT(__asprintf_chk, __attribute__((unused)) int flag, const char *format)

#endif
