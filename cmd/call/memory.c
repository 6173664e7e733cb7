/* SPDX-License-Identifier: MIT */
/* The memory of what a plugin is passed. */
#include "call/call_p.h"

#include "src/base/array.h"
#include "src/base/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool memory_init(struct memory *memory, struct error *error)
{
    void *start = mmap(NULL, MEMORY_SIZE + MEMORY_BEHIND, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
        return error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
    memory->start = start;
    return true;
}

void memory_deinit(struct memory *memory)
{
    if (memory->start)
        munmap(memory->start, MEMORY_SIZE + MEMORY_BEHIND);
    free(memory->made);
}

void *memory_alloc(struct memory *memory, size_t size, struct error *error)
{
    enum { ALIGNMENT = 64 };
    size_t start = align_up(memory->used, ALIGNMENT);
    if (size > MEMORY_SIZE - start) {
        error_set(error, PLUGIN_UNSUPPORTED, "the arguments are larger than %d MiB",
                  MEMORY_SIZE >> 20);
        return NULL;
    }
    memory->used = start + size;
    return memory->start + start;
}

/* Has the type pointers in it? */
static bool has_pointers(plugin_type type)
{
    struct plugin_type_part part = {.size = sizeof part};
    enum plugin_type_kind kind = plugin_type_kind(type);
    if (kind == PLUGIN_TYPE_ARRAY)
        return has_pointers(plugin_type_target(type));
    for (size_t i = 0; (kind == PLUGIN_TYPE_STRUCT || kind == PLUGIN_TYPE_UNION) &&
                       plugin_type_part(type, i, &part);
         i++)
        if (has_pointers(part.type))
            return true;
    return kind == PLUGIN_TYPE_POINTER || kind == PLUGIN_TYPE_OTHER;
}

void *memory_make(struct memory *memory, plugin_type type, size_t count, struct error *error)
{
    size_t size = plugin_type_size(type), total;
    void *at = NULL;
    if (__builtin_mul_overflow(size, count, &total))
        total = SIZE_MAX;
    /* Of several objects, an isolated plugin without a mark would get the first one alone, unless
     * they lie in memory that both processes see. */
    bool is_shared =
        memory->is_isolated && count > 1 && total <= MEMORY_SIZE && !has_pointers(type);
    if (is_shared) {
        at = plugin_alloc(memory->plugin, total);
        if (!at)
            error_set(error, PLUGIN_NO_MEMORY, "%s", plugin_error());
    } else {
        at = memory_alloc(memory, total, error);
    }
    struct made *made =
        at ? array_add(NULL, memory->made, memory->made_count, memory->made_capacity) : NULL;
    if (!made) {
        if (at)
            error_set_no_memory(error);
        return NULL;
    }
    *made = (struct made){at, type, count};
    return at;
}

const struct made *memory_made(const struct memory *memory, const void *at)
{
    for (size_t i = 0; i < memory->made_count; i++)
        if (memory->made[i].at == at)
            return &memory->made[i];
    return NULL;
}

bool memory_peek(const void *at, void *to, size_t size)
{
    /* The kernel reads for us: it returns EFAULT where we would fault. */
    static int copies = -1;
    if (copies < 0)
        copies = memfd_create("plugin-call", MFD_CLOEXEC);
    return copies >= 0 && pwrite(copies, at, size, 0) == (ssize_t)size &&
           pread(copies, to, size, 0) == (ssize_t)size;
}
