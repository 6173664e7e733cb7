/* SPDX-License-Identifier: MIT */
/* Finding a library's file as the dynamic loader does (ld.so(8); musl: ldso/dynlink.c). */
#include "libraries/library_search_p.h"

#include "base/path.h"
#include "libraries/hardware_p.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>

enum { PLACES_SHOWN = 16, CACHE_SIZE_MAX = 64 << 20 };

/* The budget of all searches, in bytes of lists that are read: enough to try some 30,000 paths, or
 * some 2,000 files for another machine. A search of the cache skips most of its bytes. */
enum {
    WORK_MAX = 1 << 26,
    WORK_OF_TRY = 1 << 10,
    WORK_OF_CHARACTER = 1 << 4,
    WORK_OF_FILE = 1 << 15,
    CACHE_PER_WORK = 8
};

/* The names of library directories on each machine; the last row is for all others. */
struct library_platform {
    uint16_t machine;
    bool is_64;
    const char *debian; /* the multiarch directory's name */
    const char *musl;
};

static const struct library_platform platforms[] = {
    {EM_X86_64, true, "x86_64-linux-gnu", "x86_64"},
    {EM_386, false, "i386-linux-gnu", "i386"},
    {EM_AARCH64, true, "aarch64-linux-gnu", "aarch64"},
    {EM_ARM, false, "arm-linux-gnueabihf", "armhf"},
    {EM_RISCV, true, "riscv64-linux-gnu", "riscv64"},
    {EM_PPC64, true, "powerpc64le-linux-gnu", "powerpc64le"},
    {EM_S390, true, "s390x-linux-gnu", "s390x"},
    {258 /* EM_LOONGARCH, which older headers lack */, true, "loongarch64-linux-gnu",
     "loongarch64"},
    {0, false, "unknown-linux-gnu", "unknown"},
};

/* The search for one library. */
struct lookup {
    struct library_search *search;
    const struct libraries *libraries;
    const char *name;
    struct library_found *found;
    struct text places;      /* the first PLACES_SHOWN that lack it, each ended by a newline */
    size_t place_count;      /* including those beyond PLACES_SHOWN */
    struct text passed_over; /* the first file that does not fit, and why */
    bool is_over;            /* found, or failed with the error set */
    bool is_found;
    struct error *error;
};

/* ---- one file ---- */

static void lookup_fail_for_memory(struct lookup *lookup)
{
    error_set_no_memory(lookup->error);
    lookup->is_over = true;
}

static bool lookup_spend(struct lookup *lookup, size_t work)
{
    if (budget_spend(&lookup->search->work, work))
        return true;
    error_set(lookup->error, PLUGIN_SYSTEM, "too many libraries and search directories");
    lookup->is_over = true;
    return false;
}

static void lookup_pass_over(struct lookup *lookup, const char *path, const struct elf *elf)
{
    char machine[24];
    if (!lookup->passed_over.length)
        text_add(&lookup->passed_over, "%s is for %s, %d bits", path,
                 elf_machine_name(elf->machine, machine), elf->is_64 ? 64 : 32);
}

/* Returns the directory of a path, absolute; NULL if memory runs out. */
static const char *lookup_directory_of(struct arena *arena, const char *path)
{
    char absolute[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (path[0] == '/')
        return arena_strndup(arena, path, length ? length : 1);
    const char *relative = slash ? arena_strndup(arena, path, length) : ".";
    return relative && realpath(relative, absolute)
               ? arena_strndup(arena, absolute, strlen(absolute))
               : NULL;
}

static void lookup_take(struct lookup *lookup, struct file *file, const char *path)
{
    lookup->found->file = *file;
    *file = (struct file)FILE_NONE;
    lookup->found->path = arena_strndup(lookup->libraries->arena, path, strlen(path));
    lookup->found->origin = lookup_directory_of(lookup->libraries->arena, path);
    lookup->is_over = true;
    lookup->is_found = lookup->found->path && lookup->found->origin;
    if (!lookup->is_found)
        lookup_fail_for_memory(lookup);
}

/* Opens the file at this path and reads its ELF header. */
static bool lookup_open_file(struct file *file, struct elf *elf, const char *path,
                             struct error *error)
{
    uint8_t start[ELF_HEADER_SIZE];
    if (!file_open(file, path, error))
        return false;
    size_t size = file->size < sizeof start ? (size_t)file->size : sizeof start;
    return file_read(file, 0, size, start, error) &&
           elf_read_header(elf, (struct bytes){start, size}, file->size, error);
}

/* Takes the file at this path if it is an ELF file for the right machine. Passes over a file for
 * another machine. A file that is not ELF ends the search, as it does for the dynamic loader. */
static void lookup_try_file(struct lookup *lookup, const char *path)
{
    FILE_AUTO file;
    struct elf elf;
    if (!lookup_open_file(&file, &elf, path, lookup->error)) {
        lookup->is_over = lookup->error->code != PLUGIN_NOT_FOUND;
        if (lookup->is_over)
            error_prefix(lookup->error, "%s: ", path);
        else
            error_free(lookup->error);
    } else if (elf.machine != lookup->search->machine || elf.is_64 != lookup->search->is_64) {
        lookup_pass_over(lookup, path, &elf);
        lookup_spend(lookup, WORK_OF_FILE);
    } else {
        lookup_take(lookup, &file, path);
    }
}

static void lookup_try_path(struct lookup *lookup, const struct text *path)
{
    if (path->failed)
        lookup_fail_for_memory(lookup);
    else if (lookup_spend(lookup, WORK_OF_TRY + path->length * WORK_OF_CHARACTER))
        lookup_try_file(lookup, text_chars(path));
}

/* Tries the only path that the library can have. */
static void lookup_try_only_path(struct lookup *lookup, const struct text *path)
{
    lookup_try_path(lookup, path);
    if (!lookup->is_over && !lookup->passed_over.length)
        text_add(&lookup->passed_over, "%s does not exist", text_chars(path));
}

/* ---- directories ---- */

/* Adds a place; false if it was added before, and is among the first PLACES_SHOWN. */
static bool lookup_add_place(struct lookup *lookup, const char *place)
{
    size_t length = strlen(place);
    for (const char *at = text_chars(&lookup->places); *at; at = strchr(at, '\n') + 1)
        if (!strncmp(at, place, length) && at[length] == '\n')
            return false;
    if (lookup->place_count++ < PLACES_SHOWN)
        text_add(&lookup->places, "%s\n", place);
    return true;
}

/* The dynamic loader would take the library from the working directory, which an attacker may
 * control, and search no further. */
static void lookup_refuse_relative(struct lookup *lookup, const char *directory)
{
    file_close(&lookup->found->file);
    lookup->is_found = false;
    error_set(
        lookup->error, PLUGIN_NOT_FOUND,
        "found in \"%s\", which is relative to the working directory: link the module that needs it with "
        "an absolute path or $ORIGIN",
        directory);
}

/* Tries the library in a subdirectory, or in the directory itself if that is "". */
static void lookup_try_in(struct lookup *lookup, const char *directory, const char *subdirectory)
{
    TEXT_AUTO path = {0};
    text_add(&path, "%s%s%s%s%s", directory, directory[strlen(directory) - 1] == '/' ? "" : "/",
             subdirectory, *subdirectory ? "/" : "", lookup->name);
    lookup_try_path(lookup, &path);
    if (lookup->is_found && *directory != '/')
        lookup_refuse_relative(lookup, directory);
}

/* Tries the subdirectories for this processor. Most directories have none: one look at the first
 * component of their names is enough for all that start with it. */
static void lookup_try_hardware(struct lookup *lookup, const char *directory)
{
    const char *name, *last = "";
    struct stat status;
    bool is_there = false;
    for (size_t i = 0; !lookup->is_over && (name = hardware_directory(i)); i++) {
        size_t length = strcspn(name, "/");
        if (strncmp(name, last, length) != 0 || strcspn(last, "/") != length) {
            TEXT_AUTO path = {0};
            text_add(&path, "%s/%.*s", directory, (int)length, name);
            is_there = !path.failed && stat(text_chars(&path), &status) == 0;
            last = name;
        }
        if (is_there)
            lookup_try_in(lookup, directory, name);
    }
}

static void lookup_try_directory(struct lookup *lookup, const char *directory)
{
    if (lookup->is_over || !lookup_add_place(lookup, directory))
        return;
    if (lookup->search->has_hardware)
        lookup_try_hardware(lookup, directory);
    if (!lookup->is_over)
        lookup_try_in(lookup, directory, "");
}

/* Adds the value of $LIB: the directory in which the C library in use has its libraries. */
static void token_add_lib(struct text *text, const struct library_search *search)
{
    struct stat status;
    char multiarch[64];
    snprintf(multiarch, sizeof multiarch, "/lib/%s", search->platform->debian);
    bool is_debian = search->platform->machine && stat(multiarch, &status) == 0;
    text_add(text, "%s", is_debian ? multiarch + 1 : search->is_64 ? "lib64" : "lib");
}

/* Adds a path with its dynamic string tokens replaced (ld.so(8)). Stops at PATH_MAX. */
static void token_add_expanded(struct text *text, const struct library_search *search,
                               const char *string, size_t length, const char *origin)
{
    const char *platform = (const char *)getauxval(AT_PLATFORM);
    for (size_t i = 0, used; i < length && text->length < PATH_MAX; i += used) {
        if (string[i] != '$') {
            const char *next = memchr(string + i, '$', length - i);
            used = next ? (size_t)(next - string) - i : length - i;
            text_add_bytes(text, string + i, used < PATH_MAX ? used : PATH_MAX);
        } else if ((used = path_token_length(string + i, length - i, "ORIGIN"))) {
            text_add(text, "%s", origin);
        } else if ((used = path_token_length(string + i, length - i, "LIB"))) {
            token_add_lib(text, search);
        } else if ((used = path_token_length(string + i, length - i, "PLATFORM"))) {
            text_add(text, "%s", platform ? platform : "");
        } else {
            used = 1;
            text_add_bytes(text, "$", used);
        }
    }
}

/* Tries each directory of a list. An empty name is the working directory; an empty list has none.
 */
static void lookup_try_list(struct lookup *lookup, const char *list, const char *separators,
                            const char *origin)
{
    if (lookup->is_over || !list || !*list || !lookup_spend(lookup, strlen(list)))
        return;
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, separators);
        TEXT_AUTO directory = {0};
        token_add_expanded(&directory, lookup->search, at, length, origin);
        if (directory.failed)
            lookup_fail_for_memory(lookup);
        if (directory.length < PATH_MAX)
            lookup_try_directory(lookup, directory.length ? text_chars(&directory) : ".");
        at += length;
        if (!*at || lookup->is_over)
            return;
    }
}

/* Tries the DT_RPATH of a library, of those that needed it, and of the program. musl treats
 * DT_RUNPATH likewise. */
static void lookup_try_inherited(struct lookup *lookup, size_t needer)
{
    for (size_t i = needer; !lookup->is_over; i = lookup->libraries->items[i].needed_by) {
        const struct library *library = &lookup->libraries->items[i];
        if (library->dynamic.is_rpath || lookup->search->is_musl)
            lookup_try_list(lookup, library->dynamic.runpath, ":", library->origin);
        if (!i)
            break;
    }
    const struct libraries_program *program = &lookup->libraries->program;
    if (lookup->is_over || !program->runpath || !(program->is_rpath || lookup->search->is_musl))
        return;
    const char *origin = lookup_directory_of(lookup->libraries->arena, program->path);
    if (origin)
        lookup_try_list(lookup, program->runpath, ":", origin);
    else
        lookup_fail_for_memory(lookup);
}

/* Reads a whole file, once for all libraries. An unreadable one counts as empty. */
static struct bytes lookup_read_once(struct lookup *lookup, const char *path,
                                     struct library_cache *cache)
{
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO ignored = {0};
    if (!cache->is_read && file_open(&file, path, &ignored) && file.size <= CACHE_SIZE_MAX) {
        size_t size = (size_t)file.size;
        uint8_t *bytes = arena_alloc(cache->arena, size);
        if (!bytes) {
            lookup_fail_for_memory(lookup);
            return cache->bytes;
        }
        if (file_read(&file, 0, size, bytes, &ignored))
            cache->bytes = (struct bytes){bytes, size};
    }
    cache->is_read = true;
    return cache->bytes;
}

/* ---- glibc ---- */

/* The structures of glibc's cache (sysdeps/generic/dl-cache.h). */
static const char cache_magic[] = "glibc-ld.so.cache1.1", old_cache_magic[] = "ld.so-1.7.0";

struct cache_header {
    char magic[20];
    uint32_t entry_count, strings_size;
    uint8_t byte_order; /* 0: not stated */
    uint8_t padding[3];
    uint32_t extensions, unused[3];
};

struct cache_entry {
    int32_t flags;
    uint32_t name, path; /* from the header's start */
    uint32_t os_version;
    uint64_t features; /* required of the processor; 0: none */
};

struct old_cache_header {
    char magic[12];
    uint32_t entry_count;
};

enum { OLD_CACHE_ENTRY_SIZE = 12 };

/* The header's value of byte_order. */
#define OWN_BYTE_ORDER (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 2 : 3)

/* Copies the first bytes; false if there are too few. */
static bool bytes_copy_start(struct bytes bytes, void *start, size_t size)
{
    if (bytes.size >= size)
        bytes_item(bytes, 0, start, size);
    return bytes.size >= size;
}

struct bytes library_cache(struct bytes file)
{
    const uint64_t alignment = _Alignof(struct cache_entry);
    struct old_cache_header old;
    struct cache_header header;
    if (bytes_copy_start(file, &old, sizeof old) &&
        !memcmp(old.magic, old_cache_magic, sizeof old_cache_magic - 1)) {
        /* The present format follows, aligned. */
        uint64_t end = sizeof old + (uint64_t)old.entry_count * OLD_CACHE_ENTRY_SIZE;
        end = align_up(end, alignment);
        if (end > file.size)
            return (struct bytes){0};
        file = (struct bytes){file.data + end, file.size - (size_t)end};
    }
    bool is_own = bytes_copy_start(file, &header, sizeof header) &&
                  !memcmp(header.magic, cache_magic, sizeof header.magic) &&
                  (!header.byte_order || (header.byte_order & 3) == OWN_BYTE_ORDER);
    return is_own ? file : (struct bytes){0};
}

/* The word of an entry that starts at this place in it. */
static uint32_t cache_word(struct bytes entries, size_t index, size_t place)
{
    uint32_t word;
    memcpy(&word, entries.data + index * sizeof(struct cache_entry) + place, sizeof word);
    return word;
}

const char *library_cache_next(struct bytes cache, const char *name, size_t *index,
                               bool *is_special)
{
    struct cache_header header;
    struct bytes entries;
    size_t size = strlen(name) + 1;
    if (!bytes_copy_start(cache, &header, sizeof header) || size > cache.size ||
        !bytes_slice(cache, sizeof header, header.entry_count, sizeof(struct cache_entry),
                     &entries))
        return NULL;
    for (size_t i = *index; i < header.entry_count; i++) {
        uint32_t place = cache_word(entries, i, offsetof(struct cache_entry, name));
        /* Most names have another length. */
        if (place > cache.size - size || cache.data[place + size - 1] ||
            memcmp(cache.data + place, name, size) != 0)
            continue;
        struct cache_entry entry;
        bytes_item(entries, i, &entry, sizeof entry);
        *index = i + 1;
        *is_special = entry.features != 0;
        return bytes_string(cache, entry.path);
    }
    *index = header.entry_count;
    return NULL;
}

/* Sets the list of the system's directories. */
static void lookup_list_defaults(const struct lookup *lookup, char list[static 128])
{
    snprintf(list, 128, "/lib/%1$s:/usr/lib/%1$s:%2$s/lib:/usr/lib",
             lookup->search->platform->debian, lookup->search->is_64 ? "/lib64:/usr/lib64:" : "");
}

static bool lookup_is_in_default(const struct lookup *lookup, const char *path)
{
    char list[128];
    lookup_list_defaults(lookup, list);
    for (const char *at = list; *at; at += *at == ':') {
        size_t length = strcspn(at, ":");
        if (!strncmp(path, at, length) && path[length] == '/')
            return true;
        at += length;
    }
    return false;
}

static void lookup_try_cache(struct lookup *lookup, bool has_default)
{
    const char cache_path[] = "/etc/ld.so.cache";
    if (lookup->is_over)
        return;
    struct library_cache *shared = lookup->libraries->cache;
    struct bytes cache = library_cache(
        lookup_read_once(lookup, cache_path, shared ? shared : &lookup->search->cache));
    if (cache.size)
        lookup_add_place(lookup, cache_path);
    if (!lookup_spend(lookup, cache.size / CACHE_PER_WORK))
        return;
    /* Those for this processor come first, the best ones before the others. */
    size_t ranks = 0, first = 0;
    bool is_special, has_special;
    while (lookup->search->has_hardware && hardware_directory(ranks))
        ranks++;
    if (!library_cache_next(cache, lookup->name, &first, &is_special))
        return;
    size_t end = first;
    has_special = is_special;
    for (size_t next = first; library_cache_next(cache, lookup->name, &next, &is_special);
         end = next)
        has_special |= is_special;
    for (size_t rank = has_special ? 0 : ranks; rank <= ranks; rank++) {
        size_t index = first - 1;
        const char *found;
        while (!lookup->is_over && index < end &&
               (found = library_cache_next(cache, lookup->name, &index, &is_special))) {
            TEXT_AUTO path = {0};
            if ((is_special ? hardware_rank(found) : ranks) != rank ||
                (is_special && rank == ranks) ||
                (!has_default && lookup_is_in_default(lookup, found)))
                continue;
            text_add(&path, "%s", found);
            lookup_try_path(lookup, &path);
        }
    }
}

static void lookup_for_glibc(struct lookup *lookup, size_t needer)
{
    const struct library *library = &lookup->libraries->items[needer];
    bool has_runpath = library->dynamic.runpath && !library->dynamic.is_rpath;
    if (!has_runpath)
        lookup_try_inherited(lookup, needer);
    lookup_try_list(lookup, secure_getenv("LD_LIBRARY_PATH"), ":;",
                    lookup->libraries->items[0].origin);
    if (has_runpath)
        lookup_try_list(lookup, library->dynamic.runpath, ":", library->origin);
    /* DF_1_NODEFLIB bars the system's directories, which have most of what the cache lists. */
    char list[128];
    bool has_default = !library->dynamic.is_no_default;
    lookup_try_cache(lookup, has_default);
    if (lookup->is_over || !has_default)
        return;
    lookup_list_defaults(lookup, list);
    lookup_try_list(lookup, list, ":", "");
}

/* ---- musl ---- */

/* Names that musl resolves to its C library, which is its dynamic loader. */
static bool name_is_of_musl(const char *name)
{
    static const char *const parts[] = {"libc.",  "libpthread.", "librt.",  "libm.",
                                        "libdl.", "libutil.",    "libxnet."};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strncmp(name, parts[i], strlen(parts[i])))
            return true;
    return false;
}

static void lookup_try_musl_directories(struct lookup *lookup)
{
    char path[64];
    TEXT_AUTO list = {0};
    snprintf(path, sizeof path, "/etc/ld-musl-%s.path", lookup->search->platform->musl);
    struct bytes file = lookup_read_once(lookup, path, &lookup->search->cache);
    text_add_bytes(&list, (const char *)file.data, file.size);
    if (list.length && list.chars[list.length - 1] == '\n')
        list.chars[--list.length] = '\0';
    if (list.failed)
        lookup_fail_for_memory(lookup);
    lookup_try_list(lookup, list.length ? list.chars : "/lib:/usr/local/lib:/usr/lib", ":\n", "");
}

static void lookup_for_musl(struct lookup *lookup, size_t needer)
{
    if (name_is_of_musl(lookup->name)) {
        TEXT_AUTO path = {0};
        text_add(&path, "/lib/ld-musl-%s.so.1", lookup->search->platform->musl);
        return lookup_try_only_path(lookup, &path);
    }
    lookup_try_list(lookup, secure_getenv("LD_LIBRARY_PATH"), ":", "");
    lookup_try_inherited(lookup, needer);
    lookup_try_musl_directories(lookup);
}

/* ---- all of it ---- */

/* Sets the error that lists the places that were searched. */
static bool lookup_set_not_found(struct lookup *lookup)
{
    TEXT_AUTO text = {0};
    const char *next;
    for (const char *at = text_chars(&lookup->places); *at; at = next + 1) {
        next = strchr(at, '\n');
        text_add(&text, "%s%.*s", text.length ? ", " : "not found in ", (int)(next - at), at);
    }
    if (lookup->place_count > PLACES_SHOWN)
        text_add(&text, " and %zu more", lookup->place_count - PLACES_SHOWN);
    if (lookup->passed_over.length)
        text_add(&text, "%s%s", text.length ? "; " : "", text_chars(&lookup->passed_over));
    if (lookup->places.failed || lookup->passed_over.failed || text.failed)
        return error_set_no_memory(lookup->error);
    return error_set(lookup->error, PLUGIN_NOT_FOUND, "%s", text_chars(&text));
}

bool library_search_find(struct library_search *search, const struct libraries *libraries,
                         size_t needer, const char *name, struct library_found *found,
                         struct error *error)
{
    *found = (struct library_found){.file = FILE_NONE};
    struct lookup lookup = {
        .search = search, .libraries = libraries, .name = name, .found = found, .error = error};
    if (strchr(name, '/')) {
        TEXT_AUTO path = {0};
        token_add_expanded(&path, search, name, strlen(name), libraries->items[needer].origin);
        lookup_try_only_path(&lookup, &path);
    } else if (search->is_musl) {
        lookup_for_musl(&lookup, needer);
    } else {
        lookup_for_glibc(&lookup, needer);
    }
    bool is_found = lookup.is_found || (!lookup.is_over && lookup_set_not_found(&lookup));
    text_free(&lookup.places);
    text_free(&lookup.passed_over);
    if (!is_found)
        file_close(&found->file);
    return is_found;
}

static bool dynamic_needs_musl(const struct dynamic *dynamic)
{
    const char *name;
    for (size_t i = 0; (name = dynamic_needed(dynamic, i)); i++)
        if (!strcmp(name, "libc.so") || !strncmp(name, "libc.musl-", 10))
            return true;
    return false;
}

void library_search_init(struct library_search *search, const struct library *root)
{
    const struct elf *elf = &root->module->elf;
    const struct library_platform *platform = platforms;
    for (; platform->machine; platform++) {
        struct elf other = {.machine = platform->machine, .is_64 = platform->is_64};
        if (elf->machine ? other.machine == elf->machine && other.is_64 == elf->is_64
                         : elf_is_own_machine(&other))
            break;
    }
    *search = (struct library_search){.platform = platform,
                                      .machine = elf->machine ? elf->machine : platform->machine,
                                      .is_64 = elf->machine ? elf->is_64 : platform->is_64,
                                      .is_musl = dynamic_needs_musl(&root->dynamic),
                                      .has_hardware = !elf->machine || elf_is_own_machine(elf),
                                      .work = {WORK_MAX}};
}
