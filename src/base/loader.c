/* SPDX-License-Identifier: MIT */
/* The functions of the dynamic loader. */
#include "base/loader.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* Only glibc has it. */
void *dlvsym(void *handle, const char *name, const char *version) __attribute__((weak));

/* The first module is the program; its PT_INTERP names a dynamic loader if it has one. In a
 * namespace of dlmopen, glibc lists the modules of that namespace alone: the first one has a name.
 */
static int loader_look_at_first(struct dl_phdr_info *first, size_t size, void *context)
{
    (void)size;
    enum loader *loader = context;
#ifdef __GLIBC__
    if (*first->dlpi_name) {
        *loader = LOADER_OF_NAMESPACE;
        return 1;
    }
#endif
    for (size_t i = 0; i < first->dlpi_phnum; i++)
        if (first->dlpi_phdr[i].p_type == PT_INTERP)
            *loader = LOADER_THERE;
    return 1;
}

enum loader loader_kind(void)
{
    /* Called once: dl_iterate_phdr waits for the dlopens of other threads. Atomic; 0: not known. */
    static enum loader known;
    enum loader kind = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (kind)
        return kind;
    kind = LOADER_NONE;
    dl_iterate_phdr(loader_look_at_first, &kind);
    __atomic_store_n(&known, kind, __ATOMIC_RELAXED);
    return kind;
}

struct name_search {
    const char *name;
    bool is_found;
};

static int loader_compare_name(struct dl_phdr_info *module, size_t size, void *context)
{
    (void)size;
    struct name_search *search = context;
    search->is_found = !strcmp(module->dlpi_name, search->name);
    return search->is_found;
}

bool loader_has(const char *name)
{
    struct name_search search = {.name = name};
    dl_iterate_phdr(loader_compare_name, &search);
    return search.is_found;
}

static int loader_read_count(struct dl_phdr_info *first, size_t size, void *context)
{
    if (size >= sizeof *first)
        *(unsigned long long *)context = first->dlpi_adds;
    return 1;
}

unsigned long long loader_count(void)
{
    unsigned long long count = 0;
    dl_iterate_phdr(loader_read_count, &count);
    return count;
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

enum plugin_code loader_error_code(const char *reason, enum plugin_code other)
{
    static const char *const of_memory[] = {"annot allocate", "ut of memory"};
    static const char *const of_system[] = {"failed to map segment", "cannot map zero-fill pages",
                                            "cannot change memory protections", "static TLS block"};
    static const int errors[] = {EMFILE, ENFILE, EIO, EAGAIN, EINTR};
    for (size_t i = 0; i < sizeof of_memory / sizeof *of_memory; i++)
        if (strstr(reason, of_memory[i]) || strstr(reason, strerror(ENOMEM)))
            return PLUGIN_NO_MEMORY;
    for (size_t i = 0; i < sizeof of_system / sizeof *of_system; i++)
        if (strstr(reason, of_system[i]))
            return PLUGIN_SYSTEM;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strstr(reason, strerror(errors[i])))
            return PLUGIN_SYSTEM;
    return other;
}

void loader_forget_error(void)
{
    /* The first call formats the text, the second one frees it. */
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

LOADER_ACCESS bool loader_name(void *handle, char name[static PATH_MAX])
{
    const struct link_map *record = loader_record(handle);
    size_t length = 0;
    if (!record || !record->l_name)
        return false;
    while (length < PATH_MAX - 1 && record->l_name[length]) {
        name[length] = record->l_name[length];
        length++;
    }
    name[length] = '\0';
    return !record->l_name[length];
}
