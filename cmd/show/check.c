/* SPDX-License-Identifier: MIT */
/* plugin check: does a plugin fit a host? The judgement of plugin_open, from files alone. */
#include "common/cmd.h"
#include "common/json.h"
#include "draw/page.h"
#include "judge/judging.h"

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
    "  --html[=FILE]     draw what differs, on a page: FILE, or printed, not the text\n"
    "  --verbose         also tell what has grown, which differences HOST waives,\n"
    "                    and how it could waive others (plugin stamp --waive)\n"
    "  --as=INTERFACE    require this interface of HOST, as in --as='struct filter'\n"
    "  --interface=FILE  what HOST expects: plugin build -buildmode=interface\n"
    "  --isolated        judge PLUGIN for a process of its own (PLUGIN_ISOLATED)\n"
    "  --global=PLUGIN   judge this one first; the others may use what it exports\n"
    "  --strict          require equal sources of shared packages, and a recorded\n"
    "                    type of everything that a plugin uses\n"
    "  --allow-unstamped  accept modules without a stamp, whose types are unknown\n"
    "  --allow-executable-stack  as the option of plugin_open_with\n"
    "  --go-bridge=FILE  use this Go bridge, not the one that plugin_open would find\n"
    "\n"
    "exit status: 0 all fit, 1 a PLUGIN does not fit or cannot be read, 2 usage error\n"
    "example: plugin check ./host plugins/*.so\n";

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
static void check_print_text(const struct host_process *process, const struct verdict *verdict)
{
    TEXT_AUTO text = {0};
    const struct misfits *misfits = &verdict->misfits;
    if (verdict_fits(verdict))
        verdict_add_fit(&text, verdict, process);
    else
        text_add(&text, "%s", error_text(&verdict->error));
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

static bool check_print_json(const struct host_process *process, struct verdict *verdict)
{
    JSON_AUTO json = {0};
    struct misfits *misfits = &verdict->misfits;
    bool fits = verdict_fits(verdict);
    json_open_output(&json, JSON_CHECK);
    json_add_string(&json, "plugin", verdict->path);
    json_add_string(&json, "host", process->host.path);
    json_add_bool(&json, "fits", fits);
    json_add_string(&json, "code", check_code_name(verdict->error.code));
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
    json_add_string(&json, "error", fits ? NULL : error_text(&verdict->error));
    json_close_object(&json);
    if (json.text.failed)
        return error_set_no_memory(&verdict->error);
    json_print(&json);
    return true;
}

/* How the verdicts are told. */
struct check {
    struct judging judging;
    bool is_json, is_html;
    const char *page_path; /* NULL: none */
    struct page page;
};

/* Prints the verdict, or the failure on standard error. */
static bool check_tell(void *context, struct verdict *verdict)
{
    struct check *check = context;
    const struct host_process *process = &check->judging.process;
    bool is_given = verdict_is_given(verdict), is_printed = true;
    if (check->is_html || check->page_path)
        page_add_plugin(&check->page, process, verdict);
    if (check->is_json)
        is_printed = check_print_json(process, verdict);
    else if (is_given && !check->is_html)
        check_print_text(process, verdict);
    if (!is_printed || (!is_given && (verdict->is_known || !check->is_json)))
        cmd_failed(&verdict->error);
    return is_printed;
}

/* Writes the page to its file, or prints it. */
static bool check_finish_page(const struct check *check, struct error *error)
{
    const struct host_process *process = &check->judging.process;
    TEXT_AUTO html = {0};
    if (check->page_path && !page_write(&check->page, process, check->page_path, error))
        return false;
    if (!check->is_html)
        return true;
    page_add_html(&html, &check->page, process);
    fwrite(text_chars(&html), 1, html.length, stdout);
    return !html.failed || error_set_no_memory(error);
}

static int check_run(struct check *check)
{
    ERROR_AUTO error = {0};
    struct judging *judging = &check->judging;
    int status =
        judging_each(judging, check->is_json || judging->process.is_verbose, check_tell, check);
    return check_finish_page(check, &error) ? status : cmd_failed(&error);
}

int cmd_check(char **arguments)
{
    struct check check = {0};
    struct judging *judging = &check.judging;
    const struct option options[] = {{"--json", .flag = &check.is_json},
                                     {"--html", .flag = &check.is_html},
                                     {"--html=", .value = &check.page_path, .needs = "a file"},
                                     {"--verbose", .flag = &judging->process.is_verbose},
                                     JUDGING_OPTIONS(check.judging),
                                     {0}};
    int status = EXIT_DONE;
    if (!options_parse(check_help, options, arguments, &status))
        return status;
    if (check.is_html && check.is_json)
        return cmd_usage_error("check",
                               "--html prints a page, and --json JSON; write the page to a "
                               "file: --html=FILE");
    if (check.page_path && !*check.page_path)
        return cmd_usage_error("check", "--html= names no file");
    status = judging_start(judging, arguments);
    if (status == EXIT_DONE)
        status = check_run(&check);
    page_deinit(&check.page);
    judging_deinit(judging);
    return cmd_finish_output(status);
}
