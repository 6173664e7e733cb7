/* `plugin bundle`: built-in plugins in one object, which a program is linked with. A package that
 * several of them carry is linked in once, from the first one; a program that carries it itself
 * takes its place. */
#include "src/module/bundle.h"
#include "build/archive.h"
#include "build/built_in_tables.h"
#include "build/compile.h"
#include "build/object.h"
#include "build/tools.h"
#include "common/cmd.h"
#include "src/fit/fit.h"

#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: plugin bundle -o FILE.o [--cc=COMPILER] PLUGIN.a...\n"
    "\n"
    "Makes one object of built-in plugins, which `plugin build -buildmode=archive`\n"
    "made. A program that is linked with it, and then stamped, finds them by\n"
    "plugin_open: hello.a is \"hello.so\". `plugin build --with` does all in one.\n"
    "\n"
    "  -o FILE.o      the output\n"
    "  --cc=COMPILER  the compiler, with flags if any\n"
    "  -v             print the commands\n"
    "\n"
    "Prints the flags that the program is to be linked with as well, if the plugins\n"
    "need libraries. A program is linked with one such object at most.\n"
    "\n"
    "environment: CC (default: cc), OBJCOPY (default: the compiler's)\n"
    "exit status: 0 done, 1 failed, 2 wrong usage, or else the compiler's\n"
    "example: plugin bundle -o plugins.o hello.a other.a\n";

/* One of the archives. */
struct bundled {
    const char *path;
    char *main;   /* the file of its main part */
    char **parts; /* of each package but main; NULL: it is not linked in */
    bool *has_part;
    void *entry; /* the bytes behind what follows */
    struct built_in built_in;
    struct module module;
    struct built_in_id id;
};

struct bundle_work {
    const struct build *build;
    const struct scratch *scratch;
    struct bundled *items; /* in the order of names */
    size_t count;
    struct words *flags;
    size_t judged; /* the number of the plugin at hand */
};

static int fail(struct error *error)
{
    error_prefix(error, "cannot bundle: ");
    return cmd_failed(error);
}

/* ---- reading archives ---- */

static bool write_member(const char *path, const void *bytes, size_t size, struct error *error)
{
    FILE *file = cmd_create(path, error);
    if (file)
        fwrite(bytes, 1, size, file);
    return file && cmd_close(file, path, error);
}

/* Adds the lines of flags. */
static void add_flags(struct words *flags, const char *lines, size_t size)
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

/* Reads the entry, which is alone in its section, of the main part. */
static bool read_entry(struct bundled *bundled, Elf *member, struct error *error)
{
    size_t names;
    Elf_Scn *section = NULL;
    while (elf_getshdrstrndx(member, &names) == 0 && (section = elf_nextscn(member, section))) {
        GElf_Shdr header;
        const char *name =
            gelf_getshdr(section, &header) ? elf_strptr(member, names, header.sh_name) : NULL;
        Elf_Data *data =
            name && !strcmp(name, FORMAT_BUILT_IN_SECTION) ? elf_rawdata(section, NULL) : NULL;
        if (!data || !data->d_buf)
            continue;
        bundled->entry = malloc(data->d_size + 1);
        if (!bundled->entry)
            return error_set_no_memory(error);
        memcpy(bundled->entry, data->d_buf, data->d_size);
        struct bytes bytes = {bundled->entry, data->d_size};
        return built_in_read(&bundled->built_in, bytes, error) &&
               built_in_read_module(&bundled->module, &bundled->built_in, sizeof(uint64_t), error);
    }
    return error_set(error, PLUGIN_NOT_PLUGIN,
                     "it is not a built-in plugin; make it with: plugin build -buildmode=archive");
}

static uint32_t part_count(const struct bundled *bundled)
{
    return built_in_part_count(&bundled->module.meta);
}

static bool make_rooms(struct bundled *bundled, struct error *error)
{
    size_t count = (size_t)part_count(bundled) + 1;
    bundled->id = built_in_id(bundled->built_in.name, bundled->module.meta.header.content);
    bundled->parts = calloc(count, sizeof *bundled->parts);
    bundled->has_part = calloc(count, sizeof *bundled->has_part);
    return (bundled->parts && bundled->has_part) || error_set_no_memory(error);
}

/* Is it the name of a package's part? */
static bool read_number(const char *name, unsigned *package)
{
    char own[sizeof ARCHIVE_PACKAGE + 10];
    if (sscanf(name, ARCHIVE_PACKAGE, package) != 1)
        return false;
    snprintf(own, sizeof own, ARCHIVE_PACKAGE, *package);
    return !strcmp(own, name);
}

/* Takes one member; that of main comes first. */
static bool take_member(struct bundle_work *work, size_t number, Elf *member, const char *name,
                        struct error *error)
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
        add_flags(work->flags, bytes, size);
        return true;
    }
    if (is_main && (!read_entry(bundled, member, error) || !make_rooms(bundled, error)))
        return false;
    bool is_part = !is_main && bundled->parts && read_number(name, &package) &&
                   package < part_count(bundled) && !bundled->parts[package];
    if (!is_main && !is_part)
        return true;
    if (asprintf(&path, "%s/%zu-%s", text_chars(&work->scratch->directory), number, name) < 0)
        return error_set_no_memory(error);
    *(is_main ? &bundled->main : &bundled->parts[package]) = path;
    return write_member(path, bytes, size, error);
}

static bool read_members(struct bundle_work *work, size_t number, struct bytes bytes,
                         struct error *error)
{
    Elf *archive = elf_memory((char *)bytes.data, bytes.size), *member;
    Elf_Cmd next = ELF_C_READ_MMAP; /* so libelf calls members of what is in memory */
    bool done = archive && elf_kind(archive) == ELF_K_AR;
    if (!done)
        error_set(error, PLUGIN_NOT_PLUGIN,
                  "it is not an archive; make it with: plugin build -buildmode=archive");
    while (done && (member = elf_begin(-1, next, archive))) {
        const Elf_Arhdr *header = elf_getarhdr(member);
        done = !header || take_member(work, number, member, header->ar_name, error);
        next = elf_next(member);
        elf_end(member);
    }
    if (done && !work->items[number].main)
        done = error_set(error, PLUGIN_NOT_PLUGIN,
                         "it is not a built-in plugin; make it with: plugin build "
                         "-buildmode=archive");
    elf_end(archive);
    return done;
}

static bool read_archive(struct bundle_work *work, size_t number, struct error *error)
{
    struct bundled *bundled = &work->items[number];
    FILE_AUTO file = FILE_NONE;
    uint8_t *bytes = NULL;
    bool done = file_open(&file, bundled->path, error);
    if (done) {
        bytes = malloc((size_t)file.size + 1);
        done = bytes || error_set_no_memory(error);
    }
    done = done && file_read(&file, 0, (size_t)file.size, bytes, error) &&
           read_members(work, number, (struct bytes){bytes, (size_t)file.size}, error);
    free(bytes);
    if (!done)
        error_prefix(error, "%s: ", bundled->path);
    return done;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct bundled *)a)->built_in.name,
                  ((const struct bundled *)b)->built_in.name);
}

static bool read_archives(struct bundle_work *work, const char *const *archives,
                          struct error *error)
{
    if (elf_version(EV_CURRENT) == EV_NONE)
        return error_set(error, PLUGIN_SYSTEM, "libelf is too old");
    for (size_t i = 0; i < work->count; i++) {
        work->items[i].path = archives[i];
        if (!read_archive(work, i, error))
            return false;
    }
    qsort(work->items, work->count, sizeof *work->items, by_name);
    for (size_t i = 1; i < work->count; i++)
        if (!by_name(&work->items[i - 1], &work->items[i]))
            return error_set(error, PLUGIN_ALREADY_LOADED,
                             "both %s and %s are a plugin called %s; name one of them otherwise",
                             work->items[i - 1].path, work->items[i].path,
                             work->items[i].built_in.name);
    return true;
}

/* ---- packages ---- */

/* The plugin before this one that carries the package, or itself. */
static const struct bundled *find_carrier(const struct bundle_work *work, const char *package)
{
    uint32_t number;
    for (size_t i = 0; i < work->judged; i++)
        if (meta_find_package(&work->items[i].module.meta, package, &number))
            return &work->items[i];
    return &work->items[work->judged];
}

static bool find_nothing(void *context, const char *name, const char *version, uint32_t kind,
                         bool *found, struct provider *provider, struct error *error)
{
    (void)context, (void)name, (void)version, (void)kind, (void)provider, (void)error;
    *found = false; /* the program is not known */
    return true;
}

static bool find_package(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error)
{
    (void)error;
    const struct bundle_work *work = context;
    const struct bundled *carrier = find_carrier(work, package);
    *found = carrier != &work->items[work->judged];
    if (*found)
        *provider = (struct provider){.path = carrier->built_in.name, .module = &carrier->module};
    return true;
}

static bool is_loaded(void *context, const char *name)
{
    (void)context, (void)name;
    return true;
}

/* Does the plugin fit the copies of its packages that others bring? */
static bool judge(struct bundle_work *work, struct error *error)
{
    struct bundled *own = &work->items[work->judged];
    const struct process process = {.host_path = "the plugins before it",
                                    .context = work,
                                    .find = find_nothing,
                                    .find_package = find_package,
                                    .is_loaded = is_loaded};
    struct library root = {
        .name = own->built_in.name, .path = (char *)own->built_in.name, .module = &own->module};
    const struct libraries libraries = {.items = &root, .count = 1, .is_linked = true};
    return fit_judge(own->built_in.name, &libraries, &process, false, error);
}

/* Decides whose copy of each package is linked in. */
static bool choose_parts(struct bundle_work *work, struct error *error)
{
    for (work->judged = 0; work->judged < work->count; work->judged++) {
        struct bundled *own = &work->items[work->judged];
        for (uint32_t i = 0; i < part_count(own); i++)
            own->has_part[i] =
                own->parts[i] && find_carrier(work, meta_package(&own->module.meta, i).path) == own;
        if (!judge(work, error))
            return false;
    }
    return true;
}

/* No two packages may define one name: the linker would take one of them for both. */
static bool check_names(const struct bundle_work *work, struct error *error)
{
    struct object_names names = {0};
    bool done = true;
    for (size_t i = 0; i < work->count; i++)
        for (uint32_t k = 0; done && k < part_count(&work->items[i]); k++)
            if (work->items[i].has_part[k])
                done = object_add_symbols(&names, work->items[i].parts[k], OBJECT_DEFINED,
                                          meta_package(&work->items[i].module.meta, k).path, error);
    object_sort_names(&names);
    for (size_t i = 1; done && i < names.count; i++)
        if (!strcmp(names.items[i - 1].name, names.items[i].name))
            done = error_set(error, PLUGIN_MISFIT,
                             "both package \"%s\" and package \"%s\" define %s; rename one of them",
                             names.items[i - 1].owner, names.items[i].owner, names.items[i].name);
    object_names_free(&names);
    return done;
}

/* ---- the object ---- */

/* Makes the names of a part weak, so that those of a program that carries the package take their
 * place. */
static int weaken(const struct bundle_work *work, const char *part)
{
    WORDS_AUTO command = {0};
    int status = tools_add(&command, work->build, work->scratch, "objcopy", "OBJCOPY");
    if (status != EXIT_DONE)
        return status;
    words_add(&command, "--weaken");
    words_add(&command, "%s", part);
    return compile_step(work->build, work->scratch, "program", &command);
}

static int hide_names(const struct bundle_work *work, const char *linked, const char *output)
{
    WORDS_AUTO command = {0};
    int status = tools_add(&command, work->build, work->scratch, "objcopy", "OBJCOPY");
    if (status != EXIT_DONE)
        return status;
    words_add(&command, "--wildcard");
    words_add(&command, "--localize-symbol=plugin_built_in_*");
    words_add(&command, "--localize-symbol=plugin_part_*");
    words_add(&command, "%s", linked);
    words_add(&command, "%s", output);
    return compile_step(work->build, work->scratch, "program", &command);
}

/* Writes and compiles the table of all plugins. */
static int make_table(const struct bundle_work *work, const char *source, const char *object)
{
    ERROR_AUTO error = {0};
    struct bundle_row *rows = calloc(work->count + 1, sizeof *rows);
    for (size_t i = 0; rows && i < work->count; i++)
        rows[i] = (struct bundle_row){work->items[i].id, work->items[i].has_part,
                                      part_count(&work->items[i])};
    bool done = rows ? built_in_write_bundle(source, rows, (uint32_t)work->count, &error)
                     : error_set_no_memory(&error);
    free(rows);
    return done ? tools_compile_tables(work->build, work->scratch, source, object) : fail(&error);
}

static int link_object(const struct bundle_work *work, const char *output)
{
    WORDS_AUTO command = {0};
    TEXT_AUTO source = {0}, object = {0}, linked = {0};
    const char *directory = text_chars(&work->scratch->directory);
    text_add(&source, "%s/bundle.c", directory);
    text_add(&object, "%s/bundle.t", directory);
    text_add(&linked, "%s/bundle.linked", directory);
    tools_add_relocatable_link(&command, work->build, text_chars(&linked));
    words_add(&command, "%s", text_chars(&object));
    int status = make_table(work, text_chars(&source), text_chars(&object));
    for (size_t i = 0; i < work->count; i++) {
        const struct bundled *bundled = &work->items[i];
        words_add(&command, "%s", bundled->main);
        for (uint32_t k = 0; k < part_count(bundled); k++) {
            if (!bundled->has_part[k])
                continue;
            words_add(&command, "%s", bundled->parts[k]);
            if (status == EXIT_DONE)
                status = weaken(work, bundled->parts[k]);
        }
    }
    if (status == EXIT_DONE)
        status = compile_step(work->build, work->scratch, "linker", &command);
    return status == EXIT_DONE ? hide_names(work, text_chars(&linked), output) : status;
}

static void free_items(struct bundle_work *work)
{
    for (size_t i = 0; i < work->count; i++) {
        struct bundled *bundled = &work->items[i];
        for (uint32_t k = 0; bundled->parts && k < part_count(bundled); k++)
            free(bundled->parts[k]);
        free(bundled->parts);
        free(bundled->has_part);
        free(bundled->main);
        module_free(&bundled->module);
        free(bundled->entry);
    }
    free(work->items);
}

int bundle_make(const struct build *build, const struct scratch *scratch,
                const char *const *archives, size_t count, const char *output, struct words *flags)
{
    ERROR_AUTO error = {0};
    struct bundle_work work = {.build = build, .scratch = scratch, .flags = flags, .count = count};
    work.items = calloc(count + 1, sizeof *work.items);
    bool done = work.items || error_set_no_memory(&error);
    if (!work.items)
        work.count = 0;
    done = done && read_archives(&work, archives, &error) && choose_parts(&work, &error) &&
           check_names(&work, &error);
    int status = done ? link_object(&work, output) : fail(&error);
    free_items(&work);
    return status;
}

/* ---- the verb ---- */

/* Makes the output; what is needed on the way has a directory of its own. */
static int make_output(const struct build *build, const struct scratch *work)
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
    if (status == EXIT_DONE && !scratch_keep(&scratch, build->output, &error))
        status = cmd_failed(&error);
    scratch_close(&scratch);
    for (size_t i = 0; status == EXIT_DONE && i < flags.count; i++)
        printf("%s%s", flags.items[i], i + 1 < flags.count ? " " : "\n");
    return status == EXIT_DONE ? cmd_finish_output() : status;
}

static int make(const struct build *build)
{
    ERROR_AUTO error = {0};
    struct scratch work;
    int status =
        scratch_open(&work, build->output, &error) ? make_output(build, &work) : cmd_failed(&error);
    scratch_close(&work);
    return status;
}

static int check(const struct build *build)
{
    const char *name = build->output ? run_base_name(build->output) : "";
    const char *extension = strrchr(name, '.');
    if (!build->output)
        return cmd_usage_error("bundle", "no name for the output: give -o FILE.o");
    if (!extension || strcmp(extension, ".o") != 0)
        return cmd_usage_error("bundle", "a bundle is an object, and the name %s must end in .o",
                               build->output);
    if (!build->archive_count)
        return cmd_usage_error("bundle", "no plugins given");
    return build_check_output(build);
}

int cmd_bundle(int count, char **arguments)
{
    struct build build = {.mode = "exe"};
    build.arguments = calloc((size_t)count, sizeof *build.arguments);
    build.archives = calloc((size_t)count, sizeof *build.archives);
    int status = EXIT_DONE;
    if (!build.arguments || !build.archives) {
        ERROR_AUTO error = {0};
        error_set_no_memory(&error);
        status = cmd_failed(&error);
    } else {
        build_parse(&build, count, arguments);
    }
    for (size_t i = 0; i < build.count; i++)
        if (build.arguments[i].kind != FLAG)
            build.archives[build.archive_count++] = build.arguments[i].string;
    if (build.help) {
        fputs(help, stdout);
        status = cmd_finish_output();
    } else if (status == EXIT_DONE) {
        status = check(&build);
        status = status == EXIT_DONE ? make(&build) : status;
    }
    free(build.arguments);
    free(build.archives);
    return status;
}
