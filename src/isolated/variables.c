/* SPDX-License-Identifier: MIT */
/* The variables of an isolated plugin, in the host. Other data of the plugin lie on the same pages:
 * the host reads none of it, and gives out the addresses of the variables alone. */
#include "isolated/variables.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- constants ---- */

/* Returns the pages of all constants. */
static struct pages find_constants(const struct plan *plan)
{
    uint64_t start = UINT64_MAX, end = 0;
    for (uint32_t i = 0; i < plan->function_count; i++) {
        const struct plan_function *variable = plan_function(plan, i);
        if (!variable->is_constant)
            continue;
        uint64_t behind = variable->address + variable->size;
        start = variable->address < start ? variable->address : start;
        end = behind > end ? behind : end;
    }
    return end ? pages_around(start, end) : (struct pages){0, 0};
}

/* Maps the bytes of the file that lie on these pages, of one segment that is not written. */
static bool map_segment(struct variables *variables, const struct elf_segment *segment, int file,
                        struct error *error)
{
    const struct pages *all = &variables->constant_pages;
    struct pages own = pages_around(segment->address, segment->address + segment->part.size);
    uint64_t start = own.start > all->start ? own.start : all->start;
    uint64_t own_end = own.start + own.size, all_end = all->start + all->size;
    uint64_t end = own_end < all_end ? own_end : all_end;
    if (start >= end)
        return true;
    void *at = variables->constants + (start - all->start);
    off_t offset = (off_t)(segment->part.offset + start - segment->address);
    return mmap(at, (size_t)(end - start), PROT_READ, MAP_PRIVATE | MAP_FIXED, file, offset) ==
               at ||
           error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
}

/* Constants are the same in both processes: the host has the bytes of the file. */
static bool map_constants(struct variables *variables, int file, const struct module *module,
                          struct error *error)
{
    size_t size = variables->constant_pages.size;
    if (!size)
        return true;
    void *made = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (made == MAP_FAILED)
        return error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
    variables->constants = made;
    for (size_t i = 0; i < module->elf.segment_count; i++) {
        struct elf_segment segment;
        if (!elf_segment(&module->elf, i, &segment, error))
            return false;
        if (segment.type == PT_LOAD && !(segment.flags & PF_W) &&
            !map_segment(variables, &segment, file, error))
            return false;
    }
    return true;
}

bool variables_open(struct variables *variables, const struct plan *plan, int file,
                    const struct module *module, struct error *error)
{
    variables->pages = pages_of_variables(plan);
    variables->constant_pages = find_constants(plan);
    return map_constants(variables, file, module, error);
}

/* ---- the pages of a worker ---- */

bool variables_make(struct variables *variables, struct error *error)
{
    size_t size = variables->pages.size;
    if (!size)
        return true;
    /* All memory is there before anybody uses it, and nobody can take it away: no SIGBUS. */
    int file = memfd_create("plugin-variables", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    bool done = file >= 0 && ftruncate(file, (off_t)size) == 0 &&
                fallocate(file, 0, 0, (off_t)size) == 0 &&
                fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
    if (!done) {
        error_set(error, PLUGIN_SYSTEM, "cannot make memory for its variables: %s",
                  strerror(errno));
        if (file >= 0)
            close(file);
        return false;
    }
    variables->next = file;
    return true;
}

/* Maps a file over the place, which others may use meanwhile. */
static bool map_over(struct variables *variables, int file, int flags)
{
    void *made = mmap(variables->start, variables->pages.size, PROT_READ | PROT_WRITE,
                      flags | (variables->start ? MAP_FIXED : 0), file, 0);
    if (made == MAP_FAILED)
        return false;
    variables->start = made;
    return true;
}

bool variables_take(struct variables *variables, struct error *error)
{
    if (variables->next < 0)
        return true;
    if (!map_over(variables, variables->next, MAP_SHARED))
        return error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
    int last = variables->file;
    variables->file = variables->next;
    variables->next = -1;
    if (last >= 0)
        close(last);
    return true;
}

void variables_drop(struct variables *variables)
{
    if (variables->next >= 0)
        close(variables->next);
    variables->next = -1;
}

void variables_leave_parent(struct variables *variables)
{
    variables_drop(variables);
    if (variables->file >= 0)
        map_over(variables, variables->file, MAP_PRIVATE);
}

void variables_close(struct variables *variables)
{
    variables_drop(variables);
    if (variables->file >= 0)
        close(variables->file);
    variables->file = -1;
}

void variables_deinit(struct variables *variables)
{
    variables_close(variables);
    if (variables->start)
        munmap(variables->start, variables->pages.size);
    if (variables->constants)
        munmap(variables->constants, variables->constant_pages.size);
}

/* ---- addresses ---- */

void *variables_address(const struct variables *variables, const struct plan_function *variable)
{
    return variable->is_constant
               ? variables->constants + (variable->address - variables->constant_pages.start)
               : variables->start + (variable->address - variables->pages.start);
}
