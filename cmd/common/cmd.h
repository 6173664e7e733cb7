/* SPDX-License-Identifier: MIT */
/* What the verbs of the `plugin` command share. */
#ifndef PLUGIN_CMD_H
#define PLUGIN_CMD_H

#include "src/base/error.h"
#include "src/module/bundle_file.h"
#include "src/module/module.h"

#include <stdio.h>

/* Exit statuses; plugin(1) documents them. `plugin build` also passes on the compiler's. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Each verb gets its arguments: arguments[0] is the verb, and NULL ends them. Returns the exit
 * status. */
int cmd_build(char **arguments);
int cmd_bundle(char **arguments);
int cmd_flags(char **arguments);
int cmd_stamp(char **arguments);
int cmd_inspect(char **arguments);
int cmd_header(char **arguments);
int cmd_check(char **arguments);
int cmd_graph(char **arguments);
int cmd_ls(char **arguments);
int cmd_new(char **arguments);
int cmd_complete(char **arguments);
int cmd_call(char **arguments);
int cmd_sign(char **arguments);
int cmd_verify(char **arguments);
int cmd_go_bridge(char **arguments);

/* Is this the name of a linker, `ld` or `ld.` and more? Called so, the command is that linker, and
 * stamps what it links: arguments[0] is the name. */
bool linker_is_name(const char *name);
int cmd_linker(char **arguments);

/* ---- messages ---- */

/* Is this `--help` or `-h`? */
bool cmd_is_help(const char *argument);

/* Prints "plugin VERB: MESSAGE; see `plugin VERB --help`" on standard error. Returns EXIT_USAGE. */
int cmd_usage_error(const char *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints "plugin: TEXT" on standard error, in red where that is a terminal. Returns EXIT_FAILED. */
int cmd_failed(const struct error *error);

/* The same with PLUGIN_NO_MEMORY. */
int cmd_failed_no_memory(void);

/* Prints "plugin: warning: NAME: LINE" on standard error for each line of the warnings. */
void cmd_warn(const char *name, const struct text *warnings);

/* Flushes standard output. Returns `status`; EXIT_FAILED, with a message, if that fails. */
int cmd_finish_output(int status);

/* ---- files ---- */

/* Reads the module at `path` into the arena. Free it with module_deinit. The error names the path.
 */
bool cmd_read_module(struct module *module, const char *path, struct arena *arena,
                     struct error *error);

/* Reads the plugins that are built into the module, which was read from `path`. Free them with
 * bundle_file_free in any case. The error names the path. */
bool cmd_read_built_ins(struct bundle_file *built_ins, const struct module *module,
                        const char *path, struct error *error);

/* Reads a regular file into memory, to be freed by the caller, and sets *size. One of more than
 * `limit` bytes fails. Returns NULL with the error set. */
uint8_t *cmd_read_file(const char *path, uint64_t limit, size_t *size, struct error *error);

/* Writes a file. A NULL path, or content with `failed` set, means out of memory. */
bool cmd_write_file(const char *path, const struct text *content, struct error *error);

/* ---- the installation ---- */

/* Adds the DESTDIR below which the command is installed; nothing if there is none. Returns whether
 * it is installed. */
bool cmd_add_root(struct text *root);

/* Add the directory of the installed header, and of libplugin; in a build tree, those of the build.
 */
void cmd_add_include_directory(struct text *directory);
void cmd_add_library_directory(struct text *directory);

#endif
