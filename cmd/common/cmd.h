/* What the verbs of the `plugin` command share. */
#ifndef PLUGIN_CMD_H
#define PLUGIN_CMD_H

#include "src/base/error.h"
#include "src/module/bundle_file.h"
#include "src/module/module.h"
#include "stamp/stamp.h"

#include <stdio.h>

/* Exit statuses; plugin(1) documents them. `plugin build` also passes on the compiler's. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Each verb gets its arguments without "plugin" and returns the exit status; arguments[0] is the
 * verb, and arguments[count] is NULL. */
int cmd_build(int count, char **arguments);
int cmd_stamp(int count, char **arguments);
int cmd_inspect(int count, char **arguments);
int cmd_header(int count, char **arguments);
int cmd_check(int count, char **arguments);
int cmd_bundle(int count, char **arguments);
int cmd_sign(int count, char **arguments);
int cmd_verify(int count, char **arguments);
int cmd_go_bridge(int count, char **arguments);

/* Is this `--help` or `-h`? */
bool cmd_is_help(const char *argument);

/* Prints "plugin VERB: MESSAGE" and where help is, on standard error. Returns EXIT_USAGE. */
int cmd_usage_error(const char *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints "plugin: TEXT" on standard error, in red where that is a terminal. Returns EXIT_FAILED. */
int cmd_failed(const struct error *error);

/* Stamps the module at `path`, which the user knows as `name`: says what there is to say, and shows
 * progress. options may be NULL. Returns EXIT_DONE or EXIT_FAILED. */
int cmd_stamp_file(const char *path, const char *name, const struct stamp_options *options);

/* Prints the lines of warnings about the file `name` on standard error. */
void cmd_warn(const char *name, const struct text *warnings);

/* Reads the module at this path. Free it with module_free. The error names the path. */
bool cmd_read_module(struct module *module, const char *path, struct error *error);

/* Reads what is linked into the module that was read from this path. Free it with bundle_file_free
 * in any case. The error names the path. */
bool cmd_read_built_ins(struct bundle_file *built_ins, const struct module *module,
                        const char *path, struct error *error);

/* Is this argument, of a verb whose options start with '-', an option? What follows "--" is none:
 * *only_files remembers that it was seen; "--" itself is taken out by setting *argument to NULL. */
bool cmd_is_option(char **argument, bool *only_files);

/* Flushes standard output. Returns EXIT_DONE, or EXIT_FAILED after saying why, if not all that was
 * printed could be written. */
int cmd_finish_output(void);

/* Opens a file for writing; NULL with the error set. A NULL path is want of memory. */
FILE *cmd_create(const char *path, struct error *error);

/* Closes it. False, with the error set, if not all was written. */
bool cmd_close(FILE *file, const char *path, struct error *error);

/* Adds what stands before the configured directories, if the command is installed below a DESTDIR.
 */
void cmd_add_root(struct text *root);

/* Adds the directory of the installed libplugin. */
void cmd_add_library_directory(struct text *directory);

/* Adds the string as a JSON string, with its quotes (RFC 8259); bytes that are not UTF-8 become
 * U+FFFD. */
void cmd_add_json_string(struct text *text, const char *string);

#endif
