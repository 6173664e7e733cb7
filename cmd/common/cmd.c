/* What the verbs of the `plugin` command share. */
#include "common/cmd.h"

#include "common/progress.h"
#include "common/run.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool cmd_is_help(const char *argument)
{
    return !strcmp(argument, "--help") || !strcmp(argument, "-h");
}

/* The mark before a message: "plugin: " with "warning: " or the like, coloured on a terminal. */
static void print_mark(const char *mark, const char *colour)
{
    bool coloured = isatty(STDERR_FILENO) && !getenv("NO_COLOR");
    if (coloured)
        fprintf(stderr, "\033[%sm%s\033[0m", colour, mark);
    else
        fputs(mark, stderr);
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
    print_mark("plugin: ", "31");
    fprintf(stderr, "%s\n", error_text(error));
    return EXIT_FAILED;
}

/* Prints "plugin: warning: PATH: LINE" for each line of the text. */
void cmd_warn(const char *path, const struct text *lines)
{
    const char *line = text_chars(lines);
    TEXT_AUTO escaped = {0};
    text_add_escaped(&escaped, path);
    while (*line) {
        size_t length = strcspn(line, "\n");
        print_mark("plugin: warning: ", "33");
        fprintf(stderr, "%s: %.*s\n", text_chars(&escaped), (int)length, line);
        line += length + (line[length] == '\n');
    }
}

int cmd_stamp_file(const char *path, const char *name, const struct stamp_options *options)
{
    ERROR_AUTO error = {0};
    struct stamp_report report = {0};
    int status = EXIT_DONE;
    progress_begin("stamping", name);
    bool is_stamped = stamp_file(path, path, options, &report, &error);
    progress_end();
    if (is_stamped) {
        cmd_warn(name, &report.warnings);
    } else {
        error_prefix(&error, "cannot stamp %s: ", name);
        status = cmd_failed(&error);
    }
    stamp_report_free(&report);
    return status;
}

bool cmd_read_module(struct module *module, const char *path, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    if (file_open(&file, path, error) && module_read(module, &file, error) &&
        (!module->is_stamped || module_types(module, error)))
        return true;
    return error_prefix(error, "cannot read %s: ", path);
}

/* Have all of these types that can be read? */
static bool have_types(const struct bundle_file *built_ins, struct error *error)
{
    for (size_t i = 0; i < built_ins->count; i++)
        if (!module_types(&built_ins->plugins[i].module, error))
            return false;
    return true;
}

bool cmd_read_built_ins(struct bundle_file *built_ins, const struct module *module,
                        const char *path, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    *built_ins = (struct bundle_file){0};
    if (file_open(&file, path, error) && bundle_file_read(built_ins, module, &file, error) &&
        have_types(built_ins, error))
        return true;
    return error_prefix(error, "cannot read %s: ", path);
}

bool cmd_is_option(char **argument, bool *only_files)
{
    if (*only_files || (*argument)[0] != '-')
        return false;
    if (strcmp(*argument, "--") != 0)
        return true;
    *only_files = true;
    *argument = NULL;
    return false;
}

int cmd_finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_DONE;
    struct error error = {0};
    error_set(&error, PLUGIN_SYSTEM, "cannot write to standard output: %s", strerror(errno));
    cmd_failed(&error);
    error_free(&error);
    return EXIT_FAILED;
}

static bool set_unwritten(const char *path, struct error *error)
{
    return error_set(error, PLUGIN_SYSTEM, "cannot write %s: %s", path, strerror(errno));
}

FILE *cmd_create(const char *path, struct error *error)
{
    FILE *file = path ? fopen(path, "we") : NULL;
    if (!path)
        error_set_no_memory(error);
    else if (!file)
        set_unwritten(path, error);
    return file;
}

bool cmd_close(FILE *file, const char *path, struct error *error)
{
    bool is_written = !ferror(file);
    is_written = fclose(file) == 0 && is_written;
    return is_written || set_unwritten(path, error);
}

void cmd_add_root(struct text *root)
{
    static const char bin[] = PLUGIN_BINDIR "/";
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0)
        return;
    path[size] = '\0';
    size_t length = (size_t)(run_base_name(path) - path), tail = sizeof bin - 1;
    if (length > tail && !strncmp(path + length - tail, bin, tail))
        text_add_bytes(root, path, length - tail);
}

void cmd_add_library_directory(struct text *directory)
{
    cmd_add_root(directory);
    text_add(directory, "%s", PLUGIN_LIBDIR);
}

void cmd_add_json_string(struct text *text, const char *string)
{
    text_add(text, "\"");
    for (const unsigned char *s = (const unsigned char *)string; *s;) {
        size_t length = text_utf8_length(s);
        unsigned character = text_character(s, length);
        if (!length) {
            text_add(text, "\\ufffd");
            s++;
        } else if (*s == '"' || *s == '\\') {
            text_add(text, "\\%c", *s++);
        } else if (text_is_steering(character)) { /* all of them have four digits */
            text_add(text, "\\u%04x", character);
            s += length;
        } else {
            text_add_bytes(text, (const char *)s, length);
            s += length;
        }
    }
    text_add(text, "\"");
}
