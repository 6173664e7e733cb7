/* SPDX-License-Identifier: MIT */
/* Called as `ld`, the command links as that linker does, and stamps: compilers look for their
 * linker in the directory of -B first, so that one flag makes any build system stamp what it links.
 *
 * The linker writes its output in place: another name would be seen in what else it writes, such as
 * rules for make. What cannot be stamped is removed, as linkers do on failure. */
#include "build/archive_p.h"
#include "build/compile_p.h"
#include "build/linker_arguments_p.h"
#include "common/cmd.h"
#include "src/base/path.h"
#include "stamp/stamp.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct linker {
    const char *name; /* such as ld or ld.lld */
    char path[PATH_MAX];
    struct link_arguments link;
    const struct scratch *scratch;
    const char **archives; /* built-in plugins among the inputs */
    size_t archive_count;
    struct text bundle;        /* the object in their place; "": none */
    struct words bundle_flags; /* what it needs */
};

bool linker_is_name(const char *name)
{
    return !strcmp(name, "ld") || !strncmp(name, "ld.", 3);
}

/* ---- the linker itself ---- */

/* Is this program not this one, under another name? */
static bool linker_is_other(const char *path)
{
    struct stat own, other;
    return access(path, X_OK) == 0 && stat(path, &other) == 0 && S_ISREG(other.st_mode) &&
           (stat("/proc/self/exe", &own) != 0 || own.st_dev != other.st_dev ||
            own.st_ino != other.st_ino);
}

/* Searches a list of directories, which colons separate. */
static bool linker_search(struct linker *linker, const char *directories)
{
    while (directories && *directories) {
        int length = (int)strcspn(directories, ":");
        int size = snprintf(linker->path, sizeof linker->path, "%.*s/%s", length, directories,
                            linker->name);
        if (length && size < (int)sizeof linker->path && linker_is_other(linker->path))
            return true;
        directories += length + (directories[length] == ':');
    }
    return false;
}

/* gcc says where it looks for its programs; clang looks in PATH. */
static bool linker_find(struct linker *linker, struct error *error)
{
    return linker_search(linker, getenv("COMPILER_PATH")) ||
           linker_search(linker, getenv("PATH")) ||
           error_set(error, PLUGIN_NOT_FOUND,
                     "cannot find the linker %s in PATH; install it, or choose another by -fuse-ld",
                     linker->name);
}

/* ---- the command ---- */

static bool linker_is_archive(const struct linker *linker, const char *argument)
{
    for (size_t i = 0; i < linker->archive_count; i++)
        if (linker->archives[i] == argument)
            return true;
    return false;
}

static void linker_add_argument(struct words *command, const struct linker *linker,
                                const char *argument, bool has_list)
{
    if (linker_is_archive(linker, argument)) {
        if (argument != linker->archives[0])
            return;
        words_add(command, "%s", text_chars(&linker->bundle));
        for (size_t i = 0; i < linker->bundle_flags.count; i++)
            words_add(command, "%s", linker->bundle_flags.items[i]);
    } else if (linker->link.kind == LINK_PLUGIN && link_is_libplugin(argument)) {
        /* A plugin that never calls libplugin does not depend on it. */
        words_add_list(command, "--push-state", "--as-needed", argument, "--pop-state", NULL);
    } else if (!has_list || !link_is_symbolic(argument)) {
        words_add(command, "%s", argument);
    }
}

/* As `plugin build` links. */
static void linker_add_binding(struct words *command, const struct linker *linker, const char *list)
{
    const struct link_arguments *link = &linker->link;
    if (link->kind == LINK_PROGRAM && link->is_dynamic)
        words_add(command, "--export-dynamic");
    if (link->kind != LINK_PLUGIN || link->dynamic_list)
        return;
    if (!list || !strcmp(linker->name, "ld.gold"))
        words_add(command, "-Bsymbolic");
    if (list)
        words_add(command, "--dynamic-list=%s", list);
}

/* Links once; `list` may be NULL. */
static int linker_link(const struct linker *linker, const char *list)
{
    ERROR_AUTO error = {0};
    WORDS_AUTO arguments = {0}, command = {0};
    TEXT_AUTO file = {0};
    static const struct build quiet = {0};
    words_add(&command, "%s", linker->path);
    text_add(&file, "%s/arguments", text_chars(&linker->scratch->directory));
    for (size_t i = 0; i < linker->link.words.count; i++)
        linker_add_argument(&arguments, linker, linker->link.words.items[i], list);
    linker_add_binding(&arguments, linker, list);
    if (linker->link.has_response_file) {
        if (!link_write_response_file(text_chars(&file), &arguments, &error))
            return cmd_failed(&error);
        words_add(&command, "@%s", text_chars(&file));
    }
    for (size_t i = 0; i < arguments.count && !linker->link.has_response_file; i++)
        words_add(&command, "%s", arguments.items[i]);
    command.failed |= arguments.failed || file.failed;
    return compile_step(&quiet, linker->scratch, "linker", &command);
}

/* ---- built-in plugins ---- */

/* Adds a flag of the compiler as one of the linker. */
static void linker_add_flag(struct words *flags, const char *flag)
{
    if (!strcmp(flag, "-pthread") || !strcmp(flag, "-fopenmp")) {
        words_add(flags, "%s", flag[1] == 'p' ? "-lpthread" : "-lgomp");
        return;
    }
    if (strncmp(flag, "-Wl,", 4) != 0) {
        words_add(flags, "%s", flag);
        return;
    }
    for (flag += 4; *flag; flag += *flag == ',') {
        int length = (int)strcspn(flag, ",");
        words_add(flags, "%.*s", length, flag);
        flag += length;
    }
}

static bool linker_find_archives(struct linker *linker, struct error *error)
{
    const struct words *words = &linker->link.words;
    linker->archives = calloc(words->count + 1, sizeof *linker->archives);
    if (!linker->archives)
        return error_set_no_memory(error);
    for (size_t i = 0; i < words->count; i++) {
        const char *path = words->items[i];
        if (*path == '-' || !bundle_is_archive(path))
            continue;
        if (linker->link.kind != LINK_PROGRAM)
            return error_set(
                error, PLUGIN_UNSUPPORTED,
                "cannot link the built-in plugin %s into %s, which is no program; link it into the program that opens it",
                path, linker->link.output);
        linker->archives[linker->archive_count++] = path;
    }
    return true;
}

/* Bundles the built-in plugins in the scratch directory. */
static int linker_bundle(struct linker *linker)
{
    /* gcc says which compiler it is. */
    const struct build build = {.compiler = getenv("COLLECT_GCC"), .output = linker->link.output};
    WORDS_AUTO flags = {0};
    if (!linker->archive_count)
        return EXIT_DONE;
    text_add(&linker->bundle, "%s/plugins.o", text_chars(&linker->scratch->directory));
    int status = bundle_make(&build, linker->scratch, linker->archives, linker->archive_count,
                             text_chars(&linker->bundle), &flags);
    for (size_t i = 0; i < flags.count; i++)
        linker_add_flag(&linker->bundle_flags, flags.items[i]);
    bool failed = flags.failed || linker->bundle.failed || linker->bundle_flags.failed;
    return status == EXIT_DONE && failed ? cmd_failed_no_memory() : status;
}

/* ---- linking and stamping ---- */

/* Links a plugin with packages again. */
static int linker_link_packages(const struct linker *linker)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO names = {0}, list = {0};
    const char *output = linker->link.output;
    if (linker->link.kind != LINK_PLUGIN || linker->link.dynamic_list)
        return EXIT_DONE;
    int status = compile_read_shared(output, output, &names);
    if (status != EXIT_DONE || !names.length)
        return status;
    text_add(&list, "%s/dynamic-list", text_chars(&linker->scratch->directory));
    if (list.failed)
        return cmd_failed_no_memory();
    if (!compile_write_dynamic_list(text_chars(&list), text_chars(&names), &error))
        return cmd_failed(&error);
    return linker_link(linker, text_chars(&list));
}

static bool linker_has_written(const char *output, const struct stat *before)
{
    struct stat now;
    return stat(output, &now) == 0 && S_ISREG(now.st_mode) &&
           (now.st_ino != before->st_ino || now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != before->st_mtim.tv_nsec);
}

static int linker_run(struct linker *linker)
{
    const struct link_arguments *link = &linker->link;
    struct stat before = {0};
    stat(link->output, &before);
    int status = linker_bundle(linker);
    if (status == EXIT_DONE)
        status = linker_link(linker, NULL);
    if (status != EXIT_DONE || !linker_has_written(link->output, &before))
        return status;
    status = linker_link_packages(linker);
    if (status == EXIT_DONE)
        status =
            stamp_module(link->output, link->output, &link->directories, &link->concessions, NULL);
    if (status == EXIT_DONE && interrupts_arrived(&linker->scratch->interrupts))
        status = EXIT_FAILED;
    if (status != EXIT_DONE)
        unlink(link->output);
    return status;
}

/* Reads the arguments and finds what is linked. */
static int linker_prepare(struct linker *linker, char **arguments)
{
    ERROR_AUTO error = {0};
    bool done = linker_find(linker, &error) &&
                link_arguments_init(&linker->link, arguments + 1, &error) &&
                linker_find_archives(linker, &error);
    return done ? concessions_read(&linker->link.concessions) : cmd_failed(&error);
}

/* Becomes the linker. */
static int linker_replace(const struct linker *linker, char **arguments)
{
    ERROR_AUTO error = {0};
    execv(linker->path, arguments);
    error_set(&error, PLUGIN_SYSTEM, "cannot run the linker %s: %s", linker->path, strerror(errno));
    return cmd_failed(&error);
}

static int linker_link_in_scratch(struct linker *linker)
{
    ERROR_AUTO error = {0};
    struct scratch scratch;
    linker->scratch = &scratch;
    int status = scratch_open(&scratch, linker->link.output, &error) ? linker_run(linker)
                                                                     : cmd_failed(&error);
    scratch_close(&scratch);
    return status;
}

int cmd_linker(char **arguments)
{
    struct linker linker = {.name = path_base_name(arguments[0])};
    int status = linker_prepare(&linker, arguments);
    if (status == EXIT_DONE && linker.link.kind == LINK_NOTHING) {
        status = linker_replace(&linker, arguments);
    } else if (status == EXIT_DONE) {
        status = linker_link_in_scratch(&linker);
    }
    link_arguments_deinit(&linker.link);
    words_deinit(&linker.bundle_flags);
    text_free(&linker.bundle);
    free(linker.archives);
    return status;
}
