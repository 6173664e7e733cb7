/* plugin check: does a plugin fit a host? The judgement of plugin_open, from files alone. */
#include "common/cmd.h"
#include "common/json.h"
#include "common/options.h"
#include "show/host_process_p.h"

static const char check_help[] =
    "usage: plugin check [OPTION]... HOST PLUGIN...\n"
    "       plugin check [OPTION]... --interface=FILE PLUGIN...\n"
    "\n"
    "Tell for each PLUGIN whether it fits HOST, as plugin_open would, and if HOST has\n"
    "interfaces, whether it meets one of them, as plugin_open_as would; if not, every\n"
    "reason. Only files are read; nothing in them is run. A plugin that fits counts\n"
    "as open for the next ones: they share its packages.\n"
    "\n"
    "  --json            print one JSON object for each PLUGIN, on one line\n"
    "  --verbose         also tell what has grown, which differences HOST waives,\n"
    "                    and how it could waive others (plugin stamp --waive)\n"
    "  --as=INTERFACE    require this interface of HOST, as in --as='struct filter'\n"
    "  --interface=FILE  what HOST expects: plugin build -buildmode=interface\n"
    "  --isolated        judge PLUGIN for a process of its own (PLUGIN_ISOLATED)\n"
    "  --global=PLUGIN   judge this one first; the others may use what it exports\n"
    "  --strict          require equal sources of shared packages, and a recorded\n"
    "                    type of everything that a plugin uses\n"
    "  --allow-unstamped  accept modules without a stamp, whose types are unknown\n"
    "  --allow-executable-stack\n"
    "                    as the option of plugin_open_with\n"
    "  --go-bridge=FILE  use this Go bridge, not the one that plugin_open would find\n"
    "\n"
    "exit status: 0 all fit, 1 a PLUGIN does not fit or cannot be read, 2 usage error\n"
    "example: plugin check ./host plugins/*.so\n";

/* Is this code a verdict, not a failure to judge? */
static bool check_is_verdict(enum plugin_code code)
{
    return code == PLUGIN_OK || code == PLUGIN_MISFIT || code == PLUGIN_NOT_PLUGIN ||
           code == PLUGIN_UNSUPPORTED;
}

/* Names the interfaces that the plugin meets as little as the nearest one, whose misfits were told.
 */
static void check_add_others(struct text *text, const struct host_interfaces *interfaces)
{
    const char *separator = "nor does it meet ";
    bool is_nearest_told = false;
    for (size_t i = 0; i < interfaces->count; i++)
        is_nearest_told |= interfaces->items[i].is_judged && !interfaces->items[i].is_met;
    if (!is_nearest_told || interfaces->has_chosen)
        return;
    for (size_t i = 0; i < interfaces->count; i++) {
        const struct host_interface *interface = &interfaces->items[i];
        if (interface->is_judged || interface->is_met)
            continue;
        text_add(text, "%s", separator);
        host_interface_add_name(text, interface);
        text_add(text, " (%s%zu misfit%s)", interface->is_cut ? "at least " : "",
                 interface->misfit_count, interface->misfit_count == 1 ? "" : "s");
        separator = ", ";
    }
}

/* Adds lines, each after this start. */
static void check_add_lines(struct text *text, const char *start, const struct text *lines)
{
    const char *line = text_chars(lines);
    for (size_t length; *line; line += length + 1) {
        length = strcspn(line, "\n");
        text_add(text, "\n%s", start);
        text_add_bytes(text, line, length);
    }
}

/* Prints the verdict, and in its last line the count of uses. */
static void check_print_text(const struct host_process *process, const char *path,
                             const struct misfits *misfits, const struct error *error)
{
    TEXT_AUTO text = {0};
    text_add_escaped(&text, path);
    if (error->code == PLUGIN_OK) {
        text_add(&text, " fits ");
        text_add_escaped(&text, process->host.path);
        text_add(&text, "%s", process->is_isolated ? ", isolated" : "");
        host_interfaces_add_met(&text, &process->interfaces);
        text_add(&text, " (");
        uses_add_count(&text, &misfits->uses);
        text_add(&text, ")");
    } else if (check_is_verdict(error->code)) {
        text_free(&text);
        text_add(&text, "%s", error_text(error));
    } else {
        return;
    }
    if (process->is_verbose) {
        check_add_lines(&text, "  ", &misfits->growth);
        check_add_lines(&text, "  ", &misfits->waived);
        check_add_lines(&text, "  to waive: ", &misfits->waivable);
    }
    printf("%s\n", text_chars(&text));
}

static const char *check_code_name(enum plugin_code code)
{
    switch (code) { /* every code is named, so that compilers tell of a new one */
    case PLUGIN_OK:
        return "ok";
    case PLUGIN_NOT_FOUND:
        return "not found";
    case PLUGIN_NOT_PLUGIN:
        return "not a plugin";
    case PLUGIN_MISFIT:
        return "misfit";
    case PLUGIN_UNSUPPORTED:
        return "unsupported";
    case PLUGIN_NO_MEMORY:
        return "out of memory";
    case PLUGIN_NO_SYMBOL:
    case PLUGIN_WRONG_TYPE:
    case PLUGIN_INIT_FAILED:
    case PLUGIN_ALREADY_LOADED:
    case PLUGIN_UNTRUSTED:
    case PLUGIN_CRASHED:
    case PLUGIN_TIMEOUT:
    case PLUGIN_SEALED: /* no judgement fails so */
    case PLUGIN_SYSTEM:
        break;
    }
    return "system error";
}

/* Adds a text, or null if it is empty. */
static void check_add_side(struct json *json, const char *key, const struct text *side)
{
    json_add_string(json, key, side->length ? text_chars(side) : NULL);
}

/* Adds all symbols that lead to the misfit. */
static void check_add_symbols(struct json *json, const struct misfit *misfit)
{
    json_open_array(json, "symbols");
    for (size_t i = 0; i < misfit->symbol_count; i++)
        json_add_string(json, NULL, misfit->symbols[i]);
    if (!misfit->symbol_count && misfit->symbol)
        json_add_string(json, NULL, misfit->symbol);
    json_close_array(json);
}

/* Adds lines as strings, as --verbose tells them. */
static void check_add_array(struct json *json, const char *key, const struct text *lines)
{
    const char *line = text_chars(lines);
    json_open_array(json, key);
    for (size_t length; *line; line += length + 1) {
        TEXT_AUTO own = {0};
        length = strcspn(line, "\n");
        text_add_bytes(&own, line, length);
        json_add_string(json, NULL, text_chars(&own));
        json->text.failed |= own.failed;
    }
    json_close_array(json);
}

static void check_add_interfaces(struct json *json, const struct host_interfaces *interfaces)
{
    json_open_array(json, "interfaces");
    for (size_t i = 0; i < interfaces->count; i++) {
        const struct host_interface *interface = &interfaces->items[i];
        json_open_object(json, NULL);
        json_add_string(json, "name", interface_name(interface->module, interface->number));
        json_add_string(json, "library", interface->library);
        json_add_bool(json, "met", interface->is_met);
        json_add_bool(json, "judged", interface->is_judged);
        json_close_object(json);
    }
    json_close_array(json);
}

static bool check_print_json(const struct host_process *process, const char *path,
                             const struct misfits *misfits, struct error *error)
{
    JSON_AUTO json = {0};
    bool fits = error->code == PLUGIN_OK;
    json_open_output(&json, JSON_CHECK);
    json_add_string(&json, "plugin", path);
    json_add_string(&json, "host", process->host.path);
    json_add_bool(&json, "fits", fits);
    json_add_string(&json, "code", check_code_name(error->code));
    json_open_array(&json, "misfits");
    for (size_t i = 0; i < misfits->kept; i++) {
        const struct misfit *misfit = &misfits->items[i];
        json_open_object(&json, NULL);
        json_add_string(&json, "symbol", misfit->symbol);
        json_add_string(&json, "package", misfit->package);
        check_add_symbols(&json, misfit);
        check_add_side(&json, "path", &misfit->path);
        check_add_side(&json, "host", &misfit->host);
        check_add_side(&json, "plugin", &misfit->plugin);
        json_add_string(&json, "text", text_chars(&misfit->text));
        json_close_object(&json);
    }
    json_close_array(&json);
    check_add_array(&json, "grown", &misfits->growth);
    check_add_array(&json, "waived", &misfits->waived);
    check_add_array(&json, "waivable", &misfits->waivable);
    check_add_interfaces(&json, &process->interfaces);
    json_add_number(&json, "compared", misfits->uses.compared);
    json_add_number(&json, "unchecked", misfits->uses.unchecked);
    json_add_string(&json, "error", fits ? NULL : error_text(error));
    json_close_object(&json);
    if (json.text.failed)
        return error_set_no_memory(error);
    json_print(&json);
    return true;
}

/* Judges one plugin. Prints the verdict, or the failure on standard error. */
static int check_plugin(struct host_process *process, const char *path, bool is_json)
{
    ERROR_AUTO error = {0};
    MISFITS_AUTO misfits = {.is_verbose = is_json || process->is_verbose};
    const char *host = process->host.path;
    bool is_judged = host_process_judge(process, path, &misfits, &error), is_printed = true;
    if (process->is_isolated && process->host.module.is_stamped && is_judged && !misfits.count)
        is_judged = host_process_judge_isolated(process, &misfits, &error);
    bool is_known = !is_judged || misfits.count ||
                    host_process_judge_stamps(process, path, &misfits.uses, &error);
    if (is_judged && misfits.count) {
        check_add_others(&misfits.remark, &process->interfaces);
        misfits_refuse(&misfits, path, host, &error);
    } else if (!is_judged && check_is_verdict(error.code)) {
        error_prefix(&error, "%s does not fit %s: ", path, host);
    } else if (!is_judged) {
        error_prefix(&error, "cannot check %s: ", path);
    }
    if (process->is_isolated)
        host_process_forget(process);
    if (is_json)
        is_printed = check_print_json(process, path, &misfits, &error);
    else if (is_known)
        check_print_text(process, path, &misfits, &error);
    if (is_json && !is_known && is_printed)
        return EXIT_FAILED;
    if (!is_known || !is_printed || !check_is_verdict(error.code))
        return cmd_failed(&error);
    return error.code == PLUGIN_OK ? EXIT_DONE : EXIT_FAILED;
}

/* With an interface file, the host may be left out: is the first file one? */
static bool check_is_program(const char *path)
{
    ARENA_AUTO arena = {0};
    ERROR_AUTO ignored = {0};
    struct module module;
    FILE_AUTO file = FILE_NONE;
    if (!file_open(&file, path, &ignored) || !module_read_headers(&module, &file, &arena, &ignored))
        return true;
    bool is_program = module.is_executable;
    module_deinit(&module);
    return is_program;
}

/* Chooses the interface of --as, unless it is NULL. */
static bool check_choose(struct host_process *process, const char *as)
{
    struct host_interfaces *interfaces = &process->interfaces;
    TEXT_AUTO names = {0};
    if (!as || host_interfaces_choose(interfaces, as))
        return true;
    for (size_t i = 0; i < interfaces->count; i++) {
        text_add(&names, "%s", i ? ", " : "; it has: ");
        host_interface_add_name(&names, &interfaces->items[i]);
    }
    if (!process->host.module.is_stamped && !interfaces->count)
        cmd_usage_error("check", "%s is not stamped, so its interfaces are unknown",
                        process->host.path);
    else
        cmd_usage_error("check", "%s has no interface \"%s\"%s", process->host.path, as,
                        interfaces->count ? text_chars(&names) : ", nor any other");
    return false;
}

/* Judges all plugins, the global ones first; returns the exit status. */
static int check_plugins(struct host_process *process, const struct words *globals, char **files,
                         const char *as, bool is_json)
{
    int status = EXIT_DONE;
    if (!check_choose(process, as))
        return EXIT_USAGE;
    for (size_t i = 0; i < globals->count; i++) {
        if (check_plugin(process, globals->items[i], is_json) == EXIT_DONE)
            host_process_make_global(process);
        else
            status = EXIT_FAILED;
    }
    for (; *files; files++)
        if (check_plugin(process, *files, is_json) != EXIT_DONE)
            status = EXIT_FAILED;
    return status;
}

int cmd_check(char **arguments)
{
    ERROR_AUTO error = {0};
    struct host_process process = {0};
    WORDS_AUTO globals = {0}, interfaces = {0};
    bool is_json = false;
    const char *as = NULL;
    const struct option options[] = {
        {"--json", .flag = &is_json},
        {"--verbose", .flag = &process.is_verbose},
        {"--as=", .value = &as, .needs = "an interface"},
        {"--interface=", .values = &interfaces, .needs = "a file"},
        {"--global=", .values = &globals, .needs = "a plugin"},
        {"--global", .values = &globals, .needs = "a plugin"},
        {"--strict", .flag = &process.is_strict},
        {"--isolated", .flag = &process.is_isolated},
        {"--allow-unstamped", .flag = &process.allows_unstamped},
        {"--allow-executable-stack", .flag = &process.allows_executable_stack},
        {"--go-bridge=", .value = &process.bridge_path},
        {0}};
    char **files = arguments + 1;
    size_t count = 0;
    int status = EXIT_DONE;
    if (!options_parse(check_help, options, arguments, &status))
        return status;
    while (files[count])
        count++;
    if (!count && !interfaces.count)
        return cmd_usage_error("check", "no host given");
    if (process.is_isolated &&
        (process.allows_unstamped || process.allows_executable_stack || globals.count))
        return cmd_usage_error("check", "--isolated does not go with --global, --allow-unstamped "
                                        "and --allow-executable-stack");
    if (globals.failed || interfaces.failed)
        return cmd_failed_no_memory();
    process.interface_files = &interfaces;
    bool has_host = !interfaces.count || (count && check_is_program(files[0]));
    if (count + globals.count < (has_host ? 2 : 1))
        return cmd_usage_error("check", "no plugin given");
    status = host_process_init(&process, has_host ? files[0] : NULL, count + globals.count, &error)
                 ? check_plugins(&process, &globals, files + has_host, as, is_json)
                 : cmd_failed(&error);
    host_process_deinit(&process);
    return cmd_finish_output(status);
}
