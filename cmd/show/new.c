/* SPDX-License-Identifier: MIT */
/* plugin new: writes the source of a plugin that meets an interface of its host, and the host's
 * header.
 */
#include "common/cmd.h"
#include "common/options.h"
#include "judge/host_process.h"
#include "show/header_p.h"
#include "show/new_p.h"
#include "src/base/path.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char new_help[] =
    "usage: plugin new --for=HOST [--as=INTERFACE] [--header=HEADER] [--force] FILE.c\n"
    "\n"
    "Write FILE.c, the source of a plugin that builds, meets the interface of HOST,\n"
    "and fits it: each function returns zero, to be filled in. Optional symbols are\n"
    "there, between #if 0 and #endif. HOST is a program that opens plugins as a\n"
    "struct or states PLUGIN_EXPECTS, a library that does, or an interface file. The\n"
    "types are in HOST_host.h beside it, as `plugin header HOST` prints them.\n"
    "\n"
    "  --for=HOST       the program that will open the plugin\n"
    "  --as=INTERFACE   the interface, if HOST has several: --as='struct filter'\n"
    "  --header=HEADER  include this header of the host's, and write none\n"
    "  --force          replace files that exist\n"
    "\n"
    "exit status: 0 success, 1 failure, 2 usage error\n"
    "example: plugin new --for=./filter upper.c\n";

/* A new plugin: what is asked for, and what is written. */
struct new_plugin {
    const char *host, *as, *header;
    const char *path; /* of the source */
    bool is_forced;
    struct text header_path, header_text, source_text;
};

/* ---- the interface ---- */

/* Adds the names of all interfaces. */
static void new_add_names(struct text *names, const struct host_interfaces *interfaces)
{
    for (size_t i = 0; i < interfaces->count; i++) {
        text_add(names, i ? ", " : "");
        host_interface_add_name(names, &interfaces->items[i]);
    }
}

/* Returns the interface that is asked for, or the only one; NULL, and the exit status, if there is
 * none. */
static const struct host_interface *new_choose(const struct new_plugin *new,
                                               struct host_interfaces *interfaces, int *status)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO names = {0};
    new_add_names(&names, interfaces);
    if (!interfaces->count) {
        error_set(
            &error, PLUGIN_UNSUPPORTED,
            "%s has no interface: it opens no plugin as a struct (plugin_open_as), and has no "
            "PLUGIN_EXPECTS; see plugin_interface(7)",
            new->host);
        *status = cmd_failed(&error);
        return NULL;
    }
    if (new->as && !host_interfaces_choose(interfaces, new->as)) {
        *status = cmd_usage_error("new", "%s has no interface \"%s\"; it has: %s", new->host,
                                  new->as, text_chars(&names));
        return NULL;
    }
    if (!new->as && interfaces->count > 1) {
        *status = cmd_usage_error("new", "%s has several interfaces; choose one by --as: %s",
                                  new->host, text_chars(&names));
        return NULL;
    }
    const struct host_interface *chosen = interfaces->items;
    while (new->as && !chosen->is_chosen)
        chosen++;
    return chosen;
}

/* Returns the path of the module that has the interface. */
static const char *new_module_path(const struct host_process *process,
                                   const struct host_interface *interface)
{
    const struct libraries *libraries = &process->host.libraries;
    for (size_t i = 1; i < libraries->count; i++)
        if (libraries->items[i].module == interface->module)
            return libraries->items[i].path;
    return process->host.path;
}

/* ---- the texts ---- */

/* Adds the path of the header: filter_host.h, beside the source. */
static void new_add_header_path(struct new_plugin *new, const char *module_path)
{
    TEXT_AUTO name = {0};
    const char *base = path_base_name(module_path);
    text_add_bytes(&new->header_path, new->path, (size_t)(path_base_name(new->path) - new->path));
    new_source_add_path(&name, base, "");
    for (const char *at = text_chars(&name); *at; at++)
        text_add(&new->header_path, "%c", isalnum((unsigned char)*at) ? *at : '_');
    text_add(&new->header_path, "_host.h");
    new->header_path.failed |= name.failed;
}

static bool new_make(struct new_plugin *new, const struct host_process *process,
                     const struct host_interface *interface, struct error *error)
{
    const char *module_path = new_module_path(process, interface);
    struct new_source source = {.interface = interface,
                                .path = new->path,
                                .host = new->host,
                                .as = new->as,
                                .header = new->header,
                                .is_interface_file = !process->host.module.is_executable};
    if (!module_types(interface->module, error))
        return error_prefix(error, "cannot read %s: ", module_path);
    if (!new->header) {
        new_add_header_path(new, module_path);
        source.typed_by = module_path;
        source.header_path = text_chars(&new->header_path);
        source.header = path_base_name(source.header_path);
        if (!header_add(&new->header_text, module_path, interface->module, error))
            return error_prefix(error, "cannot write a header for %s: ", module_path);
    }
    return new_source_add(&new->source_text, &source, error) ||
           error_prefix(error, "cannot write a plugin for %s: ", new->host);
}

/* ---- the files ---- */

/* Has the file this content? */
static bool new_is_same(const char *path, const struct text *content)
{
    ERROR_AUTO ignored = {0};
    size_t size;
    uint8_t *bytes = cmd_read_file(path, content->length, &size, &ignored);
    bool is_same = bytes && size == content->length && !memcmp(bytes, content->chars, size);
    free(bytes);
    return is_same;
}

/* Can the file be written without a loss? */
static bool new_may_write(const struct new_plugin *new, const char *path,
                          const struct text *content, struct error *error)
{
    return new->is_forced || faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0 ||
           new_is_same(path, content) ||
           error_set(error, PLUGIN_SYSTEM, "cannot write %s: it exists; --force replaces it", path);
}

static bool new_write(const struct new_plugin *new, const char *path, const struct text *content,
                      struct error *error)
{
    if (new_is_same(path, content))
        return true;
    int how = new->is_forced ? O_TRUNC : O_EXCL;
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "we");
    bool done = file && fwrite(content->chars, 1, content->length, file) == content->length;
    done = file && fclose(file) == 0 && done;
    return done || error_set(error, PLUGIN_SYSTEM, "cannot write %s: %s", path, strerror(errno));
}

/* Writes both files, or none of those that exist. */
static bool new_write_all(const struct new_plugin *new, struct error *error)
{
    const char *header = new->header ? NULL : text_chars(&new->header_path);
    if (new->header_path.failed)
        return error_set_no_memory(error);
    if (!new_may_write(new, new->path, &new->source_text, error) ||
        (header && !new_may_write(new, header, &new->header_text, error)))
        return false;
    return (!header || new_write(new, header, &new->header_text, error)) &&
           new_write(new, new->path, &new->source_text, error);
}

/* ---- the verb ---- */

static int new_run(struct new_plugin *new)
{
    ERROR_AUTO error = {0};
    struct host_process process = {0};
    int status = EXIT_DONE;
    const struct host_interface *interface = host_process_init(&process, new->host, 1, &error)
                                                 ? new_choose(new, &process.interfaces, &status)
                                                 : NULL;
    if (error.code ||
        (interface && !(new_make(new, &process, interface, &error) && new_write_all(new, &error))))
        status = cmd_failed(&error);
    host_process_deinit(&process);
    return status;
}

int cmd_new(char **arguments)
{
    struct new_plugin new = {0};
    const struct option options[] = {{"--force", .flag = &new.is_forced}, /* not --for */
                                     {"--for=", .value = &new.host, .needs = "a host"},
                                     {"--for", .value = &new.host, .needs = "a host"},
                                     {"--as=", .value = &new.as, .needs = "an interface"},
                                     {"--header=", .value = &new.header, .needs = "a header"},
                                     {0}};
    char **files = arguments + 1;
    int status = EXIT_DONE;
    if (!options_parse(new_help, options, arguments, &status))
        return status;
    if (!new.host)
        return cmd_usage_error("new", "no host given; use --for=HOST");
    if (!files[0])
        return cmd_usage_error("new", "no file given");
    if (files[1])
        return cmd_usage_error("new", "more than one file given");
    const char *extension = strrchr(path_base_name(files[0]), '.');
    if (!extension || strcmp(extension, ".c") != 0)
        return cmd_usage_error("new", "the name of the source %s does not end in .c", files[0]);
    new.path = files[0];
    status = new_run(&new);
    text_free(&new.header_path);
    text_free(&new.header_text);
    text_free(&new.source_text);
    return status;
}
