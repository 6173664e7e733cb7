/* Replaces the C library's malloc, in all modules of the process and in the dynamic loader. For
 * programs with one thread, with glibc. */
#include "allocations.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

size_t allocated_blocks, allocated_bytes;

static long calls, first = 1, last; /* first > last: none fails */
static bool is_paused;

extern void *__libc_malloc(size_t size), *__libc_calloc(size_t count, size_t size),
    *__libc_realloc(void *block, size_t size), *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

void allocations_begin(long first_failing, long last_failing)
{
    calls = 0;
    first = first_failing;
    last = last_failing;
}

bool allocations_have_failed(void)
{
    return first <= last && calls >= first;
}

void allocations_pause(bool is_pause)
{
    is_paused = is_pause;
}

long allocations_end(void)
{
    first = 1;
    last = 0;
    return calls;
}

static bool is_refused(void)
{
    if (is_paused)
        return false;
    calls++;
    if (calls < first || calls > last)
        return false;
    errno = ENOMEM;
    return true;
}

static void *count(void *block)
{
    allocated_blocks += block != NULL;
    allocated_bytes += malloc_usable_size(block);
    return block;
}

/* Refuses the chunks of arenas (src/base/arena.c), so that each block comes from the heap. */
enum { CHUNK_SIZE = 160 << 10 };

void *malloc(size_t size)
{
    return size == CHUNK_SIZE || is_refused() ? NULL : count(__libc_malloc(size));
}

void *calloc(size_t items, size_t size)
{
    return is_refused() ? NULL : count(__libc_calloc(items, size));
}

void *realloc(void *block, size_t size)
{
    size_t before = malloc_usable_size(block);
    if (is_refused())
        return NULL;
    void *moved = __libc_realloc(block, size);
    if (!moved)
        return NULL;
    allocated_blocks -= block != NULL;
    allocated_bytes -= before;
    return count(moved);
}

void *reallocarray(void *block, size_t items, size_t size)
{
    size_t total;
    if (!__builtin_mul_overflow(items, size, &total))
        return realloc(block, total);
    errno = ENOMEM;
    return NULL;
}

void *memalign(size_t alignment, size_t size)
{
    return is_refused() ? NULL : count(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *made = memalign(alignment, size);
    if (!made)
        return ENOMEM;
    *block = made;
    return 0;
}

void free(void *block)
{
    allocated_blocks -= block != NULL;
    allocated_bytes -= malloc_usable_size(block);
    __libc_free(block);
}
