/* SPDX-License-Identifier: MIT */
/* What the verbs of the `plugin` command share. */
#include "common/cmd.h"

#include "src/base/path.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- messages ---- */

bool cmd_is_help(const char *argument)
{
    return !strcmp(argument, "--help") || !strcmp(argument, "-h");
}

/* Prints the start of a message, in colour on a terminal. */
static void cmd_print_prefix(const char *prefix, const char *colour)
{
    if (isatty(STDERR_FILENO) && !getenv("NO_COLOR"))
        fprintf(stderr, "\033[%sm%s\033[0m", colour, prefix);
    else
        fputs(prefix, stderr);
}

int cmd_usage_error(const char *verb, const char *format, ...)
{
    char *message;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&message, format, arguments);
    va_end(arguments);
    TEXT_AUTO escaped = {0};
    if (length >= 0) {
        text_add_escaped(&escaped, message);
        free(message);
    }
    fprintf(stderr, "plugin %s: %s; see `plugin %s --help`\n", verb, text_chars(&escaped), verb);
    return EXIT_USAGE;
}

int cmd_failed(const struct error *error)
{
    cmd_print_prefix("plugin: ", "31");
    fprintf(stderr, "%s\n", error_text(error));
    return EXIT_FAILED;
}

int cmd_failed_no_memory(void)
{
    ERROR_AUTO error = {0};
    error_set_no_memory(&error);
    return cmd_failed(&error);
}

void cmd_warn(const char *name, const struct text *warnings)
{
    const char *line = text_chars(warnings);
    TEXT_AUTO escaped = {0};
    text_add_escaped(&escaped, name);
    while (*line) {
        size_t length = strcspn(line, "\n");
        cmd_print_prefix("plugin: warning: ", "33");
        fprintf(stderr, "%s: %.*s\n", text_chars(&escaped), (int)length, line);
        line += length + (line[length] == '\n');
    }
}

int cmd_finish_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    ERROR_AUTO error = {0};
    error_set(&error, PLUGIN_SYSTEM, "cannot write to standard output: %s", strerror(errno));
    cmd_failed(&error);
    return status ? status : EXIT_FAILED;
}

/* ---- files ---- */

bool cmd_read_module(struct module *module, const char *path, struct arena *arena,
                     struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    if (file_open(&file, path, error) && module_read(module, &file, arena, error) &&
        (!module->is_stamped || module_types(module, error)))
        return true;
    return error_prefix(error, "cannot read %s: ", path);
}

bool cmd_read_built_ins(struct bundle_file *built_ins, const struct module *module,
                        const char *path, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    *built_ins = (struct bundle_file){0};
    bool done = file_open(&file, path, error) && bundle_file_read(built_ins, module, &file, error);
    for (size_t i = 0; done && i < built_ins->count; i++)
        done = module_types(&built_ins->plugins[i].module, error);
    return done || error_prefix(error, "cannot read %s: ", path);
}

uint8_t *cmd_read_file(const char *path, uint64_t limit, size_t *size, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    if (!file_open(&file, path, error))
        return NULL;
    if (file.size > limit) {
        error_set(error, PLUGIN_UNSUPPORTED, "larger than %" PRIu64 " bytes", limit);
        return NULL;
    }
    *size = (size_t)file.size;
    uint8_t *bytes = malloc(*size + 1);
    if (!bytes)
        error_set_no_memory(error);
    else if (file_read(&file, 0, *size, bytes, error))
        return bytes;
    free(bytes);
    return NULL;
}

bool cmd_write_file(const char *path, const struct text *content, struct error *error)
{
    if (!path || content->failed)
        return error_set_no_memory(error);
    FILE *file = fopen(path, "we");
    bool done = file && fwrite(text_chars(content), 1, content->length, file) == content->length;
    done = file && fclose(file) == 0 && done;
    return done || error_set(error, PLUGIN_SYSTEM, "cannot write %s: %s", path, strerror(errno));
}

/* ---- the installation ---- */

/* Gets the directory of the command, with a slash; "" if it is unknown. Returns its length. */
static size_t cmd_find_own_directory(char directory[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", directory, PATH_MAX - 1);
    directory[size > 0 ? size : 0] = '\0';
    size_t length = (size_t)(path_base_name(directory) - directory);
    directory[length] = '\0';
    return length;
}

bool cmd_add_root(struct text *root)
{
    static const char bin[] = PLUGIN_BINDIR "/";
    char directory[PATH_MAX];
    size_t length = cmd_find_own_directory(directory), tail = sizeof bin - 1;
    if (length < tail || strcmp(directory + length - tail, bin) != 0)
        return false;
    text_add_bytes(root, directory, length - tail);
    return true;
}

/* In a build tree, as of a subproject, a file beside the command has the directories of the header
 * and of the library. */
static bool cmd_add_built(struct text *found, bool is_library)
{
    TEXT_AUTO path = {0};
    char directory[PATH_MAX], lines[2][PATH_MAX];
    cmd_find_own_directory(directory);
    text_add(&path, "%sbuild-tree", directory);
    FILE *file = *directory ? fopen(text_chars(&path), "re") : NULL;
    bool done = file && fgets(lines[0], PATH_MAX, file) && fgets(lines[1], PATH_MAX, file);
    if (file)
        fclose(file);
    if (done)
        text_add(found, "%.*s", (int)strcspn(lines[is_library], "\n"), lines[is_library]);
    return done;
}

/* Adds a directory of the installation, or what it is in a build tree. */
static void cmd_add_directory(struct text *directory, const char *installed, bool is_library)
{
    if (cmd_add_root(directory) || !cmd_add_built(directory, is_library))
        text_add(directory, "%s", installed);
}

void cmd_add_include_directory(struct text *directory)
{
    cmd_add_directory(directory, PLUGIN_INCLUDEDIR, false);
}

void cmd_add_library_directory(struct text *directory)
{
    cmd_add_directory(directory, PLUGIN_LIBDIR, true);
}
