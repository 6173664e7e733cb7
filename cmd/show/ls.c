/* SPDX-License-Identifier: MIT */
/* plugin ls: what the files of a directory are, and which of them fit a host. */
#include "common/cmd.h"
#include "common/json.h"
#include "common/options.h"
#include "common/progress.h"
#include "judge/host_process.h"
#include "show/inspected_p.h"
#include "src/base/directory.h"
#include "src/module/unstamped.h"

static const char ls_help[] =
    "usage: plugin ls [--json] [--for HOST [OPTION]...] DIRECTORY...\n"
    "\n"
    "Tell for each file of each DIRECTORY, in the order of names, whether it is a\n"
    "plugin, or what else it is. With --for, tell whether it fits HOST, which\n"
    "interface of HOST it meets, and how many uses were not compared; or the first\n"
    "reason why not: `plugin check` tells all. Only files are read; nothing in them\n"
    "is run. Each is judged alone, as if no other plugin were open. Hidden files,\n"
    "whose names start with a dot, are left out.\n"
    "\n"
    "  --json             print one JSON object for each file, on one line\n"
    "  --for=HOST         the program that would open the plugins\n"
    "  --as=INTERFACE     require this interface of HOST\n"
    "  --strict           judge as options.strict of plugin_open_with\n"
    "  --allow-unstamped  accept modules without a stamp, whose types are unknown\n"
    "  --go-bridge=FILE   use this Go bridge, not the one that plugin_open would find\n"
    "\n"
    "exit status: 0 all files are listed, whatever they are; 1 a DIRECTORY or HOST\n"
    "cannot be read; 2 usage error\n"
    "example: plugin ls --for ./host plugins\n";

/* A file of a directory. */
struct listed {
    const char *path;
    struct arena arena;
    struct module module; /* empty unless it is a plugin */
    bool is_plugin;
    struct uses_counted uses; /* with a host, and once it was judged */
    struct error error;       /* why it is none; with a host, why it does not fit */
};

/* Reads the file, and judges it without a host; a plugin may be for another machine. */
static void listed_read(struct listed *listed, bool allows_unstamped)
{
    struct error *error = &listed->error;
    FILE_AUTO file = FILE_NONE;
    if (!file_open(&file, listed->path, error) ||
        !module_read(&listed->module, &file, &listed->arena, error))
        return;
    listed->is_plugin =
        (!allows_unstamped || module_make_stamp(&listed->module, &file, &listed->arena, error)) &&
        module_judge(&listed->module, error) && module_types(&listed->module, error);
    if (!listed->is_plugin)
        module_deinit(&listed->module);
}

static void listed_add_met(const struct listed *listed, const struct host_process *process,
                           struct text *met)
{
    host_interfaces_add_met(met, &process->interfaces);
    if (!listed->uses.unchecked)
        return;
    text_add(met, " (");
    uses_add_count(met, &listed->uses);
    text_add(met, ")");
}

/* Judges the plugin by the host, and sets *met to the interfaces that it meets, and to the count of
 * its uses if some could not be compared. */
static void listed_judge(struct listed *listed, struct host_process *process, struct text *met)
{
    MISFITS_AUTO misfits = {0};
    struct error *error = &listed->error;
    if (!host_process_judge(process, listed->path, &misfits, error))
        return;
    listed->uses = misfits.uses;
    if (misfits.count)
        misfits_refuse(&misfits, listed->path, process->host.path, error);
    else if (host_process_judge_stamps(process, listed->path, &misfits.uses, error))
        listed_add_met(listed, process, met);
    listed->uses.unstamped_path = NULL; /* its module's, which goes with the plugin */
    host_process_forget(process);
}

static void listed_deinit(struct listed *listed)
{
    if (listed->is_plugin)
        module_deinit(&listed->module);
    arena_deinit(&listed->arena);
    error_free(&listed->error);
}

/* ---- one line ---- */

/* Adds the error's only line. */
static void ls_add_line(struct text *text, const struct error *error)
{
    const char *line = error->line.length ? text_chars(&error->line) : error_text(error);
    text_add_bytes(text, line, strcspn(line, "\n"));
}

static void ls_add_symbols(struct text *text, const struct meta *meta)
{
    text_add(text, ", %u symbol%s", (unsigned)meta->header.symbols.count,
             meta->header.symbols.count == 1 ? "" : "s");
}

static void ls_add_infos(struct text *text, const struct meta *meta)
{
    for (uint32_t i = 0; i < meta->header.infos.count; i++) {
        struct meta_info info = meta_info(meta, i);
        text_add_between(text, i ? ", " : "; ", info.key, " ");
        text_add_escaped(text, info.value);
    }
}

static void ls_add_text(struct text *text, const struct listed *listed, const char *host,
                        const struct text *met)
{
    const struct error *error = &listed->error;
    bool is_named = error->code == PLUGIN_MISFIT && listed->is_plugin && error->line.length;
    if (!is_named) {
        text_add_escaped(text, listed->path);
        text_add(text, !listed->is_plugin ? ": no plugin: " : error->code ? ": " : "");
    }
    if (error->code)
        ls_add_line(text, error);
    else if (host)
        text_add_between(text, " fits ", host, text_chars(met));
    else
        text_add(text, ": plugin");
    if (listed->is_plugin && !error->code) {
        ls_add_symbols(text, &listed->module.meta);
        ls_add_infos(text, &listed->module.meta);
    }
}

/* ---- JSON ---- */

static void ls_add_json_symbols(struct json *json, const struct listed *listed)
{
    const struct meta *meta = &listed->module.meta;
    json_open_array(json, "symbols");
    for (uint32_t i = 0; listed->is_plugin && i < meta->header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(meta, i);
        TEXT_AUTO declaration = {0};
        inspected_add_declaration(&declaration, &listed->module, symbol.name, symbol.type,
                                  symbol.kind);
        json_add_text(json, NULL, &declaration);
    }
    json_close_array(json);
}

static void ls_add_json_met(struct json *json, const struct listed *listed,
                            const struct host_process *process)
{
    json_open_array(json, "meets");
    for (size_t i = 0; process && !listed->error.code && i < process->interfaces.count; i++) {
        const struct host_interface *interface = &process->interfaces.items[i];
        if (interface->is_judged)
            json_add_string(json, NULL, interface_name(interface->module, interface->number));
    }
    json_close_array(json);
}

/* Adds a count of uses, or null if they were not counted. */
static void ls_add_json_count(struct json *json, const char *key, const struct listed *listed,
                              size_t count)
{
    if (listed->uses.is_counted)
        json_add_number(json, key, count);
    else
        json_add_string(json, key, NULL);
}

static void ls_add_json(struct json *json, const struct listed *listed,
                        const struct host_process *process)
{
    const struct error *error = &listed->error;
    json_open_output(json, JSON_LS);
    json_add_string(json, "file", listed->path);
    json_add_bool(json, "plugin", listed->is_plugin);
    /* A module that is not stamped leaves the verdict open. */
    bool is_known = !listed->is_plugin || !error->code || error->code == PLUGIN_MISFIT;
    if (process && is_known)
        json_add_bool(json, "fits", listed->is_plugin && !error->code);
    else
        json_add_string(json, "fits", NULL);
    ls_add_json_met(json, listed, process);
    ls_add_json_count(json, "compared", listed, listed->uses.compared);
    ls_add_json_count(json, "unchecked", listed, listed->uses.unchecked);
    json_add_string(json, "error", error->code ? error_text(error) : NULL);
    inspect_json_add_infos(json, &listed->module.meta);
    ls_add_json_symbols(json, listed);
    json_close_object(json);
}

/* ---- the whole ---- */

/* Lists a file. Fails if memory runs out. */
static bool ls_file(const char *path, struct host_process *process, bool allows_unstamped,
                    bool is_json, struct error *error)
{
    __attribute__((cleanup(listed_deinit))) struct listed listed = {.path = path};
    TEXT_AUTO text = {0}, met = {0};
    JSON_AUTO json = {0};
    listed_read(&listed, allows_unstamped);
    if (listed.is_plugin && process)
        listed_judge(&listed, process, &met);
    if (is_json)
        ls_add_json(&json, &listed, process);
    else
        ls_add_text(&text, &listed, process ? process->host.path : NULL, &met);
    if (text.failed || met.failed || json.text.failed || listed.error.code == PLUGIN_NO_MEMORY)
        return error_set_no_memory(error);
    if (is_json)
        json_print(&json);
    else
        printf("%s\n", text_chars(&text));
    return true;
}

static bool ls_directory(const char *path, struct host_process *process, bool allows_unstamped,
                         bool is_json, struct error *error)
{
    DIRECTORY_AUTO directory = {0};
    if (!directory_read(&directory, path, error))
        return error_prefix(error, "cannot list directory %s: ", path);
    bool done = true;
    progress_start("listing", path);
    for (size_t i = 0; done && i < directory.count; i++)
        done = ls_file(directory.paths[i], process, allows_unstamped, is_json, error);
    progress_stop();
    return done;
}

/* Lists all directories; returns the exit status. */
static int ls_directories(char **paths, struct host_process *process, bool allows_unstamped,
                          bool is_json)
{
    int status = EXIT_DONE;
    for (; *paths; paths++) {
        ERROR_AUTO error = {0};
        if (!ls_directory(*paths, process, allows_unstamped, is_json, &error))
            status = cmd_failed(&error);
    }
    return status;
}

int cmd_ls(char **arguments)
{
    ERROR_AUTO error = {0};
    struct host_process process = {0};
    const char *host = NULL, *as = NULL;
    bool is_json = false;
    const struct option options[] = {{"--json", .flag = &is_json},
                                     {"--for=", .value = &host, .needs = "a host"},
                                     {"--for", .value = &host, .needs = "a host"},
                                     {"--as=", .value = &as, .needs = "an interface"},
                                     {"--strict", .flag = &process.is_strict},
                                     {"--allow-unstamped", .flag = &process.allows_unstamped},
                                     {"--go-bridge=", .value = &process.bridge_path},
                                     {0}};
    int status = EXIT_DONE;
    if (!options_parse(ls_help, options, arguments, &status))
        return status;
    if (!arguments[1])
        return cmd_usage_error("ls", "no directory given");
    if (!host && (as || process.is_strict || process.bridge_path))
        return cmd_usage_error("ls", "--as, --strict and --go-bridge need --for");
    if (host && !host_process_init(&process, host, 1, &error))
        status = cmd_failed(&error);
    else if (as && !host_interfaces_choose(&process.interfaces, as))
        status = cmd_usage_error("ls", "%s has no interface \"%s\"", host, as);
    else
        status = ls_directories(arguments + 1, host ? &process : NULL, process.allows_unstamped,
                                is_json);
    host_process_deinit(&process);
    return cmd_finish_output(status);
}
