/* SPDX-License-Identifier: MIT */
/* Memory that the host has, too: that of plugin_alloc, and the pages with the plugin's variables.
 * The plugin never has the descriptors: with the first it could make the memory larger. */
#include "worker/worker.h"

#include "src/crossing/crossing.h"
#include "src/isolated/heap.h"
#include "src/isolated/pages.h"
#include "src/isolated/start.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint8_t *memory;
static struct pages pages; /* of the variables, as linked */
static uint8_t *variables; /* the shared pages */
static nlink_t threads;    /* before the plugin */

/* Returns a number that depends on how many threads there are. The sandbox allows this form of stat
 * alone. */
static nlink_t count_threads(void)
{
    struct stat status;
    bool is_known = syscall(SYS_newfstatat, AT_FDCWD, "/proc/self/task", &status, 0) == 0;
    return is_known ? status.st_nlink : 0;
}

bool shared_map(void)
{
    pages = pages_of_variables(serve_plan);
    threads = pages.size ? count_threads() : 0;
    memory = mmap(NULL, HEAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, START_MEMORY, 0);
    if (pages.size)
        variables = mmap(NULL, pages.size, PROT_READ | PROT_WRITE, MAP_SHARED, START_VARIABLES, 0);
    close(START_MEMORY);
    close(START_VARIABLES);
    return memory != MAP_FAILED && variables != MAP_FAILED;
}

const char *shared_take_variables(void *handle)
{
    struct link_map *map;
    if (!pages.size)
        return NULL;
    if (count_threads() != threads)
        return "its constructors have started threads, which may write to its variables while "
               "these become shared: start threads in a function that the host calls, or make the "
               "variables static";
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0)
        return dlerror();
    uint8_t *own = (uint8_t *)(map->l_addr + pages.start);
    memcpy(variables, own, pages.size);
    if (mremap(variables, pages.size, pages.size, MREMAP_MAYMOVE | MREMAP_FIXED, own) != own)
        return "its variables cannot be shared";
    variables = own;
    return NULL;
}

bool shared_share(void *context, const void *at, uint64_t *reference, size_t *left)
{
    size_t offset = (uintptr_t)at - (uintptr_t)memory;
    (void)context;
    if (offset < HEAP_SIZE) {
        *reference = reference_make(REFERENCE_SHARED, 0, (uint32_t)offset);
        *left = HEAP_SIZE - offset;
        return true;
    }
    return pages_share(&pages, variables, serve_plan, at, reference, left);
}

bool shared_find(void *context, uint64_t reference, void **at, size_t *left)
{
    uint32_t offset = reference_offset(reference);
    (void)context;
    if (!reference_number(reference)) {
        *at = memory + offset;
        *left = HEAP_SIZE - offset;
        return true;
    }
    return pages_place(&pages, variables, serve_plan, reference, at, left);
}
