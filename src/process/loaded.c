/* SPDX-License-Identifier: MIT */
/* The modules of this process whose files were read. */
#include "process/loaded.h"

#include "base/path.h"
#include "process/places.h"

#include <elf.h>
#include <inttypes.h>
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
    bool is_libc;         /* set by who searches for the C library */
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

/* ---- what is in memory, and which file it came from ---- */

/* Returns the first line of proc(5)'s /proc/PID/maps that is wanted; NULL if there is none. Freed
 * by the caller. */
static char *maps_find_line(bool (*is_wanted)(const char *line, const void *context),
                            const void *context)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char *line = NULL;
    size_t size = 0;
    bool is_found = false;
    while (maps && !is_found && getline(&line, &size, maps) > 0)
        is_found = is_wanted(line, context);
    if (maps)
        fclose(maps);
    if (is_found)
        return line;
    free(line);
    return NULL;
}

static bool maps_line_has(const char *line, const void *address)
{
    uintptr_t start, end;
    return sscanf(line, "%" SCNxPTR "-%" SCNxPTR, &start, &end) == 2 &&
           (uintptr_t)address >= start && (uintptr_t)address < end;
}

static bool maps_line_is_stack(const char *line, const void *context)
{
    (void)context;
    return strstr(line, "[stack]");
}

/* Returns the path of the file that is mapped at the address; NULL if that is not known. Freed by
 * the caller. */
static char *mapped_path(const void *address)
{
    char *line = maps_find_line(maps_line_has, address), *path = NULL;
    int at = 0;
    if (line && sscanf(line, "%*s %*s %*s %*s %*s %n", &at) == 0 && at && line[at] == '/')
        path = strndup(line + at, strcspn(line + at, "\n"));
    free(line);
    return path;
}

bool loaded_stack_is_executable(void)
{
    char *line = maps_find_line(maps_line_is_stack, NULL), flags[8] = "";
    bool is_executable = line && sscanf(line, "%*s %7s", flags) == 1 && strchr(flags, 'x');
    free(line);
    return is_executable;
}

/* Is this part of a segment the same in memory and in the file? */
static bool place_has_part(const struct place *place, const struct elf_segment *segment,
                           const struct file *file)
{
    uint8_t chunk[512];
    const uint8_t *memory = (const uint8_t *)(place->base + (uintptr_t)segment->address);
    ERROR_AUTO ignored = {0};
    for (uint64_t at = 0; at < segment->part.size; at += sizeof chunk) {
        uint64_t left = segment->part.size - at;
        size_t size = left < sizeof chunk ? (size_t)left : sizeof chunk;
        if (!file_read(file, segment->part.offset + at, size, chunk, &ignored) ||
            memcmp(memory + at, chunk, size) != 0)
            return false;
    }
    return true;
}

/* Does a part that PT_NOTE names have a build ID (NT_GNU_BUILD_ID of owner "GNU")? */
static bool place_has_build_id(const struct place *place, const struct elf_segment *note)
{
    const uint8_t *memory = (const uint8_t *)(place->base + (uintptr_t)note->address);
    for (uint64_t at = 0; at + 16 <= note->part.size; at += 4) {
        uint32_t words[3];
        memcpy(words, memory + at, sizeof words);
        if (words[0] == 4 && words[1] && words[2] == NT_GNU_BUILD_ID &&
            !memcmp(memory + at + 12, "GNU", 4))
            return true;
    }
    return false;
}

/* Is this range in a part of the file that is mapped for reading, and for reading alone? */
static bool place_maps(const struct elf *elf, const struct elf_segment *range)
{
    struct elf_segment segment;
    ERROR_AUTO ignored = {0};
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf_segment(elf, i, &segment, &ignored) && segment.type == PT_LOAD &&
            (segment.flags & (PF_R | PF_W)) == PF_R && range->address >= segment.address &&
            range_is_within(range->address - segment.address, range->part.size, 1,
                            segment.part.size))
            return true;
    return false;
}

/* Is the file what is mapped at the place? Its program headers and its notes must be the same, and
 * without a build ID among the notes, unless that is needed, all that nobody writes to. */
static bool place_is_of(const struct place *place, const struct elf *elf, const struct file *file,
                        bool needs_build_id)
{
    bool has_build_id = false;
    struct elf_segment segment;
    ERROR_AUTO ignored = {0};
    if (elf->segments.size != place->segments_size ||
        memcmp(elf->segments.data, place->segments, elf->segments.size) != 0)
        return false;
    for (size_t i = 0; i < elf->segment_count; i++) {
        if (!elf_segment(elf, i, &segment, &ignored))
            return false;
        if (segment.type != PT_NOTE || !place_maps(elf, &segment))
            continue;
        if (!place_has_part(place, &segment, file))
            return false;
        has_build_id |= place_has_build_id(place, &segment);
    }
    if (needs_build_id)
        return has_build_id;
    for (size_t i = 0; !has_build_id && i < elf->segment_count; i++)
        if (!elf_segment(elf, i, &segment, &ignored) ||
            (segment.type == PT_LOAD && place_maps(elf, &segment) &&
             !place_has_part(place, &segment, file)))
            return false;
    return true;
}

static void loaded_free(struct loaded *loaded)
{
    module_deinit(&loaded->own);
    free(loaded->segments);
    free(loaded->path);
    free(loaded);
}

/* Reads the open file, if it is what is in memory. */
static bool loaded_read_open(struct loaded *loaded, const struct place *place, struct file *file,
                             bool needs_build_id, const char *path, struct error *error)
{
    ARENA_AUTO arena = {0};
    if (!module_read_loaded(&loaded->own, file, place->is_program, &arena, error))
        return error_prefix(error, "cannot read %s: ", path);
    loaded->device = file->device;
    loaded->inode = file->inode;
    if (place_is_of(place, &loaded->own.elf, file, needs_build_id))
        return module_keep(&loaded->own, error);
    module_deinit(&loaded->own);
    return error_set(
        error, PLUGIN_SYSTEM,
        "cannot read %s: its file was replaced after it was loaded; restart the program", path);
}

/* Reads the file at this path, if it is what is in memory. */
static bool loaded_read_file(struct loaded *loaded, const struct place *place, const char *path,
                             struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    if (!file_open(&file, path, error))
        return error_prefix(error, "cannot read %s: ", path);
    return loaded_read_open(loaded, place, &file, false, path, error);
}

/* Returns the path by which the kernel started the program, if it is a real one; else NULL. It is
 * the file's own unless that was renamed, or the root directory changed. */
static const char *program_given_path(void)
{
    const char *path = (const char *)getauxval(AT_EXECFN);
    /* In a set-uid program, its user chose this one. */
    return path && !getauxval(AT_SECURE) && path_is_plain(path) ? path : NULL;
}

/* Reads the program's file by that path. A process pays 17 us for its first use of /proc/self/exe
 * (openat, readlink), which alone leads to the very file: here, the build ID must show that it is
 * the same, and what another user has put there is not read. */
static bool loaded_read_given(struct loaded *loaded, const struct place *place)
{
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO ignored = {0};
    const char *path = program_given_path();
    int descriptor = path ? file_open_direct(path) : -1;
    if (descriptor < 0 || !file_take(&file, descriptor, &ignored) ||
        (file.owner && file.owner != geteuid()) ||
        !loaded_read_open(loaded, place, &file, true, path, &ignored))
        return false;
    loaded->path = loaded->own.is_stamped ? strdup(path) : NULL;
    if (!loaded->path)
        module_deinit(&loaded->own);
    return loaded->path;
}

/* Returns where /proc/self/exe leads, or that path itself. Freed by the caller. NULL if there is no
 * memory. */
__attribute__((noinline)) static char *program_real_path(void)
{
    char target[PATH_MAX];
    ssize_t length = readlink(self, target, sizeof target);
    return length > 0 ? strndup(target, (size_t)length) : strdup(self);
}

/* What is known of an open plugin need not be read. */
static bool loaded_take_plugin(struct loaded *loaded, const struct plugin *p, struct error *error)
{
    loaded->module = &p->module;
    loaded->device = p->mapped_device;
    loaded->inode = p->mapped_inode;
    loaded->path = strdup(p->path);
    return loaded->path || error_set_no_memory(error);
}

/* Reads what is mapped at the place from the file that the dynamic loader names; else from the one
 * that the kernel names, which differ after a chdir, or if the program was started by running the
 * dynamic loader itself. */
static bool loaded_read(struct loaded *loaded, const struct place *place, struct error *error)
{
    ERROR_AUTO other = {0};
    const char *path = place->is_program ? self : place->name;
    const struct plugin *p = places_find((const void *)(place->end - 1));
    if (p && p->base == place->base)
        return loaded_take_plugin(loaded, p, error);
    loaded->module = &loaded->own;
    /* Nobody compares types of the C library, so its file would tell nothing. */
    if (place->is_libc && !place->is_program) {
        loaded->path = strdup(path);
        return loaded->path || error_set_no_memory(error);
    }
    if (!strchr(path, '/'))
        return error_set(error, PLUGIN_UNSUPPORTED, "%s is not a file", path); /* the vDSO */
    if (place->is_program && loaded_read_given(loaded, place))
        return true;
    if (loaded_read_file(loaded, place, path, error)) {
        loaded->path = place->is_program ? program_real_path() : strdup(path);
        return loaded->path || error_set_no_memory(error);
    }
    if (error->code == PLUGIN_NO_MEMORY)
        return false;
    loaded->path = mapped_path(place->segments);
    /* In a set-uid program, its user chose this one. */
    if (!loaded->path && place->is_program && !getauxval(AT_SECURE) && getauxval(AT_EXECFN))
        loaded->path = strdup((const char *)getauxval(AT_EXECFN));
    if (!loaded->path || !loaded_read_file(loaded, place, loaded->path, &other))
        return false;
    error_free(error);
    return true;
}

static struct loaded *loaded_new(const struct place *place, struct error *error)
{
    struct loaded *loaded = calloc(1, sizeof *loaded);
    void *segments = malloc(place->segments_size);
    if (!loaded || !segments) {
        free(loaded);
        free(segments);
        error_set_no_memory(error);
        return NULL;
    }
    memcpy(segments, place->segments, place->segments_size);
    loaded->base = place->base;
    loaded->is_program = place->is_program;
    loaded->segments = segments;
    loaded->segments_size = place->segments_size;
    if (loaded_read(loaded, place, error))
        return loaded;
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

static const struct loaded *loaded_find_place(struct place *place, struct error *error)
{
    const struct loaded *loaded = loaded_find_at(place, error);
    if (!place->found)
        error_set(error, PLUGIN_UNSUPPORTED, "no loaded module contains this address");
    return loaded;
}

const struct loaded *loaded_find(const void *address, struct error *error)
{
    return loaded_find_place(&(struct place){.address = address}, error);
}

const struct loaded *loaded_libc(const void *address, struct error *error)
{
    const struct loaded *loaded = __atomic_load_n(&libc, __ATOMIC_ACQUIRE);
    if (loaded || !address)
        return loaded;
    loaded = loaded_find_place(&(struct place){.address = address, .is_libc = true}, error);
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

/* Finds a place, and gets its name and extent. */
static bool place_name(struct place *place, uintptr_t *base, uintptr_t *end)
{
    dl_iterate_phdr(place_find, place);
    *base = place->base;
    *end = place->end;
    return place->found && !place->is_program;
}

bool loaded_name(const void *address, char name[static PATH_MAX], uintptr_t *base, uintptr_t *end)
{
    struct place place = {.address = address, .buffer = name};
    return place_name(&place, base, end);
}

bool loaded_name_at(unsigned index, char name[static PATH_MAX], uintptr_t *base, uintptr_t *end)
{
    struct place place = {.index = index, .buffer = name};
    return place_name(&place, base, end);
}

bool loaded_is_file(const void *address, const struct file *file)
{
    struct place place = {.address = address};
    struct module module = {0};
    struct file own = *file;
    ARENA_AUTO arena = {0};
    ERROR_AUTO ignored = {0};
    own.start = own.end = (struct file_part){0}; /* in an arena that may be gone */
    dl_iterate_phdr(place_find, &place);
    bool is_of = place.found && module_read_headers(&module, &own, &arena, &ignored) &&
                 place_is_of(&place, &module.elf, &own, false);
    free(place.name);
    return is_of;
}
