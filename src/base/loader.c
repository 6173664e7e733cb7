/* The dynamic loader, where there may be one. */
#include "base/loader.h"

#include <stddef.h>

/* glibc's alone. */
void *dlvsym(void *handle, const char *name, const char *version) __attribute__((weak));

/* The first module is the program, which names its dynamic loader (PT_INTERP) if it has one. */
static int look_at_program(struct dl_phdr_info *program, size_t size, void *context)
{
    (void)size;
    bool *has_loader = context;
    for (size_t i = 0; i < program->dlpi_phnum; i++)
        *has_loader |= program->dlpi_phdr[i].p_type == PT_INTERP;
    return 1;
}

bool loader_is_there(void)
{
    /* Asked once: the question waits for the dlopens of other threads. Read and written atomically.
     */
    static enum { UNKNOWN, THERE, NOT_THERE } answer;
    if (__atomic_load_n(&answer, __ATOMIC_RELAXED) == UNKNOWN) {
        bool has_loader = false;
        dl_iterate_phdr(look_at_program, &has_loader);
        __atomic_store_n(&answer, has_loader ? THERE : NOT_THERE, __ATOMIC_RELAXED);
    }
    return __atomic_load_n(&answer, __ATOMIC_RELAXED) == THERE;
}

void *loader_open(const char *path, int flags)
{
    return dlopen(path, flags);
}

void loader_close(void *handle)
{
    dlclose(handle);
}

const char *loader_error(void)
{
    return dlerror();
}

void loader_forget_error(void)
{
    /* The first call makes a text of it, the next one frees that. */
    if (dlerror())
        dlerror();
}

void *loader_find(void *handle, const char *name, const char *version)
{
    return version && dlvsym ? dlvsym(handle, name, version) : dlsym(handle, name);
}

struct link_map *loader_record(void *handle)
{
    struct link_map *record;
    return dlinfo(handle, RTLD_DI_LINKMAP, &record) == 0 ? record : NULL;
}
