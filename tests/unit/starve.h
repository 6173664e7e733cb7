/* Lets allocations of a reader or a judgement fail, one after the other. For programs that are
 * linked with -Wl,--wrap for each of these (tests/unit/meson.build). */
#ifndef PLUGIN_TEST_STARVE_H
#define PLUGIN_TEST_STARVE_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

static long starve_number;  /* of the round: of the call that fails in it */
static long starve_calls;   /* in this round */
static bool starve_is_on;   /* between the start of a round and starve_end */
static bool starve_is_over; /* a round had no call left to fail */

static bool starve_fails(void)
{
    if (!starve_is_on || ++starve_calls != starve_number)
        return false;
    errno = ENOMEM;
    return true;
}

#define STARVE_WRAP(type, name, parameters, ...)                                                   \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return starve_fails() ? NULL : __real_##name(__VA_ARGS__);                                 \
    }

STARVE_WRAP(void *, malloc, (size_t size), size)
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
    return starve_fails() ? -1 : __real_vasprintf(text, format, arguments);
}

/* What FORTIFY makes of it. */
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments);
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return __wrap_vasprintf(text, format, arguments);
}

/* for (starve_begin(); starve_goes_on();) makes an attempt in each round, and calls starve_end
 * before it looks at what came of it. */
static void starve_begin(void)
{
    starve_number = 0;
    starve_is_over = false;
}

static bool starve_goes_on(void)
{
    starve_number++;
    starve_calls = 0;
    starve_is_on = !starve_is_over;
    return starve_is_on;
}

/* Has a call failed in this round? */
static bool starve_end(void)
{
    starve_is_on = false;
    starve_is_over = starve_calls < starve_number;
    return !starve_is_over;
}

#endif
