/* plugin inspect: shows what a module's file records. Nothing of it is run. */
#include "common/cmd.h"
#include "common/json.h"
#include "common/options.h"
#include "show/inspected_p.h"

static const char inspect_help[] =
    "usage: plugin inspect [--json] FILE...\n"
    "\n"
    "Shows, for each file, from its bytes alone: what kind of module it is, who built\n"
    "it, its symbols with their declarations in C, its packages with their inits and\n"
    "sources, what it uses of other modules and packages, the types that its uses of\n"
    "plugin_as ask for, the constructors that run when it is loaded, the plugins that\n"
    "are built into it, its sections.\n"
    "Of a Go plugin: its symbols with their declarations in C, or, if they have none,\n"
    "in Go, and why; and its packages with the hashes that Go compares.\n"
    "\n"
    "What it uses is marked \"unchecked\" if nothing recorded its type: no difference\n"
    "can be noticed there.\n"
    "\n"
    "  --json    one JSON object a file, each on one line\n"
    "\n"
    "exit status: 0 done, 1 a file could not be read, 2 wrong usage\n";

static bool inspect_print_text(const struct inspected *inspected, struct error *error)
{
    TEXT_AUTO text = {0};
    if (!inspect_add_text(&text, inspected, error))
        return error_prefix(error, "cannot read %s: ", inspected->path);
    if (text.failed)
        return error_set_no_memory(error);
    fwrite(text_chars(&text), 1, text.length, stdout);
    return true;
}

static bool inspect_print_json(const struct inspected *inspected, struct error *error)
{
    JSON_AUTO json = {0};
    if (!inspect_add_json(&json, inspected, error))
        return error_prefix(error, "cannot read %s: ", inspected->path);
    if (json.text.failed)
        return error_set_no_memory(error);
    json_print(&json);
    return true;
}

static bool inspect_file(const char *path, bool is_json, struct error *error)
{
    struct inspected inspected;
    if (!inspected_init(&inspected, path, error))
        return false;
    bool done =
        is_json ? inspect_print_json(&inspected, error) : inspect_print_text(&inspected, error);
    inspected_deinit(&inspected);
    return done;
}

int cmd_inspect(char **arguments)
{
    bool is_json = false;
    const struct option options[] = {{"--json", .flag = &is_json}, {0}};
    char **files = arguments + 1;
    int status = EXIT_DONE;
    if (!options_parse(inspect_help, options, arguments, &status))
        return status;
    if (!*files)
        return cmd_usage_error("inspect", "no file given");
    for (; *files; files++) {
        ERROR_AUTO error = {0};
        if (!inspect_file(*files, is_json, &error))
            status = cmd_failed(&error);
    }
    return cmd_finish_output(status);
}
