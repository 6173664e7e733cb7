/* Memory for as long as an open takes. */
#include "base/brief.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* AddressSanitizer knows the heap's blocks only. */
#ifdef __SANITIZE_ADDRESS__
enum { IS_APART = false };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { IS_APART = false };
#else
enum { IS_APART = true };
#endif
#else
enum { IS_APART = true };
#endif

/* Enough for a plugin with a thousand symbols, and so much that the C library maps it apart from
 * its heap. Threads that open at the same time take one each; so many are kept for the next ones.
 */
enum { AREA_SIZE = 160 << 10, KEPT_MAX = 16, UNIT = alignof(max_align_t) };

/* The area of one open. It says of itself what it is, rather than the stack: an init may leave
 * plugin_open by longjmp. */
struct area {
    struct area *outer; /* of the open within which this one happens */
    size_t used;        /* of the whole area */
    size_t last;        /* where the block that was taken last starts */
};

/* Areas that nobody uses; NULL: none. Read and written atomically: a lock could be held by a thread
 * that a fork does not have. */
static struct area *kept[KEPT_MAX];

/* The area of this thread's innermost open; NULL: none. */
static __thread struct area *current;

static size_t rounded(size_t size)
{
    return (size + UNIT - 1) / UNIT * UNIT;
}

static struct area *take_area(void)
{
    for (size_t i = 0; i < KEPT_MAX; i++) {
        struct area *area = __atomic_load_n(&kept[i], __ATOMIC_RELAXED)
                                ? __atomic_exchange_n(&kept[i], NULL, __ATOMIC_ACQUIRE)
                                : NULL;
        if (area)
            return area;
    }
    return malloc(AREA_SIZE);
}

static void give_area(struct area *area)
{
    for (size_t i = 0; i < KEPT_MAX; i++) {
        struct area *none = NULL;
        if (__atomic_compare_exchange_n(&kept[i], &none, area, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    }
    free(area);
}

struct area *brief_begin(void)
{
    struct area *area = IS_APART ? take_area() : NULL;
    if (!area)
        return NULL;
    *area = (struct area){.outer = current, .used = rounded(sizeof *area)};
    current = area;
    return area;
}

void brief_end(struct area *area)
{
    if (!area)
        return;
    current = area->outer;
    give_area(area);
}

static struct area *area_of(const void *block)
{
    struct area *area = current;
    while (area && (uintptr_t)block - (uintptr_t)area >= AREA_SIZE)
        area = area->outer;
    return area;
}

bool brief_has(const void *block)
{
    return area_of(block);
}

void *brief_take(size_t size)
{
    size += !size; /* so that each block is one of its own */
    if (!current || size > AREA_SIZE || rounded(size) > AREA_SIZE - current->used)
        return malloc(size);
    current->last = current->used;
    current->used += rounded(size);
    return (char *)current + current->last;
}

void *brief_take_zeroed(size_t count, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole))
        return NULL;
    void *block = brief_take(whole);
    return block ? memset(block, 0, whole) : NULL;
}

void *brief_resize(void *block, size_t size, size_t new_size)
{
    if (block && !brief_has(block))
        return realloc(block, new_size ? new_size : 1);
    void *other = brief_take(new_size);
    if (other && block)
        memcpy(other, block, size < new_size ? size : new_size);
    if (other)
        brief_give(block);
    return other;
}

char *brief_copy(const char *string, size_t length)
{
    char *copy = brief_take(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, string, length);
    copy[length] = '\0';
    return copy;
}

/* What was taken last makes room for the next; the rest does when the open ends. */
void brief_give(void *block)
{
    struct area *area = block ? area_of(block) : NULL;
    if (!area)
        free(block);
    else if ((char *)block == (char *)area + area->last)
        area->used = area->last;
}
