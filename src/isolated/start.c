/* SPDX-License-Identifier: MIT */
/* What a worker starts with: the struct start, and what it locates, in a sealed file. */
#include "isolated/isolated_p.h"
#include "isolated/sealed_memory.h"

#include <errno.h>
#include <string.h>

enum { ALIGNMENT = 16 };

/* Adds the bytes behind zeroes that align them. Returns their offset. */
static uint32_t add(struct text *file, const void *bytes, size_t size)
{
    static const char zeroes[ALIGNMENT];
    text_add_bytes(file, zeroes, -file->length % ALIGNMENT);
    uint32_t offset = (uint32_t)file->length;
    text_add_bytes(file, bytes, size);
    return offset;
}

static void add_inits(struct text *file, struct start *start, const struct inits *inits)
{
    start->init_count = (uint32_t)(inits->count - inits->retires);
    start->retire_count = (uint32_t)inits->retires;
    start->inits = add(file, "", 0);
    for (size_t i = 0; i < inits->count; i++) {
        const struct start_init init = {.address = inits->items[i].address,
                                        .file = inits->items[i].file};
        text_add_bytes(file, (const char *)&init, sizeof init);
    }
    start->stamped = (uint32_t)file->length;
    for (size_t i = 0; i < inits->file_count; i++)
        text_add_bytes(file, inits->is_stamped[i] ? "\1" : "", 1);
}

static void add_paths(struct text *file, struct start *start, const char *const *paths)
{
    start->read_only = (uint32_t)file->length;
    for (; paths && paths[start->read_only_count]; start->read_only_count++)
        text_add_bytes(file, paths[start->read_only_count],
                       strlen(paths[start->read_only_count]) + 1);
}

int start_make(const struct isolated *isolated, const struct plugin_isolation *isolation,
               struct start start, struct error *error)
{
    TEXT_AUTO file = {0};
    add(&file, &start, sizeof start);
    start.plan = add(&file, isolated->plan, isolated->plan->size);
    start.require = isolation->require & ~(unsigned)PLUGIN_ISOLATION_GROUP; /* see group.h */
    start.memory = isolation->memory;
    add_inits(&file, &start, &isolated->inits);
    add_paths(&file, &start, isolation->read_only);
    if (isolated->is_debugged) {
        start.waiting = (uint32_t)file.length;
        text_add_bytes(&file, isolated->path, strlen(isolated->path) + 1);
    }
    start.size = (uint32_t)file.length;
    if (file.failed) {
        error_set_no_memory(error);
        return -1;
    }
    memcpy(file.chars, &start, sizeof start);
    int made = sealed_memory("plugin-start", file.chars, file.length);
    if (made < 0)
        error_set(error, PLUGIN_SYSTEM, "cannot write what its process starts with: %s",
                  strerror(errno));
    return made;
}
