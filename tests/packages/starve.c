/* Preloaded: the allocation number starve_after, from 0, is refused, once. The chunks of
 * arenas (src/base/arena.c) are refused always, so that each block is one of the heap. */
#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

long starve_after = -1;

static int is_refused(void)
{
    if (starve_after < 0 || starve_after-- > 0)
        return 0;
    errno = ENOMEM;
    return 1;
}

enum { CHUNK_SIZE = 160 << 10 };

void *malloc(size_t size)
{
    return size == CHUNK_SIZE || is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return is_refused() ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    return is_refused() ? NULL : __libc_realloc(old, count * size);
}
