/* SPDX-License-Identifier: MIT */
/* plugin build -buildmode=archive: makes a built-in plugin.
 *
 * First, the plugin is linked as a loadable one, from which the stamp's tables are made. Then the
 * objects of each package, and those of main, are linked into a part: a relocatable object whose
 * only global symbols are those of the package and the tables. */
#include "build/archive_p.h"

#include "build/archive_parts_p.h"
#include "build/built_in_tables_p.h"
#include "build/compile_p.h"
#include "build/compiler_p.h"
#include "build/object_p.h"
#include "build/tools_p.h"
#include "common/cmd.h"
#include "src/base/arena.h"
#include "src/base/path.h"
#include "src/module/bundle.h"
#include "stamp/stamp.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An object, compiled or given. */
struct member {
    const char *path;
    char *package; /* "": main */
};

struct archive {
    const struct build *build;
    struct build linked; /* the same build, with objects in place of sources */
    struct scratch work; /* for intermediate files; work.path is the loadable plugin */
    struct member *members;
    size_t member_count;
    struct words libraries; /* static ones (.a), which are linked into main's part */
    struct stamp_sections tables;
    struct meta meta;
    struct built_in_id id;
    struct object_names common; /* hidden C++ variables that several parts define */
    struct words parts;         /* the members of the archive */
    struct arena paths;
};

static int archive_fail(const struct archive *archive, struct error *error)
{
    error_prefix(error, "cannot make %s: ", archive->build->output);
    return cmd_failed(error);
}

static int archive_fail_no_memory(const struct archive *archive)
{
    ERROR_AUTO error = {0};
    error_set_no_memory(&error);
    return archive_fail(archive, &error);
}

/* Returns a path in the directory of intermediate files, owned by the archive; NULL without memory.
 */
__attribute__((format(printf, 2, 3))) static char *archive_path(struct archive *archive,
                                                                const char *format, ...)
{
    TEXT_AUTO path = {0};
    char *name;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&name, format, arguments) < 0)
        name = NULL;
    va_end(arguments);
    text_add(&path, "%s/%s", text_chars(&archive->work.directory), name ? name : "");
    bool done = name && !path.failed;
    free(name);
    return done ? arena_strndup(&archive->paths, path.chars, path.length) : NULL;
}

/* ---- compiling ---- */

static bool archive_has_extension(const char *path, const char *extension)
{
    size_t length = strlen(path), end = strlen(extension);
    return length > end && !strcmp(path + length - end, extension);
}

/* Is the input an object or a library, which is not compiled? */
static bool archive_is_linkable(const char *path)
{
    const char *name = path_base_name(path);
    return archive_has_extension(name, ".o") || archive_has_extension(name, ".a") ||
           archive_has_extension(name, ".so") || strstr(name, ".so.");
}

/* Replaces the source by the object, and reads its package. */
static int archive_add_object(struct archive *archive, size_t index, const char *object)
{
    assert(archive->member_count < archive->build->count);
    ERROR_AUTO error = {0};
    struct member *member = &archive->members[archive->member_count++];
    member->path = object;
    archive->linked.arguments[index] = (struct argument){object, ARGUMENT_INPUT};
    return object_read_package(object, &member->package, &error) ? EXIT_DONE
                                                                 : archive_fail(archive, &error);
}

/* Compiles the input at this index, unless it is an object or a library. */
static int archive_add_input(struct archive *archive, size_t index)
{
    const char *input = archive->build->arguments[index].string;
    bool is_object = archive_has_extension(input, ".o");
    if (*input == '@' || !strcmp(input, "-"))
        return cmd_usage_error("build", "-buildmode=archive takes files, not %s", input);
    if (archive_has_extension(input, ".a"))
        words_add(&archive->libraries, "%s", input);
    if (archive_is_linkable(input) && !is_object)
        return EXIT_DONE;
    const char *object = is_object ? input : archive_path(archive, "%zu.o", index);
    if (!object)
        return archive_fail_no_memory(archive);
    int status =
        is_object ? EXIT_DONE : compile_object(archive->build, &archive->work, index, object);
    return status == EXIT_DONE ? archive_add_object(archive, index, object) : status;
}

static int archive_compile_sources(struct archive *archive)
{
    int status = EXIT_DONE;
    for (size_t i = 0; status == EXIT_DONE && i < archive->build->count; i++)
        if (archive->build->arguments[i].kind != ARGUMENT_FLAG)
            status = archive_add_input(archive, i);
    return status;
}

/* Removes each -x: it applies to sources, which are objects by now. */
static void archive_remove_languages(struct build *linked)
{
    size_t kept = 0;
    for (size_t i = 0; i < linked->count; i++) {
        const struct argument argument = linked->arguments[i];
        if (argument.kind == ARGUMENT_FLAG && !strncmp(argument.string, "-x", 2)) {
            i += !argument.string[2];
            continue;
        }
        linked->arguments[kept++] = argument;
    }
    linked->count = kept;
}

/* ---- the loadable plugin and its tables ---- */

static bool archive_read_tables(struct archive *archive, const char *name, struct error *error)
{
    struct stamp_sections *tables = &archive->tables;
    if (!meta_read_header(&archive->meta, tables->meta, tables->btf, error) ||
        !meta_read_tables(&archive->meta, tables->meta, error))
        return false;
    archive->id = built_in_id(name, archive->meta.header.content);
    return true;
}

static int archive_stamp_loadable(struct archive *archive, const char *name)
{
    ERROR_AUTO error = {0};
    WORDS_AUTO directories = {0};
    struct stamp_report report = {0};
    compile_add_library_directories(&directories, archive->build);
    const struct stamp_options options = {
        .library_directories = (const char *const *)directories.items,
        .source_directory = build_source_directory(archive->build)};
    bool done = !directories.failed || error_set_no_memory(&error);
    done = done &&
           stamp_built_in(text_chars(&archive->work.path), &options, &report, &archive->tables,
                          &error) &&
           archive_read_tables(archive, name, &error);
    if (done)
        cmd_warn(archive->build->output, &report.warnings);
    stamp_report_free(&report);
    return done ? EXIT_DONE : archive_fail(archive, &error);
}

/* ---- parts ---- */

/* Links the objects of one package, "" for main, into `linked`. */
static int archive_link_part(struct archive *archive, const char *package, const char *tables,
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
    words_add(&command, "-Wl,-d"); /* allocates common symbols */
    /* The linker must not merge this part's C++ inline functions with another plugin's. */
    words_add(&command, "-Wl,--force-group-allocation");
    words_add(&command, "-Wl,-T,%s", script);
    return compile_step(archive->build, &archive->work, "linker", &command);
}

/* Writes the names that stay global in main's part: the table; the packages' symbols, since every
 * user of a C++ inline function or variable defines it; the common variables. */
static bool archive_write_globals(const struct archive *archive, const char *path,
                                  struct error *error)
{
    TEXT_AUTO names = {0};
    text_add(&names, "plugin_built_in_%s\n", archive->id.digits);
    for (uint32_t i = 0; i < archive->meta.header.shared.count; i++)
        text_add(&names, "%s\n", meta_shared(&archive->meta, i).name);
    for (size_t i = 0; i < archive->common.count; i++)
        text_add(&names, "%s\n", archive->common.items[i].name);
    return cmd_write_file(path, &names, error);
}

/* Links the part of package number `package`, UINT32_MAX for main, with its table. */
static int archive_prepare_part(struct archive *archive, const char *name, uint32_t package,
                                const char *script, const char **linked)
{
    ERROR_AUTO error = {0};
    bool is_main = package == UINT32_MAX;
    const char *source = archive_path(archive, "%u.c", package);
    const char *object = archive_path(archive, "%u.t", package);
    *linked = archive_path(archive, "%u.linked", package);
    if (!source || !object || !*linked)
        return archive_fail_no_memory(archive);
    bool done = is_main ? built_in_write_main(source, name, archive->id, archive->tables.meta,
                                              archive->tables.btf, &error)
                        : built_in_write_part(source, archive->id, package, &error);
    if (!done)
        return archive_fail(archive, &error);
    int status = tools_compile_tables(archive->build, &archive->work, source, object);
    if (status != EXIT_DONE)
        return status;
    const char *path = is_main ? "" : meta_package(&archive->meta, package).path;
    return archive_link_part(archive, path, object, script, *linked);
}

/* Makes the archive member of a linked part. Makes symbols local: in main's part all but a few, in
 * a package's part the hidden ones. */
static int archive_finish_part(struct archive *archive, uint32_t package, const char *linked)
{
    ERROR_AUTO error = {0};
    WORDS_AUTO flags = {0};
    bool is_main = package == UINT32_MAX;
    const char *part = is_main ? archive_path(archive, ARCHIVE_MAIN)
                               : archive_path(archive, ARCHIVE_PACKAGE, package);
    const char *globals = archive_path(archive, "kept");
    if (!part || !globals)
        return archive_fail_no_memory(archive);
    if ((is_main && !archive_write_globals(archive, globals, &error)) ||
        !object_normalize(linked, &archive->common, &error))
        return archive_fail(archive, &error);
    if (is_main)
        words_add(&flags, "--keep-global-symbols=%s", globals);
    else
        words_add_list(
            &flags, "--localize-hidden", "--localize-symbol=plugin_constructors",
            "--localize-symbol=plugin_constructors_end", "--localize-symbol=plugin_destructors",
            "--localize-symbol=plugin_destructors_end", "--localize-symbol=__start_plugin_inits",
            "--localize-symbol=__stop_plugin_inits", NULL);
    words_add_list(&flags, linked, part, NULL);
    words_add(&archive->parts, "%s", part);
    return tools_run(archive->build, &archive->work, "objcopy", "OBJCOPY", &flags);
}

static int archive_check_parts(struct archive *archive, const char *main_linked,
                               const char *const *linked)
{
    ERROR_AUTO error = {0};
    const struct meta *meta = &archive->meta;
    return archive_check_closed(meta, main_linked, linked, &error) &&
                   archive_check_hidden(meta, main_linked, linked, &error) &&
                   archive_find_common(&archive->common, main_linked, linked, &error)
               ? EXIT_DONE
               : archive_fail(archive, &error);
}

static int archive_make_parts(struct archive *archive, const char *name, const char *script)
{
    uint32_t count = built_in_part_count(&archive->meta);
    const char *main_linked = NULL, **linked = calloc((size_t)count + 1, sizeof *linked);
    if (!linked)
        return archive_fail_no_memory(archive);
    int status = archive_prepare_part(archive, name, UINT32_MAX, script, &main_linked);
    for (uint32_t i = 0; status == EXIT_DONE && i < count; i++)
        status = archive_prepare_part(archive, name, i, script, &linked[i]);
    if (status == EXIT_DONE)
        status = archive_check_parts(archive, main_linked, linked);
    if (status == EXIT_DONE)
        status = archive_finish_part(archive, UINT32_MAX, main_linked);
    for (uint32_t i = 0; status == EXIT_DONE && i < count; i++)
        status = archive_finish_part(archive, i, linked[i]);
    free(linked);
    return status;
}

/* ---- the archive ---- */

/* Adds the flags, one a line, that link a program with the plugin's libraries. */
static void archive_add_flags(struct text *flags, const struct build *build)
{
    for (size_t i = 0; i < build->count; i++) {
        const struct argument *argument = &build->arguments[i];
        const char *string = argument->string, *value = string + 2;
        char absolute[PATH_MAX];
        bool is_flag = argument->kind == ARGUMENT_FLAG,
             is_directory = is_flag && !strncmp(string, "-L", 2);
        if ((is_directory || (is_flag && !strncmp(string, "-l", 2))) && !*value)
            value = ++i < build->count ? build->arguments[i].string : "";
        if (is_directory)
            text_add(flags, "-L%s\n", realpath(value, absolute) ? absolute : value);
        else if (is_flag && !strncmp(string, "-l", 2))
            text_add(flags, "-l%s\n", value);
        else if (is_flag && !strcmp(string, "-Wl,-rpath") && i + 1 < build->count)
            text_add(flags, "%s%s\n", string, build->arguments[++i].string + strlen("-Wl"));
        else if (is_flag && (!strcmp(string, "-pthread") || !strcmp(string, "-fopenmp") ||
                             !strncmp(string, "-Wl,-rpath", 10)))
            text_add(flags, "%s\n", string);
        else if (!is_flag && archive_is_linkable(string) && strstr(path_base_name(string), ".so"))
            text_add(flags, "%s\n", realpath(string, absolute) ? absolute : string);
        else if (is_flag && build_takes_value(string))
            i++;
    }
    if (compiler_is_cplusplus(build))
        text_add(flags, "-lstdc++\n");
}

static int archive_write_flags(struct archive *archive)
{
    ERROR_AUTO error = {0};
    const char *path = archive_path(archive, ARCHIVE_LINK);
    TEXT_AUTO flags = {0};
    archive_add_flags(&flags, archive->build);
    if (!cmd_write_file(path, &flags, &error))
        return archive_fail(archive, &error);
    words_add(&archive->parts, "%s", path);
    return EXIT_DONE;
}

static int archive_pack(struct archive *archive, const struct scratch *scratch)
{
    WORDS_AUTO command = {0};
    words_add_list(&command, "rcD", text_chars(&scratch->path), NULL);
    for (size_t i = 0; i < archive->parts.count; i++)
        words_add(&command, "%s", archive->parts.items[i]);
    command.failed |= archive->parts.failed;
    int status = tools_run(archive->build, &archive->work, "ar", "AR", &command);
    ERROR_AUTO error = {0};
    if (status == EXIT_DONE && interrupts_arrived(&scratch->interrupts))
        return EXIT_FAILED;
    if (status == EXIT_DONE && !scratch_commit(scratch, archive->build->output, &error))
        status = archive_fail(archive, &error);
    return status;
}

static int archive_check_machine(const struct archive *archive)
{
    ERROR_AUTO error = {0};
    ARENA_AUTO arena = {0};
    struct module module;
    if (!cmd_read_module(&module, text_chars(&archive->work.path), &arena, &error))
        return archive_fail(archive, &error);
    bool is_64 = module.elf.is_64;
    module_deinit(&module);
    if (is_64)
        return EXIT_DONE;
    error_set(&error, PLUGIN_UNSUPPORTED, "built-in plugins need a 64-bit machine");
    return archive_fail(archive, &error);
}

static int archive_make(struct archive *archive, const struct scratch *scratch)
{
    ERROR_AUTO error = {0};
    const char *name = path_base_name(text_chars(&archive->work.path));
    const char *script = archive_path(archive, "script");
    int status = script ? archive_compile_sources(archive) : archive_fail_no_memory(archive);
    if (status == EXIT_DONE) {
        archive_remove_languages(&archive->linked);
        archive->linked.writes_rules = false;
        status = compile_link(&archive->linked, &archive->work);
    }
    if (status == EXIT_DONE)
        status = archive_check_machine(archive);
    if (status == EXIT_DONE)
        status = archive_stamp_loadable(archive, name);
    if (status == EXIT_DONE && !built_in_write_script(script, &error))
        status = archive_fail(archive, &error);
    if (status == EXIT_DONE)
        status = archive_make_parts(archive, name, script);
    if (status == EXIT_DONE)
        status = archive_write_flags(archive);
    if (status == EXIT_DONE)
        status = archive_pack(archive, scratch);
    return status;
}

static void archive_deinit(struct archive *archive)
{
    for (size_t i = 0; i < archive->member_count; i++)
        free(archive->members[i].package);
    free(archive->members);
    free(archive->linked.arguments);
    words_deinit(&archive->libraries);
    object_names_deinit(&archive->common);
    words_deinit(&archive->parts);
    arena_deinit(&archive->paths);
    stamp_sections_free(&archive->tables);
}

/* The archive has a scratch directory of its own: intermediate files must not be committed. */
static int archive_make_in_scratch(struct archive *archive)
{
    ERROR_AUTO error = {0};
    struct scratch scratch;
    int status = scratch_open(&scratch, archive->build->output, &error)
                     ? archive_make(archive, &scratch)
                     : cmd_failed(&error);
    scratch_close(&scratch);
    return status;
}

int archive_build(const struct build *build)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO loadable = {0};
    struct archive archive = {.build = build, .linked = *build};
    archive.linked.is_plugin = true;
    archive.linked.arguments = calloc(build->count + 1, sizeof *archive.linked.arguments);
    archive.members = calloc(build->count + 1, sizeof *archive.members);
    text_add(&loadable, "%.*s.so", (int)(strlen(build->output) - strlen(".a")), build->output);
    int status;
    if (!archive.linked.arguments || !archive.members || loadable.failed) {
        status = archive_fail_no_memory(&archive);
    } else {
        memcpy(archive.linked.arguments, build->arguments, build->count * sizeof *build->arguments);
        status = scratch_open(&archive.work, text_chars(&loadable), &error)
                     ? archive_make_in_scratch(&archive)
                     : cmd_failed(&error);
        scratch_close(&archive.work);
    }
    archive_deinit(&archive);
    return status;
}
