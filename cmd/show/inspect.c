/* SPDX-License-Identifier: MIT */
/* plugin inspect: shows what a module's file records. Nothing of it is run. */
#include "common/cmd.h"
#include "common/json.h"
#include "common/options.h"
#include "show/inspected_p.h"

static const char inspect_help[] =
    "usage: plugin inspect [--json] [--sections] FILE...\n"
    "\n"
    "Show what each FILE records: its kind of module and compilers; its symbols with\n"
    "their C declarations; its packages with their inits and sources; its imports;\n"
    "its interfaces, and those that it implements; the types that it requests with\n"
    "plugin_as; what it promises of its types; its constructors; the plugins that\n"
    "are built into it; the libraries that the dynamic loader maps with it. Nothing\n"
    "in FILE is run.\n"
    "\n"
    "Of a Go plugin, show its symbols with their C declarations, or in Go with the\n"
    "reason why they have no form in C, and its packages with the hashes that Go\n"
    "compares.\n"
    "\n"
    "An import is marked \"unchecked\" if its type was not recorded: no difference can\n"
    "be detected.\n"
    "\n"
    "  --json      print one JSON object for each FILE, on one line\n"
    "  --sections  also show the ELF sections\n"
    "\n"
    "exit status: 0 success, 1 a FILE cannot be read, 2 usage error\n";

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

static bool inspect_file(const char *path, bool is_json, bool shows_sections, struct error *error)
{
    struct inspected inspected;
    if (!inspected_init(&inspected, path, shows_sections, error))
        return false;
    bool done =
        is_json ? inspect_print_json(&inspected, error) : inspect_print_text(&inspected, error);
    inspected_deinit(&inspected);
    return done;
}

int cmd_inspect(char **arguments)
{
    bool is_json = false, shows_sections = false;
    const struct option options[] = {
        {"--json", .flag = &is_json}, {"--sections", .flag = &shows_sections}, {0}};
    char **files = arguments + 1;
    int status = EXIT_DONE;
    if (!options_parse(inspect_help, options, arguments, &status))
        return status;
    if (!*files)
        return cmd_usage_error("inspect", "no file given");
    for (; *files; files++) {
        ERROR_AUTO error = {0};
        if (!inspect_file(*files, is_json, shows_sections, &error))
            status = cmd_failed(&error);
    }
    return cmd_finish_output(status);
}
