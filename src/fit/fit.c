/* The judgement as a whole, and what it says of the process before it comes to symbols: machine, C
 * library, sanitizers, libraries. */
#include "fit/fit.h"

#include "base/brief.h"
#include "fit/judgement.h"
#include "libraries/toolchain.h"

#include <stdlib.h>

/* ---- what belongs to the implementation ---- */

static bool starts_with(const char *string, const char *prefix)
{
    return !strncmp(string, prefix, strlen(prefix));
}

const char *judge_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The sanitizers: what the names of their run-time libraries and functions start with, and a
 * function that each run-time library has. */
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
    /* -fsanitize=leak leaves nothing in the code: only the library tells. */
    {0, "liblsan.", "libclang_rt.lsan", "__lsan_", "__lsan_init"},
};
enum { SANITIZER_COUNT = sizeof sanitizers / sizeof *sanitizers };

/* What all of their run-time libraries have. */
static bool is_common_runtime_symbol(const char *name)
{
    return starts_with(name, "__sanitizer_") || starts_with(name, "__lsan_");
}

bool judge_is_runtime_symbol(const char *name)
{
    for (size_t i = 0; i < SANITIZER_COUNT; i++)
        if (starts_with(name, sanitizers[i].prefix))
            return true;
    return is_common_runtime_symbol(name);
}

void judge_add_provider(struct text *text, const struct provider *provider)
{
    text_add_escaped(text, provider->is_host ? "the host" : judge_base_name(provider->path));
}

/* ---- machine ---- */

static void add_machine(struct text *text, const struct elf *elf)
{
    char machine[24];
    text_add(text, "%s, %d bits", elf_machine_name(elf->machine, machine), elf->is_64 ? 64 : 32);
}

/* Are both for the same machine, as far as that is known? Of another one, nothing else fits. */
static bool judge_machine(struct judgement *j)
{
    const struct module *host = j->host->module;
    const struct elf *own = &j->plugin->elf;
    if (!host || !host->elf.machine || !own->machine ||
        (host->elf.machine == own->machine && host->elf.is_64 == own->is_64))
        return true;
    struct misfit *misfit = misfits_start(j->misfits, NULL, NULL);
    text_add(&misfit->text, "it is for ");
    add_machine(&misfit->text, own);
    text_add(&misfit->text, ", and the host for ");
    add_machine(&misfit->text, &host->elf);
    misfits_end(j->misfits);
    return false;
}

/* ---- the C library ---- */

static bool is_musl(const char *library)
{
    return !strcmp(library, "libc.so") || starts_with(library, "libc.musl-") ||
           starts_with(library, "ld-musl-");
}

/* Before 2.34 its file was called libc-2.NN.so. */
static bool is_glibc(const char *library)
{
    return !strcmp(library, "libc.so.6") || starts_with(library, "libc-2.");
}

/* The C library that the plugin needs; NULL: none that is known here. */
static const char *needed_libc(const struct judgement *j)
{
    const char *name;
    for (size_t i = 0; (name = dynamic_needed(&j->libraries->items[0].dynamic, i)); i++)
        if (is_glibc(name) || is_musl(name))
            return name;
    return NULL;
}

/* The C library that the process has, *name; NULL: none that is known here, as in a static program.
 * It is asked for by a function, because musl claims to be every C library that it is asked for. */
static bool find_libc(const struct judgement *j, const char **name)
{
    const struct fit_host *host = j->host;
    struct provider provider = {.path = host->libc_path};
    bool found = host->libc_path;
    *name = NULL;
    if (!found && !host->find_symbol(host->context, "__libc_start_main", NULL, FORMAT_FUNCTION,
                                     &found, &provider, j->error))
        return false;
    if (!found)
        return true;
    const char *library = judge_base_name(provider.path);
    if (is_glibc(library) || is_musl(library))
        *name = library;
    return true;
}

static void add_other_libc(struct judgement *j, const char *needed, const char *loaded)
{
    struct misfit *misfit = misfits_start(j->misfits, NULL, NULL);
    text_add(&misfit->text, "it needs the C library %s (", is_glibc(needed) ? "glibc" : "musl");
    text_add_escaped(&misfit->text, needed);
    /* Of what file, is not the same in a process and for `plugin check`: musl's has two names. */
    text_add(&misfit->text, "), and the host runs with %s", is_glibc(loaded) ? "glibc" : "musl");
    misfits_end(j->misfits);
}

static bool judge_libc(struct judgement *j)
{
    const char *needed = needed_libc(j), *loaded;
    if (!needed)
        return true;
    if (!find_libc(j, &loaded))
        return false;
    j->is_other_libc = loaded && is_glibc(needed) != is_glibc(loaded);
    if (j->is_other_libc)
        add_other_libc(j, needed, loaded);
    return true;
}

/* ---- sanitizers ---- */

/* Has the process this run-time library? Most must be there before any other code runs, so that a
 * plugin cannot bring them along; and what one finds should not depend on which one it is. */
static bool has_sanitizer(const struct judgement *j, const struct sanitizer *sanitizer, bool *has)
{
    const struct fit_host *host = j->host;
    const struct module *program = host->module;
    struct provider provider;
    *has = program && program->is_stamped && (program->meta.header.sanitizers & sanitizer->bit);
    if (!*has && !host->find_symbol(host->context, sanitizer->function, NULL, FORMAT_FUNCTION, has,
                                    &provider, j->error))
        return false;
    return true;
}

static bool judge_sanitizers(struct judgement *j)
{
    for (size_t i = 0; i < SANITIZER_COUNT; i++) {
        bool has;
        if (!(j->plugin->meta.header.sanitizers & sanitizers[i].bit))
            continue;
        if (!has_sanitizer(j, &sanitizers[i], &has))
            return false;
        if (has)
            continue;
        j->lacking |= sanitizers[i].bit;
        struct misfit *misfit = misfits_start(j->misfits, NULL, NULL);
        text_add(&misfit->text,
                 "built with -fsanitize=%s, and the host is not: build both with it, or neither",
                 meta_sanitizer_name(sanitizers[i].bit));
        misfits_end(j->misfits);
    }
    return true;
}

static bool is_of_lacking_sanitizer(const struct judgement *j, const char *symbol)
{
    for (size_t i = 0; i < SANITIZER_COUNT; i++)
        if ((j->lacking & sanitizers[i].bit) && starts_with(symbol, sanitizers[i].prefix))
            return true;
    return j->lacking && is_common_runtime_symbol(symbol);
}

/* ---- libraries ---- */

/* The sanitizer whose run-time library this is; NULL: none's. */
static const struct sanitizer *sanitizer_of(const char *library)
{
    const char *name = judge_base_name(library);
    for (size_t i = 0; i < SANITIZER_COUNT; i++)
        if (starts_with(name, sanitizers[i].library) ||
            starts_with(name, sanitizers[i].clang_library))
            return &sanitizers[i];
    return NULL;
}

/* Is this library missing for a reason that is a misfit of its own? */
static bool is_explained_library(const struct judgement *j, const char *name)
{
    const struct sanitizer *sanitizer = sanitizer_of(name);
    return (j->is_other_libc && implementation_has(name)) ||
           (sanitizer && (j->lacking & sanitizer->bit));
}

/* A library of the plugin brings a sanitizer of which the plugin's own code has nothing. Loaded so
 * late, it may end the process. */
static void judge_late_sanitizers(struct judgement *j)
{
    for (size_t i = 1; i < j->libraries->count; i++) {
        const struct library *library = &j->libraries->items[i];
        const struct sanitizer *sanitizer = sanitizer_of(library->path);
        if (!sanitizer || sanitizer->bit == FORMAT_SANITIZE_UNDEFINED ||
            (j->lacking & sanitizer->bit))
            continue;
        struct misfit *misfit = misfits_start(j->misfits, NULL, NULL);
        text_add_escaped(&misfit->text, judge_base_name(library->path));
        text_add(&misfit->text, ": needed by ");
        text_add_escaped(&misfit->text, j->libraries->items[library->needed_by].path);
        text_add(&misfit->text,
                 ", and it must be there when the program starts: build the host with "
                 "-fsanitize=%s, too",
                 sanitizer->bit ? meta_sanitizer_name(sanitizer->bit) : "leak");
        misfits_end(j->misfits);
    }
}

static void judge_libraries(struct judgement *j)
{
    for (size_t i = 0; i < j->libraries->missing_count && !misfits_are_too_many(j->misfits); i++) {
        const struct missing_library *missing = &j->libraries->missing[i];
        if (is_explained_library(j, missing->name))
            continue;
        struct misfit *misfit = misfits_start(j->misfits, NULL, NULL);
        text_add_escaped(&misfit->text, missing->name);
        text_add(&misfit->text, ": needed by ");
        text_add_escaped(&misfit->text, missing->needer);
        text_add(&misfit->text, ", and ");
        text_add_escaped(&misfit->text, missing->reason ? missing->reason : "missing");
        misfits_end(j->misfits);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every symbol that is missing may ask for a library of these. */
static bool sort_missing(struct judgement *j)
{
    size_t count = j->libraries->missing_count;
    j->missing = brief_take_zeroed(count + 1, sizeof *j->missing);
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

/* musl's symbols have no versions, so that only names that are reserved for the implementation tell
 * whose they are. */
bool judge_is_explained(const struct judgement *j, const struct dynamic_symbol *symbol)
{
    if (is_of_lacking_sanitizer(j, symbol->name))
        return true;
    if (symbol->library && judge_is_missing(j, symbol->library))
        return true;
    return j->is_other_libc && (symbol->library ? implementation_has(symbol->library)
                                                : starts_with(symbol->name, "__"));
}

/* ---- the whole ---- */

static bool judge(struct judgement *j)
{
    /* The linker has found all that it needs; of which type that is, it did not ask. */
    if (j->libraries->is_linked)
        return judge_packages(j) && judge_symbols(j);
    if (!judge_machine(j))
        return true;
    if (!judge_libc(j) || !judge_sanitizers(j))
        return false;
    judge_libraries(j);
    judge_late_sanitizers(j);
    return judge_packages(j) && judge_symbols(j);
}

bool fit_collect(struct misfits *misfits, const struct libraries *libraries,
                 const struct fit_host *host, bool is_strict, struct error *error)
{
    const struct module *root = libraries->items[0].module;
    struct judgement judgement = {.libraries = libraries,
                                  .host = host,
                                  .plugin = root,
                                  .is_strict = is_strict,
                                  .misfits = misfits,
                                  .error = error};
    *misfits = (struct misfits){0};
    judgement.packages =
        brief_take_zeroed((size_t)root->meta.header.packages.count + 1, sizeof *judgement.packages);
    if (!judgement.packages)
        return error_set_no_memory(error);
    bool is_judged = sort_missing(&judgement) &&
                     definitions_make(&judgement.definitions, libraries, error) &&
                     judge(&judgement);
    for (size_t i = 0; i < judgement.compared_count; i++)
        type_cache_deinit(&judgement.compared[i].cache);
    free(judgement.compared);
    brief_give(judgement.packages);
    brief_give(judgement.missing);
    definitions_free(&judgement.definitions);
    if (is_judged && misfits->failed)
        return error_set_no_memory(error);
    return is_judged;
}

bool fit_judge(const char *path, const struct libraries *libraries, const struct fit_host *host,
               bool is_strict, struct error *error)
{
    MISFITS_AUTO misfits = {0};
    if (!fit_collect(&misfits, libraries, host, is_strict, error))
        return false;
    return !misfits.count || misfits_refuse(&misfits, path, host->path, error);
}
