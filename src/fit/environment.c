/* SPDX-License-Identifier: MIT */
/* What a plugin needs of a process apart from symbols: the machine, the C library, sanitizers,
 * libraries. */
#include "fit/judgement_p.h"
#include "libraries/toolchain.h"

#include <stdlib.h>

static bool has_prefix(const char *string, const char *prefix)
{
    return !strncmp(string, prefix, strlen(prefix));
}

/* ---- machine ---- */

/* ---- the C library ---- */

static bool is_musl(const char *library)
{
    return !strcmp(library, "libc.so") || has_prefix(library, "libc.musl-") ||
           has_prefix(library, "ld-musl-");
}

/* Before 2.34 the file was named libc-2.NN.so. */
static bool is_glibc(const char *library)
{
    return !strcmp(library, "libc.so.6") || has_prefix(library, "libc-2.");
}

static const char *libc_name(const char *library)
{
    return is_glibc(library) ? "glibc" : "musl";
}

/* Returns the C library that the plugin needs; NULL if it needs none, or an unknown one. */
static const char *needed_libc(const struct judgement *j)
{
    const char *name;
    for (size_t i = 0; (name = dynamic_needed(&j->libraries->items[0].dynamic, i)); i++)
        if (is_glibc(name) || is_musl(name))
            return name;
    return NULL;
}

/* Sets *name to the C library of the process; NULL if it is unknown or the program is static. A
 * function's address identifies it; dlopen does not, as musl's accepts other C libraries' names for
 * itself. */
static bool find_libc(const struct judgement *j, const char **name)
{
    const struct fit_host *host = j->host;
    struct provider provider = {.path = host->libc_path};
    bool is_found = host->libc_path;
    *name = NULL;
    if (!is_found && !host->find_symbol(host->context, "__libc_start_main", NULL, FORMAT_FUNCTION,
                                        &is_found, &provider, j->error))
        return false;
    if (!is_found)
        return true;
    const char *library = path_base_name(provider.path);
    if (is_glibc(library) || is_musl(library))
        *name = library;
    return true;
}

static bool judge_libc(struct judgement *j)
{
    const char *needed = needed_libc(j), *loaded;
    if (!needed)
        return true;
    if (!find_libc(j, &loaded))
        return false;
    j->is_other_libc = loaded && is_glibc(needed) != is_glibc(loaded);
    /* Without the name of the host's file: musl's has one in a process, another for the linker. */
    if (j->is_other_libc)
        misfits_add(j->misfits, NULL, NULL, "needs the C library %s (%s); %s uses %s",
                    libc_name(needed), needed, j->host->is_isolated ? "its process" : "the host",
                    libc_name(loaded));
    return true;
}

/* ---- sanitizers ---- */

/* Prefixes of the names of a sanitizer's run-time libraries and functions, and a function that each
 * library has. */
static const struct sanitizer {
    enum format_sanitizer bit;
    const char *library, *clang_library, *prefix, *function;
} sanitizers[] = {
    {FORMAT_SANITIZE_ADDRESS, "libasan.", "libclang_rt.asan", "__asan_", "__asan_init"},
    {FORMAT_SANITIZE_THREAD, "libtsan.", "libclang_rt.tsan", "__tsan_", "__tsan_init"},
    {FORMAT_SANITIZE_MEMORY, "libmsan.", "libclang_rt.msan", "__msan_", "__msan_init"},
    {FORMAT_SANITIZE_HWADDRESS, "libhwasan.", "libclang_rt.hwasan", "__hwasan_", "__hwasan_init"},
    {FORMAT_SANITIZE_UNDEFINED, "libubsan.", "libclang_rt.ubsan", "__ubsan_",
     "__ubsan_handle_type_mismatch_v1"},
    /* -fsanitize=leak leaves no trace in the code; only the library shows it. */
    {0, "liblsan.", "libclang_rt.lsan", "__lsan_", "__lsan_init"},
};
enum { SANITIZER_COUNT = sizeof sanitizers / sizeof *sanitizers };

static bool is_common_sanitizer_symbol(const char *name)
{
    return has_prefix(name, "__sanitizer_") || has_prefix(name, "__lsan_");
}

bool is_sanitizer_symbol(const char *name)
{
    for (size_t i = 0; i < SANITIZER_COUNT; i++)
        if (has_prefix(name, sanitizers[i].prefix))
            return true;
    return is_common_sanitizer_symbol(name);
}

static bool is_of_lacking_sanitizer(const struct judgement *j, const char *symbol)
{
    for (size_t i = 0; i < SANITIZER_COUNT; i++)
        if ((j->lacking_sanitizers & sanitizers[i].bit) && has_prefix(symbol, sanitizers[i].prefix))
            return true;
    return j->lacking_sanitizers && is_common_sanitizer_symbol(symbol);
}

/* Returns the sanitizer whose run-time library this is, or NULL. */
static const struct sanitizer *sanitizer_of_library(const char *library)
{
    const char *name = path_base_name(library);
    for (size_t i = 0; i < SANITIZER_COUNT; i++)
        if (has_prefix(name, sanitizers[i].library) ||
            has_prefix(name, sanitizers[i].clang_library))
            return &sanitizers[i];
    return NULL;
}

/* Does the process have this run-time library? Most must be loaded before any other code runs, so a
 * plugin cannot bring one along. The same rule applies to all. */
static bool has_sanitizer(const struct judgement *j, const struct sanitizer *sanitizer, bool *has)
{
    const struct fit_host *host = j->host;
    const struct module *program = host->module;
    struct provider provider;
    *has = !host->is_isolated && program && program->is_stamped &&
           (program->meta.header.sanitizers & sanitizer->bit);
    return *has || host->find_symbol(host->context, sanitizer->function, NULL, FORMAT_FUNCTION, has,
                                     &provider, j->error);
}

static bool judge_sanitizers(struct judgement *j)
{
    for (size_t i = 0; i < SANITIZER_COUNT; i++) {
        bool has;
        if (!(j->plugin->meta.header.sanitizers & sanitizers[i].bit))
            continue;
        /* What undefined behaviour needs may be loaded late. */
        bool is_alone = j->host->is_isolated && sanitizers[i].bit != FORMAT_SANITIZE_UNDEFINED;
        if (!has_sanitizer(j, &sanitizers[i], &has))
            return false;
        if (has && !is_alone)
            continue;
        j->lacking_sanitizers |= sanitizers[i].bit;
        const char *why =
            is_alone ? "which the process of an isolated plugin does not have: build it without"
                     : "and the host without it: build both with it or neither";
        misfits_add(j->misfits, NULL, NULL, "built with -fsanitize=%s, %s",
                    meta_sanitizer_name(sanitizers[i].bit), why);
    }
    return true;
}

/* ---- libraries ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the missing libraries by name: each missing symbol may search for one. */
static bool sort_missing(struct judgement *j)
{
    size_t count = j->libraries->missing_count;
    j->missing = arena_alloc_zeroed(j->libraries->arena, count, sizeof *j->missing);
    if (!j->missing)
        return error_set_no_memory(j->error);
    for (size_t i = 0; i < count; i++)
        j->missing[i] = j->libraries->missing[i].name;
    qsort(j->missing, count, sizeof *j->missing, compare_names);
    return true;
}

bool judge_is_missing(const struct judgement *j, const char *library)
{
    return bsearch(&library, j->missing, j->libraries->missing_count, sizeof library,
                   compare_names);
}

/* musl's symbols have no versions: only a name reserved for the implementation (C11 7.1.3) shows
 * that a symbol is the C library's. */
bool judge_is_explained(const struct judgement *j, const struct dynamic_symbol *symbol)
{
    if (is_of_lacking_sanitizer(j, symbol->name))
        return true;
    if (symbol->library && judge_is_missing(j, symbol->library))
        return true;
    return j->is_other_libc &&
           (symbol->library ? toolchain_has(symbol->library) : has_prefix(symbol->name, "__"));
}

static void judge_missing_libraries(struct judgement *j)
{
    for (size_t i = 0; i < j->libraries->missing_count && !misfits_are_too_many(j->misfits); i++) {
        const struct missing_library *missing = &j->libraries->missing[i];
        const struct sanitizer *sanitizer = sanitizer_of_library(missing->name);
        if ((j->is_other_libc && toolchain_has(missing->name)) ||
            (sanitizer && (j->lacking_sanitizers & sanitizer->bit)))
            continue; /* a misfit already */
        misfits_add(j->misfits, NULL, NULL, "library %s, needed by %s: %s", missing->name,
                    missing->needer, missing->reason ? missing->reason : "missing");
    }
}

/* A library may need a sanitizer that the plugin's own code does not use. A run-time library that
 * is loaded late may end the process. */
static void judge_late_sanitizers(struct judgement *j)
{
    for (size_t i = 1; i < j->libraries->count; i++) {
        const struct library *library = &j->libraries->items[i];
        const struct sanitizer *sanitizer = sanitizer_of_library(library->path);
        if (!sanitizer || sanitizer->bit == FORMAT_SANITIZE_UNDEFINED ||
            (j->lacking_sanitizers & sanitizer->bit))
            continue;
        misfits_add(j->misfits, NULL, NULL,
                    j->host->is_isolated
                        ? "library %s, needed by %s: the process of an isolated plugin has no "
                          "sanitizers; build it without -fsanitize=%s"
                        : "library %s, needed by %s: it must be loaded when the program starts; "
                          "build the host with -fsanitize=%s",
                    path_base_name(library->path), j->libraries->items[library->needed_by].path,
                    sanitizer->bit ? meta_sanitizer_name(sanitizer->bit) : "leak");
    }
}

/* ---- what the dynamic loader would do to the process ---- */

static void judge_loading(struct judgement *j)
{
    const struct fit_host *host = j->host;
    const char *libc = needed_libc(j);
    for (size_t i = 0; i < j->libraries->count; i++) {
        const struct library *library = &j->libraries->items[i];
        const char *path = i ? library->path : "", *separator = i ? ": " : "";
        if (library->dynamic.has_code_relocations)
            misfits_add(j->misfits, NULL, NULL,
                        "%s%shas relocations in its code (DT_TEXTREL), so the dynamic loader would "
                        "make the code writable; compile all of it with -fPIC",
                        path, separator);
        /* musl knows neither the flag nor executable stacks of libraries. */
        if (libc && is_musl(libc))
            continue;
        if (library->dynamic.is_no_open)
            misfits_add(j->misfits, NULL, NULL,
                        "%s%slinked with -z nodlopen (DF_1_NOOPEN), so the dynamic loader refuses "
                        "to load it into a running program",
                        path, separator);
        if (elf_needs_executable_stack(&library->module->elf) &&
            !(host->allows_executable_stack && host->allows_executable_stack(host->context)))
            misfits_add(j->misfits, NULL, NULL,
                        "%s%sneeds an executable stack (PT_GNU_STACK), so the dynamic loader would "
                        "make the stacks of the whole process executable; link it with "
                        "-Wl,-z,noexecstack",
                        path, separator);
    }
}

bool judge_environment(struct judgement *j)
{
    const struct module *program = j->host->module;
    if (!sort_missing(j))
        return false;
    /* The linker has found all libraries. */
    if (j->libraries->is_linked)
        return true;
    const struct elf *own = &j->plugin->elf, *host = program ? &program->elf : own;
    if (own->machine && host->machine &&
        (own->machine != host->machine || own->is_64 != host->is_64)) {
        char own_name[24], host_name[24];
        misfits_add(j->misfits, NULL, NULL,
                    "built for %s, %d bits; the host is built for %s, %d bits",
                    elf_machine_name(own->machine, own_name), own->is_64 ? 64 : 32,
                    elf_machine_name(host->machine, host_name), host->is_64 ? 64 : 32);
        j->is_other_machine = true;
        return true;
    }
    if (!judge_libc(j) || !judge_sanitizers(j))
        return false;
    judge_missing_libraries(j);
    judge_late_sanitizers(j);
    judge_loading(j);
    return true;
}
