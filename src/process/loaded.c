/* The modules of this process whose files were read. */
#include "process/loaded.h"

#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static const char self[] = "/proc/self/exe";

/* The modules that were read. A module in the list never changes nor leaves it. The head is atomic,
 * since a lock could be held by a thread that a forked child lacks. */
static struct loaded *modules;
/* The program and the C library, which are never unmapped: finding them takes no call of the
 * dynamic loader. Atomic. */
static const struct loaded *program, *libc;

/* A module of the process, as the dynamic loader describes it. */
struct place {
    const void *address; /* the address to find; NULL: module number `index` */
    unsigned index, seen;
    bool found, is_program;
    uintptr_t base, end;  /* end: after the last segment */
    char *name;           /* a copy, if there is no buffer */
    char *buffer;         /* of PATH_MAX; NULL */
    const void *segments; /* the module's program headers, in memory */
    size_t segments_size;
};

/* Is the address in one of these segments of a module? */
static bool segments_hold(const ElfW(Phdr) * segments, size_t count, uintptr_t base,
                          uintptr_t address)
{
    for (size_t i = 0; i < count; i++) {
        uintptr_t start = base + segments[i].p_vaddr;
        if (segments[i].p_type == PT_LOAD && address >= start &&
            address - start < segments[i].p_memsz)
            return true;
    }
    return false;
}

static int place_find(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    struct place *place = context;
    unsigned number = place->seen++;
    if (place->address ? !segments_hold(info->dlpi_phdr, info->dlpi_phnum, info->dlpi_addr,
                                        (uintptr_t)place->address)
                       : number != place->index)
        return 0;
    place->found = true;
    place->is_program = number == 0; /* both glibc and musl list the program first */
    place->base = info->dlpi_addr;
    place->end = place->base;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t end = place->base + segment->p_vaddr + segment->p_memsz;
        if (segment->p_type == PT_LOAD && end > place->end)
            place->end = end;
    }
    if (place->buffer)
        snprintf(place->buffer, PATH_MAX, "%s", info->dlpi_name);
    else
        place->name = strdup(info->dlpi_name);
    place->segments = info->dlpi_phdr;
    place->segments_size = info->dlpi_phnum * sizeof *info->dlpi_phdr;
    return 1;
}

/* Returns the path by which the program was started, for systems without /proc. Not in a set-uid
 * program, whose user chose that path. */
static const char *loaded_started_path(void)
{
    const char *path = (const char *)getauxval(AT_EXECFN);
    return path && !getauxval(AT_SECURE) ? path : self;
}

/* Returns the program's path, for messages; NULL if memory runs out. */
static char *loaded_program_path(void)
{
    char path[4096];
    ssize_t length = readlink(self, path, sizeof path - 1);
    if (length < 0)
        return strdup(loaded_started_path());
    path[length] = '\0';
    return strdup(path);
}

static void loaded_free(struct loaded *loaded)
{
    module_deinit(&loaded->module);
    free(loaded->segments);
    free(loaded->path);
    free(loaded);
}

static bool loaded_read(struct loaded *loaded, const struct place *place, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    ARENA_AUTO arena = {0};
    ERROR_AUTO first = {0};
    const char *path = place->is_program ? loaded_started_path() : place->name;
    /* The link leads to the file that runs, even if another file has its path now. */
    bool is_open =
        (place->is_program && file_open(&file, self, &first)) || file_open(&file, path, error);
    if (!is_open || !module_read(&loaded->module, &file, &arena, error))
        return false;
    loaded->device = file.device;
    loaded->inode = file.inode;
    struct bytes segments = loaded->module.elf.segments;
    if (segments.size != place->segments_size ||
        memcmp(segments.data, place->segments, segments.size) != 0)
        return error_set(error, PLUGIN_SYSTEM,
                         "its file was replaced after it was loaded; restart the program");
    return module_keep(&loaded->module, error);
}

static struct loaded *loaded_new(const struct place *place, struct error *error)
{
    struct loaded *loaded = calloc(1, sizeof *loaded);
    if (!loaded) {
        error_set_no_memory(error);
        return NULL;
    }
    loaded->base = place->base;
    loaded->is_program = place->is_program;
    loaded->path = place->is_program ? loaded_program_path() : strdup(place->name);
    loaded->segments = malloc(place->segments_size);
    loaded->segments_size = place->segments_size;
    if (loaded->segments)
        memcpy(loaded->segments, place->segments, place->segments_size);
    if (!loaded->path || !loaded->segments)
        error_set_no_memory(error);
    else if (loaded_read(loaded, place, error))
        return loaded;
    else
        error_prefix(error, "cannot read %s: ", loaded->path);
    loaded_free(loaded);
    return NULL;
}

/* Returns the module that was read for this place, from this list item on, or NULL. */
static struct loaded *loaded_find_read(struct loaded *loaded, const struct place *place)
{
    while (loaded &&
           (loaded->base != place->base || loaded->segments_size != place->segments_size ||
            memcmp(loaded->segments, place->segments, loaded->segments_size) != 0))
        loaded = loaded->next;
    return loaded;
}

/* The same, but reads the module if necessary. If two threads read it at once, the first one's
 * stays. */
static const struct loaded *loaded_find_or_read(const struct place *place, struct error *error)
{
    struct loaded *head = __atomic_load_n(&modules, __ATOMIC_ACQUIRE);
    struct loaded *loaded = loaded_find_read(head, place);
    struct loaded *made = loaded ? NULL : loaded_new(place, error);
    if (!made)
        return loaded;
    for (;;) {
        made->next = head;
        if (__atomic_compare_exchange_n(&modules, &head, made, false, __ATOMIC_RELEASE,
                                        __ATOMIC_ACQUIRE))
            return made;
        loaded = loaded_find_read(head, place);
        if (!loaded)
            continue;
        loaded_free(made);
        return loaded;
    }
}

static bool loaded_has(const struct loaded *loaded, const void *address)
{
    return loaded && address &&
           segments_hold(loaded->segments, loaded->segments_size / sizeof(ElfW(Phdr)), loaded->base,
                         (uintptr_t)address);
}

/* Returns the program or the C library if it is at the place, or NULL. */
static const struct loaded *loaded_find_kept(const struct place *place)
{
    const struct loaded *first = __atomic_load_n(&program, __ATOMIC_ACQUIRE);
    const struct loaded *second = __atomic_load_n(&libc, __ATOMIC_ACQUIRE);
    if (loaded_has(first, place->address) || (!place->address && place->index == 0))
        return first;
    return loaded_has(second, place->address) ? second : NULL;
}

static const struct loaded *loaded_find_at(struct place *place, struct error *error)
{
    const struct loaded *known = loaded_find_kept(place);
    if (known) {
        place->found = true;
        return known;
    }
    dl_iterate_phdr(place_find, place);
    if (!place->found)
        return NULL;
    const struct loaded *loaded = place->name ? loaded_find_or_read(place, error) : NULL;
    if (!place->name)
        error_set_no_memory(error);
    free(place->name);
    if (loaded && loaded->is_program)
        __atomic_store_n(&program, loaded, __ATOMIC_RELEASE);
    return loaded;
}

const struct loaded *loaded_find(const void *address, struct error *error)
{
    struct place place = {.address = address};
    const struct loaded *loaded = loaded_find_at(&place, error);
    if (!place.found)
        error_set(error, PLUGIN_UNSUPPORTED, "no loaded module contains this address");
    return loaded;
}

const struct loaded *loaded_libc(const void *address, struct error *error)
{
    const struct loaded *loaded = __atomic_load_n(&libc, __ATOMIC_ACQUIRE);
    if (loaded || !address)
        return loaded;
    loaded = loaded_find(address, error);
    if (loaded)
        __atomic_store_n(&libc, loaded, __ATOMIC_RELEASE);
    return loaded;
}

const struct loaded *loaded_at(unsigned index, bool *end, struct error *error)
{
    struct place place = {.index = index};
    const struct loaded *loaded = loaded_find_at(&place, error);
    *end = !place.found;
    return loaded;
}

bool loaded_name(const void *address, char name[static PATH_MAX], uintptr_t *base, uintptr_t *end)
{
    struct place place = {.address = address, .buffer = name};
    dl_iterate_phdr(place_find, &place);
    *base = place.base;
    *end = place.end;
    return place.found && !place.is_program;
}
