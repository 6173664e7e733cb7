/* Making a built-in plugin. The plugin is linked as a loadable one, which tells what the stamp is
 * to say of it; and then the objects of each of its packages, and those of main, become one object
 * each, in which nothing but the package's symbols, and the tables, has a name for others. */
#include "build/archive.h"

#include "build/archive_compile.h"
#include "build/archive_parts.h"
#include "build/built_in_tables.h"
#include "build/compile.h"
#include "build/object.h"
#include "build/tools.h"
#include "common/cmd.h"
#include "src/module/bundle.h"
#include "stamp/stamp.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An object that was compiled, or given. */
struct member {
    char *path;
    char *package; /* "": main */
};

struct archive {
    const struct build *build;
    struct build linked; /* the same, with objects in place of sources */
    struct scratch work; /* for what is made on the way; work.path is the loadable plugin */
    struct member *members;
    size_t member_count;
    struct words libraries; /* static ones (.a), which become part of main */
    struct stamp_tables tables;
    struct meta meta;
    struct built_in_id id;
    struct object_names common; /* variables of C++ that are hidden, and that parts share */
    struct words parts;         /* the members of the archive */
};

static int fail(const struct archive *archive, struct error *error)
{
    error_prefix(error, "cannot make %s: ", archive->build->output);
    return cmd_failed(error);
}

static int fail_for_memory(const struct archive *archive)
{
    ERROR_AUTO error = {0};
    error_set_no_memory(&error);
    return fail(archive, &error);
}

/* A path in the directory of what is made on the way. Free it; NULL for want of memory. */
__attribute__((format(printf, 2, 3))) static char *work_path(const struct archive *archive,
                                                             const char *format, ...)
{
    char *name, *path = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&name, format, arguments) < 0)
        name = NULL;
    va_end(arguments);
    if (name && asprintf(&path, "%s/%s", text_chars(&archive->work.directory), name) < 0)
        path = NULL;
    free(name);
    return path;
}

/* ---- compiling ---- */

static bool has_extension(const char *path, const char *extension)
{
    size_t length = strlen(path), end = strlen(extension);
    return length > end && !strcmp(path + length - end, extension);
}

/* Is the input a file that is linked as it is? */
static bool is_linkable(const char *path)
{
    const char *name = run_base_name(path);
    return has_extension(name, ".o") || has_extension(name, ".a") || has_extension(name, ".so") ||
           strstr(name, ".so.");
}

/* Puts the object in the place of the source, and notes whose package it is of. */
static int add_object(struct archive *archive, size_t index, char *object)
{
    ERROR_AUTO error = {0};
    struct member *member = &archive->members[archive->member_count++];
    member->path = object;
    archive->linked.arguments[index] = (struct argument){object, INPUT};
    return object_read_package(object, &member->package, &error) ? EXIT_DONE
                                                                 : fail(archive, &error);
}

static int take_argument(struct archive *archive, size_t index, bool is_value)
{
    const struct argument *argument = &archive->build->arguments[index];
    if (is_value || argument->kind == FLAG)
        return EXIT_DONE;
    if (*argument->string == '@' || !strcmp(argument->string, "-"))
        return cmd_usage_error("build", "-buildmode=archive takes files, not %s", argument->string);
    if (has_extension(argument->string, ".a"))
        words_add(&archive->libraries, "%s", argument->string);
    if (is_linkable(argument->string) && !has_extension(argument->string, ".o"))
        return EXIT_DONE;
    bool is_object = has_extension(argument->string, ".o");
    char *object = is_object ? strdup(argument->string) : work_path(archive, "%zu.o", index);
    if (!object)
        return fail_for_memory(archive);
    int status =
        is_object ? EXIT_DONE : archive_compile(archive->build, &archive->work, index, object);
    if (status == EXIT_DONE)
        return add_object(archive, index, object);
    free(object);
    return status;
}

/* Compiles every source by itself. */
static int compile_sources(struct archive *archive)
{
    const struct build *build = archive->build;
    int status = EXIT_DONE;
    bool is_value = false;
    for (size_t i = 0; status == EXIT_DONE && i < build->count; i++) {
        status = take_argument(archive, i, is_value);
        is_value = !is_value && build->arguments[i].kind == FLAG &&
                   build_takes_value(build->arguments[i].string);
    }
    return status;
}

/* What -x says is of the sources, which are objects by now. */
static void drop_languages(struct build *linked)
{
    size_t kept = 0;
    for (size_t i = 0; i < linked->count; i++) {
        const struct argument argument = linked->arguments[i];
        if (argument.kind == FLAG && !strncmp(argument.string, "-x", 2)) {
            i += !argument.string[2];
            continue;
        }
        linked->arguments[kept++] = argument;
    }
    linked->count = kept;
}

/* ---- the loadable plugin, and what its stamp says ---- */

static int link_loadable(struct archive *archive)
{
    drop_languages(&archive->linked);
    archive->linked.writes_rules = false;
    int status = compile_link(&archive->linked, &archive->work, NULL);
    return status == EXIT_DONE ? compile_share_packages(&archive->linked, &archive->work) : status;
}

static bool read_tables(struct archive *archive, const char *name, struct error *error)
{
    struct stamp_tables *tables = &archive->tables;
    if (!meta_read_header(&archive->meta, tables->meta, tables->btf, error) ||
        !meta_read_tables(&archive->meta, tables->meta, error))
        return false;
    archive->id = built_in_id(name, archive->meta.header.content);
    return true;
}

static int stamp_loadable(struct archive *archive, const char *name)
{
    ERROR_AUTO error = {0};
    WORDS_AUTO directories = {0};
    struct stamp_report report = {0};
    compile_add_library_directories(&directories, archive->build);
    const struct stamp_options options = {(const char *const *)directories.items};
    bool done = !directories.failed || error_set_no_memory(&error);
    done = done &&
           stamp_built_in(text_chars(&archive->work.path), &options, &report, &archive->tables,
                          &error) &&
           read_tables(archive, name, &error);
    if (done)
        cmd_warn(archive->build->output, &report.warnings);
    stamp_report_free(&report);
    return done ? EXIT_DONE : fail(archive, &error);
}

/* ---- parts ---- */

/* Links the objects of one package, "" for main, to `linked`. */
static int link_part(struct archive *archive, const char *package, const char *tables,
                     const char *script, const char *linked)
{
    WORDS_AUTO command = {0};
    tools_add_relocatable_link(&command, archive->build, linked);
    for (size_t i = 0; i < archive->member_count; i++)
        if (!strcmp(archive->members[i].package, package))
            words_add(&command, "%s", archive->members[i].path);
    words_add(&command, "%s", tables);
    for (size_t i = 0; !*package && i < archive->libraries.count; i++)
        words_add(&command, "%s", archive->libraries.items[i]);
    words_add(&command, "-Wl,-d"); /* gives common symbols a place */
    /* C++'s inline functions of this part must not be taken for those of another plugin. */
    words_add(&command, "-Wl,--force-group-allocation");
    words_add(&command, "-Wl,-T,%s", script);
    return compile_step(archive->build, &archive->work, "linker", &command);
}

/* Writes the names that stay names in the part of main: that of its table, and those of packages,
 * of whose inline functions and variables C++ has copies in all files that use them. */
static bool write_kept(const struct archive *archive, const char *path, struct error *error)
{
    FILE *file = cmd_create(path, error);
    if (!file)
        return false;
    fprintf(file, "plugin_built_in_%s\n", archive->id.digits);
    for (uint32_t i = 0; i < archive->meta.header.shared.count; i++)
        fprintf(file, "%s\n", meta_shared(&archive->meta, i).name);
    for (size_t i = 0; i < archive->common.count; i++)
        fprintf(file, "%s\n", archive->common.items[i].name);
    return cmd_close(file, path, error);
}

/* Takes away the names that are the part's own: of main all but a few, of a package those that it
 * hides. */
static int hide_names(struct archive *archive, bool is_main, const char *linked, const char *part)
{
    static const char *const own[] = {"plugin_constructors",  "plugin_constructors_end",
                                      "plugin_destructors",   "plugin_destructors_end",
                                      "__start_plugin_inits", "__stop_plugin_inits"};
    WORDS_AUTO command = {0};
    ERROR_AUTO error = {0};
    int status = tools_add(&command, archive->build, &archive->work, "objcopy", "OBJCOPY");
    if (status != EXIT_DONE)
        return status;
    char *kept = is_main ? work_path(archive, "kept") : NULL;
    if (is_main && !write_kept(archive, kept, &error)) {
        free(kept);
        return fail(archive, &error);
    }
    if (is_main)
        words_add(&command, "--keep-global-symbols=%s", kept);
    else
        words_add(&command, "--localize-hidden");
    free(kept);
    for (size_t i = 0; !is_main && i < sizeof own / sizeof *own; i++)
        words_add(&command, "--localize-symbol=%s", own[i]);
    words_add(&command, "%s", linked);
    words_add(&command, "%s", part);
    if (!object_make_plain(linked, &archive->common, &error))
        return fail(archive, &error);
    return compile_step(archive->build, &archive->work, "program", &command);
}

/* Links the objects of package number `package`, or of main if it is UINT32_MAX. */
static int prepare_part(struct archive *archive, const char *name, uint32_t package,
                        const char *script, char **linked)
{
    ERROR_AUTO error = {0};
    bool is_main = package == UINT32_MAX;
    char *source = work_path(archive, "%u.c", package),
         *object = work_path(archive, "%u.t", package);
    *linked = work_path(archive, "%u.linked", package);
    int status = source && object && *linked ? EXIT_DONE : fail_for_memory(archive);
    if (status == EXIT_DONE &&
        !(is_main ? built_in_write_main(source, name, archive->id, archive->tables.meta,
                                        archive->tables.btf, &error)
                  : built_in_write_part(source, archive->id, package, &error)))
        status = fail(archive, &error);
    if (status == EXIT_DONE)
        status = tools_compile_tables(archive->build, &archive->work, source, object);
    if (status == EXIT_DONE)
        status = link_part(archive, is_main ? "" : meta_package(&archive->meta, package).path,
                           object, script, *linked);
    free(source);
    free(object);
    return status;
}

/* Makes the member of the archive. */
static int finish_part(struct archive *archive, uint32_t package, const char *linked)
{
    bool is_main = package == UINT32_MAX;
    char *part =
        is_main ? work_path(archive, ARCHIVE_MAIN) : work_path(archive, ARCHIVE_PACKAGE, package);
    int status = part ? hide_names(archive, is_main, linked, part) : fail_for_memory(archive);
    if (status == EXIT_DONE)
        words_add(&archive->parts, "%s", part);
    free(part);
    return status;
}

static int check_parts(struct archive *archive, const char *main_linked, const char *const *linked)
{
    ERROR_AUTO error = {0};
    const struct meta *meta = &archive->meta;
    return archive_check_closed(meta, main_linked, linked, &error) &&
                   archive_check_hidden(meta, main_linked, linked, &error) &&
                   archive_find_common(&archive->common, main_linked, linked, &error)
               ? EXIT_DONE
               : fail(archive, &error);
}

static int make_parts(struct archive *archive, const char *name, const char *script)
{
    uint32_t count = built_in_part_count(&archive->meta);
    char *main_linked = NULL, **linked = calloc((size_t)count + 1, sizeof *linked);
    if (!linked)
        return fail_for_memory(archive);
    int status = prepare_part(archive, name, UINT32_MAX, script, &main_linked);
    for (uint32_t i = 0; status == EXIT_DONE && i < count; i++)
        status = prepare_part(archive, name, i, script, &linked[i]);
    if (status == EXIT_DONE)
        status = check_parts(archive, main_linked, (const char *const *)linked);
    if (status == EXIT_DONE)
        status = finish_part(archive, UINT32_MAX, main_linked);
    for (uint32_t i = 0; status == EXIT_DONE && i < count; i++)
        status = finish_part(archive, i, linked[i]);
    for (uint32_t i = 0; i < count; i++)
        free(linked[i]);
    free(linked);
    free(main_linked);
    return status;
}

/* ---- the archive ---- */

/* Writes the flags, a line each, that a program needs which takes the plugin: its libraries. */
static void add_flags(FILE *file, const struct build *build)
{
    for (size_t i = 0; i < build->count; i++) {
        const struct argument *argument = &build->arguments[i];
        const char *string = argument->string, *value = string + 2;
        char absolute[PATH_MAX];
        bool is_flag = argument->kind == FLAG, is_directory = is_flag && !strncmp(string, "-L", 2);
        if ((is_directory || (is_flag && !strncmp(string, "-l", 2))) && !*value)
            value = ++i < build->count ? build->arguments[i].string : "";
        if (is_directory)
            fprintf(file, "-L%s\n", realpath(value, absolute) ? absolute : value);
        else if (is_flag && !strncmp(string, "-l", 2))
            fprintf(file, "-l%s\n", value);
        else if (is_flag && !strcmp(string, "-Wl,-rpath") && i + 1 < build->count)
            fprintf(file, "%s%s\n", string, build->arguments[++i].string + strlen("-Wl"));
        else if (is_flag && (!strcmp(string, "-pthread") || !strcmp(string, "-fopenmp") ||
                             !strncmp(string, "-Wl,-rpath", 10)))
            fprintf(file, "%s\n", string);
        else if (!is_flag && is_linkable(string) && strstr(run_base_name(string), ".so"))
            fprintf(file, "%s\n", realpath(string, absolute) ? absolute : string);
        else if (is_flag && build_takes_value(string))
            i++;
    }
    if (compile_is_cplusplus(build))
        fputs("-lstdc++\n", file);
}

static int write_flags(struct archive *archive)
{
    ERROR_AUTO error = {0};
    char *path = work_path(archive, ARCHIVE_LINK);
    FILE *file = cmd_create(path, &error);
    if (file)
        add_flags(file, archive->build);
    bool done = file && cmd_close(file, path, &error);
    if (done)
        words_add(&archive->parts, "%s", path);
    free(path);
    return done ? EXIT_DONE : fail(archive, &error);
}

static int pack(struct archive *archive, const struct scratch *scratch)
{
    WORDS_AUTO command = {0};
    int status = tools_add(&command, archive->build, &archive->work, "ar", "AR");
    if (status != EXIT_DONE)
        return status;
    words_add(&command, "rcD");
    words_add(&command, "%s", text_chars(&scratch->path));
    for (size_t i = 0; i < archive->parts.count; i++)
        words_add(&command, "%s", archive->parts.items[i]);
    command.failed |= archive->parts.failed;
    status = compile_step(archive->build, &archive->work, "program", &command);
    ERROR_AUTO error = {0};
    if (status == EXIT_DONE && interrupts_arrived(&scratch->interrupts))
        return EXIT_FAILED;
    if (status == EXIT_DONE && !scratch_keep(scratch, archive->build->output, &error))
        status = fail(archive, &error);
    return status;
}

static int check_machine(const struct archive *archive)
{
    ERROR_AUTO error = {0};
    struct module module;
    if (!cmd_read_module(&module, text_chars(&archive->work.path), &error))
        return fail(archive, &error);
    bool is_64 = module.elf.is_64;
    module_free(&module);
    if (is_64)
        return EXIT_DONE;
    error_set(&error, PLUGIN_UNSUPPORTED, "built-in plugins are for machines of 64 bits");
    return fail(archive, &error);
}

static int make_archive(struct archive *archive, const struct scratch *scratch)
{
    ERROR_AUTO error = {0};
    const char *name = run_base_name(text_chars(&archive->work.path));
    char *script = work_path(archive, "script");
    int status = script ? compile_sources(archive) : fail_for_memory(archive);
    if (status == EXIT_DONE)
        status = link_loadable(archive);
    if (status == EXIT_DONE)
        status = check_machine(archive);
    if (status == EXIT_DONE)
        status = stamp_loadable(archive, name);
    if (status == EXIT_DONE && !built_in_write_script(script, &error))
        status = fail(archive, &error);
    if (status == EXIT_DONE)
        status = make_parts(archive, name, script);
    if (status == EXIT_DONE)
        status = write_flags(archive);
    if (status == EXIT_DONE)
        status = pack(archive, scratch);
    free(script);
    return status;
}

static void free_archive(struct archive *archive)
{
    for (size_t i = 0; i < archive->member_count; i++) {
        free(archive->members[i].path);
        free(archive->members[i].package);
    }
    free(archive->members);
    free(archive->linked.arguments);
    words_free(&archive->libraries);
    object_names_free(&archive->common);
    words_free(&archive->parts);
    stamp_tables_free(&archive->tables);
}

/* With the directory for what is made on the way; what is done goes through another one. */
static int build_within(struct archive *archive)
{
    ERROR_AUTO error = {0};
    struct scratch scratch;
    int status = scratch_open(&scratch, archive->build->output, &error)
                     ? make_archive(archive, &scratch)
                     : cmd_failed(&error);
    scratch_close(&scratch);
    return status;
}

int archive_build(const struct build *build)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO loadable = {0};
    struct archive archive = {.build = build, .linked = *build};
    archive.linked.plugin = true;
    archive.linked.arguments = calloc(build->count + 1, sizeof *archive.linked.arguments);
    archive.members = calloc(build->count + 1, sizeof *archive.members);
    text_add(&loadable, "%.*s.so", (int)(strlen(build->output) - strlen(".a")), build->output);
    int status;
    if (!archive.linked.arguments || !archive.members || loadable.failed) {
        status = fail_for_memory(&archive);
    } else {
        memcpy(archive.linked.arguments, build->arguments, build->count * sizeof *build->arguments);
        status = scratch_open(&archive.work, text_chars(&loadable), &error) ? build_within(&archive)
                                                                            : cmd_failed(&error);
        scratch_close(&archive.work);
    }
    free_archive(&archive);
    return status;
}
