/* SPDX-License-Identifier: MIT */
/* plugin bundle: links built-in plugins into one object for a program. A package that several
 * plugins carry is linked in once, from the first; a program that carries it replaces it. */
#include "src/module/bundle.h"
#include "build/archive_p.h"
#include "build/built_in_tables_p.h"
#include "build/compile_p.h"
#include "build/object_p.h"
#include "build/tools_p.h"
#include "common/cmd.h"
#include "src/base/path.h"
#include "src/fit/fit.h"

#include <assert.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

static const char bundle_help[] =
    "usage: plugin bundle -o FILE.o [--cc=COMPILER] [-v] ARCHIVE...\n"
    "\n"
    "Link built-in plugins, built by `plugin build -buildmode=archive`, into one\n"
    "object for a program. When the program is linked with it and stamped,\n"
    "plugin_open finds hello.a as hello.so. `plugin build --with` does all at once.\n"
    "\n"
    "  -o FILE.o      write to FILE.o\n"
    "  --cc=COMPILER  use this compiler, with flags if any\n"
    "  -v             print the commands\n"
    "\n"
    "Print the flags that link the program with the plugins' libraries, if they need\n"
    "any. A program can be linked with one such object only.\n"
    "\n"
    "environment: CC (default: cc), OBJCOPY (default: the compiler's)\n"
    "exit status: 0 success, 1 failure, 2 usage error, or else the compiler's\n"
    "example: plugin bundle -o plugins.o hello.a other.a\n";

/* One of the archives. */
struct bundled {
    const char *path;
    char *main;     /* the file of its main part */
    char **parts;   /* the files of its packages' parts; NULL: the archive has none */
    bool *has_part; /* is the part linked in? */
    void *entry;    /* what built_in and module refer to */
    struct built_in built_in;
    struct module module;
    struct built_in_id id;
};

struct bundle_work {
    const struct build *build;
    const struct scratch *scratch;
    struct bundled *items; /* sorted by name, once all are read */
    size_t count;
    struct words *flags;
    size_t judged; /* the item that is being judged */
};

static int bundle_fail(struct error *error)
{
    error_prefix(error, "cannot bundle: ");
    return cmd_failed(error);
}

/* ---- reading archives ---- */

/* Adds the lines of flags. */
static void bundle_add_flags(struct words *flags, const char *lines, size_t size)
{
    while (size) {
        const char *end = memchr(lines, '\n', size);
        size_t length = end ? (size_t)(end - lines) : size;
        if (length)
            words_add(flags, "%.*s", (int)length, lines);
        lines += length + (end != NULL);
        size -= length + (end != NULL);
    }
}

/* Returns the section of the main part that a struct format_built_in fills; NULL if there is none.
 */
static Elf_Data *bundle_find_entry(Elf *member)
{
    size_t names;
    Elf_Scn *section = NULL;
    while (elf_getshdrstrndx(member, &names) == 0 && (section = elf_nextscn(member, section))) {
        GElf_Shdr header;
        const char *name =
            gelf_getshdr(section, &header) ? elf_strptr(member, names, header.sh_name) : NULL;
        Elf_Data *data =
            name && !strcmp(name, FORMAT_BUILT_IN_SECTION) ? elf_rawdata(section, NULL) : NULL;
        if (data && data->d_buf)
            return data;
    }
    return NULL;
}

/* Reads the main part's struct format_built_in. */
static bool bundle_read_entry(struct bundled *bundled, Elf *member, struct error *error)
{
    const Elf_Data *data = bundle_find_entry(member);
    if (!data)
        return error_set(error, PLUGIN_NOT_PLUGIN,
                         "not a built-in plugin; build it with: plugin build -buildmode=archive");
    bundled->entry = malloc(data->d_size + 1);
    if (!bundled->entry)
        return error_set_no_memory(error);
    memcpy(bundled->entry, data->d_buf, data->d_size);
    struct bytes bytes = {bundled->entry, data->d_size};
    return built_in_read(&bundled->built_in, bytes, error) &&
           built_in_read_module(&bundled->module, &bundled->built_in, sizeof(uint64_t), error);
}

static uint32_t bundle_part_count(const struct bundled *bundled)
{
    return built_in_part_count(&bundled->module.meta);
}

/* Reads the main part. */
static bool bundle_read_main(struct bundled *bundled, Elf *member, struct error *error)
{
    if (!bundle_read_entry(bundled, member, error))
        return false;
    size_t count = (size_t)bundle_part_count(bundled) + 1;
    bundled->id = built_in_id(bundled->built_in.name, bundled->module.meta.header.content);
    bundled->parts = calloc(count, sizeof *bundled->parts);
    bundled->has_part = calloc(count, sizeof *bundled->has_part);
    return (bundled->parts && bundled->has_part) || error_set_no_memory(error);
}

/* Is this the name of a package's part? */
static bool bundle_parse_part_name(const char *name, unsigned *package)
{
    char own[sizeof ARCHIVE_PACKAGE + 10];
    if (sscanf(name, ARCHIVE_PACKAGE, package) != 1)
        return false;
    snprintf(own, sizeof own, ARCHIVE_PACKAGE, *package);
    return !strcmp(own, name);
}

/* Reads one member; that of main comes first. */
static bool bundle_read_member(struct bundle_work *work, size_t number, Elf *member,
                               const char *name, struct error *error)
{
    struct bundled *bundled = &work->items[number];
    size_t size;
    const char *bytes = elf_rawfile(member, &size);
    unsigned package = 0;
    char *path;
    bool is_main = !strcmp(name, ARCHIVE_MAIN) && !bundled->main;
    if (!bytes)
        return error_set(error, PLUGIN_SYSTEM, "libelf: %s", elf_errmsg(-1));
    if (!strcmp(name, ARCHIVE_LINK)) {
        bundle_add_flags(work->flags, bytes, size);
        return true;
    }
    if (is_main && !bundle_read_main(bundled, member, error))
        return false;
    bool is_part = !is_main && bundled->parts && bundle_parse_part_name(name, &package) &&
                   package < bundle_part_count(bundled) && !bundled->parts[package];
    if (!is_main && !is_part)
        return true;
    if (asprintf(&path, "%s/%zu-%s", text_chars(&work->scratch->directory), number, name) < 0)
        return error_set_no_memory(error);
    *(is_main ? &bundled->main : &bundled->parts[package]) = path;
    TEXT_AUTO content = {0};
    text_add_bytes(&content, bytes, size);
    return cmd_write_file(path, &content, error);
}

static bool bundle_read_members(struct bundle_work *work, size_t number, struct bytes bytes,
                                struct error *error)
{
    Elf *archive = elf_memory((char *)bytes.data, bytes.size), *member;
    Elf_Cmd next = ELF_C_READ_MMAP; /* what libelf demands for members of an archive in memory */
    bool done = archive && elf_kind(archive) == ELF_K_AR;
    if (!done)
        error_set(error, PLUGIN_NOT_PLUGIN,
                  "not an archive; build it with: plugin build -buildmode=archive");
    while (done && (member = elf_begin(-1, next, archive))) {
        const Elf_Arhdr *header = elf_getarhdr(member);
        done = !header || bundle_read_member(work, number, member, header->ar_name, error);
        next = elf_next(member);
        elf_end(member);
    }
    if (done && !work->items[number].main)
        done = error_set(error, PLUGIN_NOT_PLUGIN,
                         "not a built-in plugin; build it with: plugin build -buildmode=archive");
    elf_end(archive);
    return done;
}

static bool bundle_read_archive(struct bundle_work *work, size_t number, struct error *error)
{
    const char *path = work->items[number].path;
    size_t size;
    uint8_t *bytes = cmd_read_file(path, SIZE_MAX - 1, &size, error);
    bool done = bytes && bundle_read_members(work, number, (struct bytes){bytes, size}, error);
    free(bytes);
    return done || error_prefix(error, "%s: ", path);
}

static int bundle_compare_names(const void *a, const void *b)
{
    return strcmp(((const struct bundled *)a)->built_in.name,
                  ((const struct bundled *)b)->built_in.name);
}

static bool bundle_read_archives(struct bundle_work *work, const char *const *archives,
                                 struct error *error)
{
    if (elf_version(EV_CURRENT) == EV_NONE)
        return error_set(error, PLUGIN_SYSTEM, "libelf is too old");
    for (size_t i = 0; i < work->count; i++) {
        work->items[i].path = archives[i];
        if (!bundle_read_archive(work, i, error))
            return false;
    }
    qsort(work->items, work->count, sizeof *work->items, bundle_compare_names);
    for (size_t i = 1; i < work->count; i++)
        if (!bundle_compare_names(&work->items[i - 1], &work->items[i]))
            return error_set(
                error, PLUGIN_ALREADY_LOADED, "%s and %s are both named %s; rename one of them",
                work->items[i - 1].path, work->items[i].path, work->items[i].built_in.name);
    return true;
}

bool bundle_is_archive(const char *path)
{
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO ignored = {0};
    if (elf_version(EV_CURRENT) == EV_NONE || !file_open(&file, path, &ignored))
        return false;
    Elf *archive = elf_begin(file.descriptor, ELF_C_READ, NULL), *member;
    bool is_archive = archive && elf_kind(archive) == ELF_K_AR, found = false;
    Elf_Cmd next = ELF_C_READ;
    while (is_archive && !found && (member = elf_begin(file.descriptor, next, archive))) {
        const Elf_Arhdr *header = elf_getarhdr(member);
        found = header && !strcmp(header->ar_name, ARCHIVE_MAIN) && bundle_find_entry(member);
        next = elf_next(member);
        elf_end(member);
    }
    elf_end(archive);
    return found;
}

/* ---- packages ---- */

/* Returns the first plugin, up to the judged one, that carries the package. */
static const struct bundled *bundle_find_carrier(const struct bundle_work *work,
                                                 const char *package)
{
    uint32_t number;
    for (size_t i = 0; i < work->judged; i++)
        if (meta_find_package(&work->items[i].module.meta, package, &number))
            return &work->items[i];
    return &work->items[work->judged];
}

/* The program is not known yet: its stamp will judge what the plugins use of it. */
static bool bundle_find_nothing(void *context, const char *name, const char *version, uint32_t kind,
                                bool *found, struct provider *provider, struct error *error)
{
    (void)context, (void)name, (void)version, (void)kind, (void)provider, (void)error;
    *found = false;
    return true;
}

static bool bundle_find_package(void *context, const char *package, bool *found,
                                struct provider *provider, struct error *error)
{
    (void)error;
    const struct bundle_work *work = context;
    const struct bundled *carrier = bundle_find_carrier(work, package);
    *found = carrier != &work->items[work->judged];
    if (*found)
        *provider = (struct provider){.path = carrier->built_in.name, .module = &carrier->module};
    return true;
}

/* Does the plugin fit the copies of its packages that earlier ones carry? */
static bool bundle_judge(struct bundle_work *work, struct error *error)
{
    assert(work->judged < work->count);
    struct bundled *own = &work->items[work->judged];
    const struct fit_host host = {.path = "the plugins before it",
                                  .context = work,
                                  .find_symbol = bundle_find_nothing,
                                  .find_package = bundle_find_package};
    struct library root = {
        .name = own->built_in.name, .path = (char *)own->built_in.name, .module = &own->module};
    ARENA_AUTO arena = {0};
    const struct libraries libraries = {
        .arena = &arena, .items = &root, .count = 1, .is_linked = true};
    return fit_judge(own->built_in.name, &libraries, &host, false, error);
}

/* Decides whose copy of each package is linked in. */
static bool bundle_choose_parts(struct bundle_work *work, struct error *error)
{
    for (work->judged = 0; work->judged < work->count; work->judged++) {
        struct bundled *own = &work->items[work->judged];
        for (uint32_t i = 0; i < bundle_part_count(own); i++) {
            const char *package = meta_package(&own->module.meta, i).path;
            own->has_part[i] = own->parts[i] && bundle_find_carrier(work, package) == own;
        }
        if (!bundle_judge(work, error))
            return false;
    }
    return true;
}

/* Fails if two packages define one name: the parts are weak, and the linker would silently bind
 * both packages to one definition. */
static bool bundle_check_names(const struct bundle_work *work, struct error *error)
{
    struct object_names names = {0};
    bool done = true;
    for (size_t i = 0; i < work->count; i++) {
        const struct bundled *bundled = &work->items[i];
        for (uint32_t k = 0; done && k < bundle_part_count(bundled); k++)
            if (bundled->has_part[k])
                done = object_add_symbols(&names, bundled->parts[k], OBJECT_DEFINED,
                                          meta_package(&bundled->module.meta, k).path, error);
    }
    object_names_sort(&names);
    for (size_t i = 1; done && i < names.count; i++)
        if (!strcmp(names.items[i - 1].name, names.items[i].name))
            done = error_set(error, PLUGIN_MISFIT,
                             "packages \"%s\" and \"%s\" both define %s; rename one of them",
                             names.items[i - 1].owner, names.items[i].owner, names.items[i].name);
    object_names_deinit(&names);
    return done;
}

/* ---- the object ---- */

/* Makes a part's symbols weak, so that a program that carries the package overrides them. */
static int bundle_weaken(const struct bundle_work *work, const char *part)
{
    WORDS_AUTO flags = {0};
    words_add_list(&flags, "--weaken", part, NULL);
    return tools_run(work->build, work->scratch, "objcopy", "OBJCOPY", &flags);
}

static int bundle_hide_names(const struct bundle_work *work, const char *linked, const char *output)
{
    WORDS_AUTO flags = {0};
    words_add_list(&flags, "--wildcard", "--localize-symbol=plugin_built_in_*",
                   "--localize-symbol=plugin_part_*", linked, output, NULL);
    return tools_run(work->build, work->scratch, "objcopy", "OBJCOPY", &flags);
}

/* Writes and compiles the table of all plugins. */
static int bundle_make_table(const struct bundle_work *work, const char *source, const char *object)
{
    ERROR_AUTO error = {0};
    struct bundle_row *rows = calloc(work->count + 1, sizeof *rows);
    for (size_t i = 0; rows && i < work->count; i++)
        rows[i] = (struct bundle_row){work->items[i].id, work->items[i].has_part,
                                      bundle_part_count(&work->items[i])};
    bool done = rows ? built_in_write_bundle(source, rows, (uint32_t)work->count, &error)
                     : error_set_no_memory(&error);
    free(rows);
    return done ? tools_compile_tables(work->build, work->scratch, source, object)
                : bundle_fail(&error);
}

static int bundle_link(const struct bundle_work *work, const char *output)
{
    WORDS_AUTO command = {0};
    TEXT_AUTO source = {0}, object = {0}, linked = {0};
    const char *directory = text_chars(&work->scratch->directory);
    text_add(&source, "%s/bundle.c", directory);
    text_add(&object, "%s/bundle.t", directory);
    text_add(&linked, "%s/bundle.linked", directory);
    tools_add_relocatable_link(&command, work->build, text_chars(&linked));
    words_add(&command, "%s", text_chars(&object));
    int status = bundle_make_table(work, text_chars(&source), text_chars(&object));
    for (size_t i = 0; i < work->count; i++) {
        const struct bundled *bundled = &work->items[i];
        words_add(&command, "%s", bundled->main);
        for (uint32_t k = 0; k < bundle_part_count(bundled); k++) {
            if (!bundled->has_part[k])
                continue;
            words_add(&command, "%s", bundled->parts[k]);
            if (status == EXIT_DONE)
                status = bundle_weaken(work, bundled->parts[k]);
        }
    }
    if (status == EXIT_DONE)
        status = compile_step(work->build, work->scratch, "linker", &command);
    return status == EXIT_DONE ? bundle_hide_names(work, text_chars(&linked), output) : status;
}

static void bundle_deinit(struct bundle_work *work)
{
    for (size_t i = 0; work->items && i < work->count; i++) {
        struct bundled *bundled = &work->items[i];
        for (uint32_t k = 0; bundled->parts && k < bundle_part_count(bundled); k++)
            free(bundled->parts[k]);
        free(bundled->parts);
        free(bundled->has_part);
        free(bundled->main);
        module_deinit(&bundled->module);
        free(bundled->entry);
    }
    free(work->items);
}

int bundle_make(const struct build *build, const struct scratch *scratch,
                const char *const *archives, size_t count, const char *output, struct words *flags)
{
    ERROR_AUTO error = {0};
    struct bundle_work work = {.build = build,
                               .scratch = scratch,
                               .items = calloc(count + 1, sizeof *work.items),
                               .count = count,
                               .flags = flags};
    bool done = (work.items || error_set_no_memory(&error)) &&
                bundle_read_archives(&work, archives, &error) &&
                bundle_choose_parts(&work, &error) && bundle_check_names(&work, &error);
    int status = done ? bundle_link(&work, output) : bundle_fail(&error);
    bundle_deinit(&work);
    return status;
}

/* ---- the verb ---- */

/* Makes the output, with intermediate files in `work`, and prints the flags. */
static int bundle_output(const struct build *build, const struct scratch *work)
{
    ERROR_AUTO error = {0};
    struct scratch scratch;
    WORDS_AUTO flags = {0};
    int status = scratch_open(&scratch, build->output, &error)
                     ? bundle_make(build, work, build->archives, build->archive_count,
                                   text_chars(&scratch.path), &flags)
                     : cmd_failed(&error);
    if (status == EXIT_DONE && interrupts_arrived(&scratch.interrupts))
        status = EXIT_FAILED;
    if (status == EXIT_DONE && !scratch_commit(&scratch, build->output, &error))
        status = cmd_failed(&error);
    scratch_close(&scratch);
    for (size_t i = 0; status == EXIT_DONE && i < flags.count; i++)
        printf("%s%s", flags.items[i], i + 1 < flags.count ? " " : "\n");
    return cmd_finish_output(status);
}

static int bundle_run(struct build *build)
{
    if (build->help) {
        fputs(bundle_help, stdout);
        return cmd_finish_output(EXIT_DONE);
    }
    for (size_t i = 0; i < build->count; i++)
        if (build->arguments[i].kind != ARGUMENT_FLAG)
            build->archives[build->archive_count++] = build->arguments[i].string;
    const char *extension = build->output ? strrchr(path_base_name(build->output), '.') : NULL;
    if (!build->output)
        return cmd_usage_error("bundle", "no output given; use -o FILE.o");
    if (!extension || strcmp(extension, ".o") != 0)
        return cmd_usage_error("bundle", "the name of the object %s does not end in .o",
                               build->output);
    if (!build->archive_count)
        return cmd_usage_error("bundle", "no plugins given");
    int status = build_check_output(build);
    if (status != EXIT_DONE)
        return status;
    ERROR_AUTO error = {0};
    struct scratch work;
    status = scratch_open(&work, build->output, &error) ? bundle_output(build, &work)
                                                        : cmd_failed(&error);
    scratch_close(&work);
    return status;
}

int cmd_bundle(char **arguments)
{
    struct build build;
    int status = build_init(&build, arguments) ? bundle_run(&build) : cmd_failed_no_memory();
    build_deinit(&build);
    return status;
}
