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

void cmd_add_root(struct text *root)
{
    static const char bin[] = PLUGIN_BINDIR "/";
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0)
        return;
    path[size] = '\0';
    size_t length = (size_t)(path_base_name(path) - path), tail = sizeof bin - 1;
    if (length > tail && !strncmp(path + length - tail, bin, tail))
        text_add_bytes(root, path, length - tail);
}

/* Adds the library's folder of the build that the command lies in, as a subproject of another;
 * false if it lies elsewhere. */
static bool cmd_add_build_directory(struct text *directory)
{
    char path[PATH_MAX], library[PATH_MAX + sizeof "src/libplugin.so"];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0)
        return false;
    path[size] = '\0';
    size_t length = strlen(path);
    static const char own[] = "cmd/plugin";
    if (length < sizeof own || strcmp(path + length - (sizeof own - 1), own) != 0)
        return false;
    path[length - (sizeof own - 1)] = '\0';
    snprintf(library, sizeof library, "%ssrc/libplugin.so", path);
    if (access(library, F_OK) != 0)
        return false;
    text_add(directory, "%ssrc", path);
    return true;
}

void cmd_add_library_directory(struct text *directory)
{
    if (cmd_add_build_directory(directory))
        return;
    cmd_add_root(directory);
    text_add(directory, "%s", PLUGIN_LIBDIR);
}
