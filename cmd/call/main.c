/* SPDX-License-Identifier: MIT */
/* The program behind `plugin call`: opens a plugin, and takes steps with its symbols. It is linked
 * with libplugin and libplugin-call, which the command itself is not. */
#include "call/call_p.h"
#include "common/cmd.h"
#include "common/options.h"

#include <stdlib.h>
#include <string.h>

static const char call_help[] =
    "usage: plugin call [OPTION]... FILE SYMBOL...\n"
    "\n"
    "Open the plugin FILE, in a sandboxed process of its own, and take a step for\n"
    "each SYMBOL: call it, if it is a function, with as many of the next words as it\n"
    "has parameters, and print its result; or print a variable. SYMBOL=VALUE sets\n"
    "one. Members and elements work as well: config.size=3, table[2]. Values are\n"
    "those of C: 7, -1.5e3, 'a', \"text\", NULL, names of enumerators, {.w = 2} for a\n"
    "struct or a pointer to one, (int[]){1, 2} or {1, 2} for a pointer to several,\n"
    "&0 for a pointer to a number. What the function wrote there is printed, too.\n"
    "\n"
    "  --json        print one JSON object for each step, on one line\n"
    "  --in-process  open it in the process of this command\n"
    "  --timeout=MS  the limit of the start and of each call, in milliseconds\n"
    "\n"
    "exit status: 0 success, 1 FILE cannot be opened, or a call failed; 2 usage\n"
    "error: also a SYMBOL that FILE lacks, or a value of the wrong type; 3 the plugin\n"
    "crashed, 4 it exceeded the limit\n"
    "example: plugin call ./shapes.so area '{.w = 2, .h = 3}'\n";

enum { EXIT_CRASHED = 3, EXIT_TIMEOUT = 4 };

/* What is done with a symbol. */
struct step {
    const plugin_symbol *symbol;
    plugin_type type;
    bool is_call, is_set;
    struct place place; /* of a variable, or a part of it */
    struct place value; /* that it is set to */
    void **arguments;   /* of a call */
};

struct call {
    struct memory memory;
    bool is_json;
    struct step *steps;
    size_t count;
};

/* ---- messages ---- */

/* Prints the error of the library; returns the exit status that it has. */
static int call_failed_there(void)
{
    ERROR_AUTO error = {0};
    enum plugin_code code = plugin_error_code();
    text_add(&error.text, "%s", plugin_error()); /* of several lines, and escaped */
    cmd_failed(&error);
    return code == PLUGIN_CRASHED   ? EXIT_CRASHED
           : code == PLUGIN_TIMEOUT ? EXIT_TIMEOUT
                                    : EXIT_FAILED;
}

/* Prints what is wrong with a word, where, and the declaration. */
static int call_wrong_word(const struct reader *reader, const struct step *step, size_t argument)
{
    TEXT_AUTO declaration = {0}, word = {0}, before = {0};
    const char *name = plugin_symbol_name(step->symbol);
    size_t column = (size_t)((reader->wrong ? reader->wrong : reader->text) - reader->text);
    text_add_escaped(&declaration, plugin_symbol_decl(step->symbol));
    text_add_escaped(&word, reader->text);
    char *start = strndup(reader->text, column);
    text_add_escaped(&before, start ? start : "");
    free(start);
    TEXT_AUTO message = {0};
    text_add_escaped(&message, name);
    if (argument)
        text_add(&message, ", argument %zu", argument);
    fprintf(stderr, "plugin: %s, column %zu: %s\n  %s\n  %*s^\n  %s\n", text_chars(&message),
            column + 1, error_text(reader->error), text_chars(&word), (int)before.length, "",
            text_chars(&declaration));
    return EXIT_USAGE;
}

/* ---- reading the steps ---- */

static int step_read_arguments(struct call *call, struct step *step, char **words, size_t *used)
{
    struct plugin_type_part part = {.size = sizeof part};
    size_t count = plugin_type_count(step->type);
    ERROR_AUTO error = {0};
    if (!plugin_type_is_prototype(step->type) || plugin_type_is_variadic(step->type))
        return cmd_usage_error("call", "%s cannot be called by its type alone: %s",
                               plugin_symbol_name(step->symbol), plugin_symbol_decl(step->symbol));
    step->arguments = calloc(count + 1, sizeof *step->arguments);
    if (!step->arguments)
        return cmd_failed_no_memory();
    for (size_t i = 0; i < count && plugin_type_part(step->type, i, &part); i++) {
        if (!words[i])
            return cmd_usage_error("call", "%s needs %zu argument%s, and has %zu: %s",
                                   plugin_symbol_name(step->symbol), count, count == 1 ? "" : "s",
                                   i, plugin_symbol_decl(step->symbol));
        struct reader reader = {
            .memory = &call->memory, .text = words[i], .at = words[i], .error = &error};
        struct place place = {.type = part.type,
                              .at =
                                  memory_alloc(&call->memory, plugin_type_size(part.type), &error)};
        if (!place.at)
            return cmd_failed(&error);
        step->arguments[i] = place.at;
        bool done = value_read(&reader, &place);
        reader_skip_blanks(&reader);
        if (done && *reader.at)
            done = reader_fail(&reader, reader.at, "nothing more is expected");
        if (!done)
            return call_wrong_word(&reader, step, i + 1);
    }
    *used = count;
    return EXIT_DONE;
}

/* Reads what follows the name of a variable. */
static int step_read_variable(struct call *call, struct step *step, const char *word, size_t length)
{
    ERROR_AUTO error = {0};
    struct reader reader = {
        .memory = &call->memory, .text = word, .at = word + length, .error = &error};
    step->place = (struct place){.type = step->type, .at = plugin_address(step->symbol)};
    if (!step->place.at)
        return call_failed_there();
    if (!value_read_designators(&reader, &step->place))
        return call_wrong_word(&reader, step, 0);
    step->is_set = reader_take(&reader, '=');
    if (step->is_set && plugin_type_is_const(step->place.type)) {
        reader_fail(&reader, reader.at, "it is constant");
        return call_wrong_word(&reader, step, 0);
    }
    if (step->is_set) {
        step->value = step->place;
        step->value.at = memory_alloc(
            &call->memory, plugin_type_size(step->place.type) + sizeof(value_integer), &error);
        if (!step->value.at)
            return cmd_failed(&error);
        if (!value_read(&reader, &step->value))
            return call_wrong_word(&reader, step, 0);
    }
    reader_skip_blanks(&reader);
    if (!*reader.at)
        return EXIT_DONE;
    reader_fail(&reader, reader.at, "nothing more is expected");
    return call_wrong_word(&reader, step, 0);
}

/* Says that there is no such symbol; it may be an argument too many of the step before. */
static int call_no_symbol(const struct step *before)
{
    if (!before || !before->is_call)
        return cmd_usage_error("call", "%s", plugin_error());
    return cmd_usage_error("call", "%s; %s takes %zu argument%s: %s", plugin_error(),
                           plugin_symbol_name(before->symbol), plugin_type_count(before->type),
                           plugin_type_count(before->type) == 1 ? "" : "s",
                           plugin_symbol_decl(before->symbol));
}

/* Reads a step, and counts the words behind the first one that it takes. */
static int step_read(struct call *call, struct step *step, char **words, size_t *used)
{
    TEXT_AUTO name = {0};
    size_t length = strcspn(words[0], ".[= ");
    step->symbol = plugin_find_symbol(call->memory.plugin, words[0]);
    if (step->symbol)
        length = strlen(words[0]);
    text_add_bytes(&name, words[0], length);
    if (!step->symbol)
        step->symbol = plugin_lookup(call->memory.plugin, text_chars(&name));
    if (!step->symbol)
        return call_no_symbol(step > call->steps ? step - 1 : NULL);
    step->type = plugin_symbol_type(step->symbol);
    if (plugin_type_kind(step->type) == PLUGIN_TYPE_NONE)
        return call_failed_there();
    step->is_call = plugin_type_kind(step->type) == PLUGIN_TYPE_FUNCTION;
    *used = 0;
    if (!step->is_call)
        return step_read_variable(call, step, words[0], length);
    if (words[0][length])
        return cmd_usage_error("call", "%s is a function: %s", text_chars(&name),
                               plugin_symbol_decl(step->symbol));
    return step_read_arguments(call, step, words + 1, used);
}

static int call_read(struct call *call, char **words)
{
    size_t count = 0;
    while (words[count])
        count++;
    call->steps = calloc(count + 1, sizeof *call->steps);
    if (!call->steps)
        return cmd_failed_no_memory();
    while (*words) {
        size_t used = 0;
        int status = step_read(call, &call->steps[call->count++], words, &used);
        if (status != EXIT_DONE)
            return status;
        words += 1 + used;
    }
    return EXIT_DONE;
}

/* ---- taking them ---- */

/* Is it a pointer by which the function may have written to what an argument has made? */
static const struct made *written_by(const struct call *call, plugin_type type,
                                     const void *argument)
{
    const void *at;
    if (plugin_type_kind(type) != PLUGIN_TYPE_POINTER ||
        plugin_type_is_const(plugin_type_target(type)))
        return NULL;
    memcpy(&at, argument, sizeof at);
    return memory_made(&call->memory, at);
}

static void parameter_add_name(struct text *name, const struct plugin_type_part *part, size_t index)
{
    if (*part->name)
        text_add_escaped(name, part->name);
    else
        text_add(name, "arg%zu", index + 1);
}

static void call_add_written(const struct call *call, const struct step *step, struct text *text,
                             struct json *json)
{
    struct plugin_type_part part = {.size = sizeof part};
    for (size_t i = 0; plugin_type_part(step->type, i, &part); i++) {
        const struct made *made = written_by(call, part.type, step->arguments[i]);
        struct place pointer = {.type = part.type, .at = step->arguments[i]};
        TEXT_AUTO name = {0};
        if (!made)
            continue;
        parameter_add_name(&name, &part, i);
        if (call->is_json) {
            value_add_json(json, text_chars(&name), &call->memory, &pointer);
            continue;
        }
        bool is_one = made->count == 1 && strcmp(plugin_type_name(made->type), "char") != 0;
        struct place object = {.type = made->type, .at = made->at};
        text_add(text, "%s%s = ", is_one ? "*" : "", text_chars(&name));
        value_add(text, &call->memory, is_one ? &object : &pointer);
        text_add(text, "\n");
    }
}

/* Prints what a step has for a value: NULL if it has none. */
static int call_print(const struct call *call, const struct step *step, const struct place *value)
{
    TEXT_AUTO text = {0};
    JSON_AUTO json = {0};
    if (call->is_json) {
        json_open_output(&json, JSON_CALL);
        json_add_string(&json, "symbol", plugin_symbol_name(step->symbol));
        json_add_string(&json, "declaration", plugin_symbol_decl(step->symbol));
        if (value)
            value_add_json(&json, step->is_call ? "result" : "value", &call->memory, value);
        else
            json_add_string(&json, "result", NULL);
        json_open_object(&json, "written");
    } else if (value && !step->is_set) {
        value_add(&text, &call->memory, value);
        text_add(&text, "\n");
    }
    if (step->is_call)
        call_add_written(call, step, &text, &json);
    if (call->is_json) {
        json_close_object(&json);
        json_close_object(&json);
    }
    if (text.failed || json.text.failed) {
        ERROR_AUTO error = {0};
        error_set(&error, PLUGIN_UNSUPPORTED, "%s: the value is too large to print",
                  plugin_symbol_name(step->symbol));
        return cmd_failed(&error);
    }
    if (call->is_json)
        json_print(&json);
    else
        fwrite(text_chars(&text), 1, text.length, stdout);
    return EXIT_DONE;
}

static int step_take(struct call *call, const struct step *step)
{
    ERROR_AUTO error = {0};
    if (step->is_set) {
        if (step->place.bit_size)
            integer_store(&step->place, integer_load(&step->value));
        else
            memcpy(step->place.at, step->value.at, plugin_type_size(step->place.type));
    }
    if (!step->is_call) {
        /* An isolated plugin may write to it at any time. */
        struct place copy = step->place;
        size_t taken = step->place.bit_size
                           ? (step->place.bit_offset + step->place.bit_size + 7) / 8
                           : plugin_type_size(step->place.type);
        copy.at = memory_alloc(&call->memory, taken, &error);
        if (!copy.at)
            return cmd_failed(&error);
        memcpy(copy.at, step->place.at, taken);
        return call_print(call, step, &copy);
    }
    plugin_type type = plugin_type_target(step->type);
    size_t size = plugin_type_size(type);
    struct place result = {.type = type, .at = memory_alloc(&call->memory, size + 16, &error)};
    if (!result.at)
        return cmd_failed(&error);
    fflush(stdout); /* before what the plugin prints */
    if (!plugin_call(step->symbol, step->arguments, result.at))
        return call_failed_there();
    return call_print(call, step, size ? &result : NULL);
}

static int call_run(struct call *call, const char *path, const struct plugin_options *options,
                    char **words)
{
    ERROR_AUTO error = {0};
    if (!memory_init(&call->memory, &error))
        return cmd_failed(&error);
    call->memory.plugin = plugin_open_with(path, options);
    if (!call->memory.plugin) {
        int status = call_failed_there();
        if (call->memory.is_isolated && plugin_error_code() == PLUGIN_UNSUPPORTED)
            fputs("  with --in-process, it is opened without a process of its own\n", stderr);
        return status;
    }
    int status = call_read(call, words);
    for (size_t i = 0; status == EXIT_DONE && i < call->count; i++)
        status = step_take(call, &call->steps[i]);
    for (size_t i = 0; i < call->count; i++)
        free(call->steps[i].arguments);
    free(call->steps);
    return status;
}

/* The options end at the file: what follows are values, which may start with '-'. */
static char **call_split(char **arguments)
{
    char **at = arguments + 1;
    while (*at && **at == '-' && strcmp(*at, "--") != 0)
        at++;
    return *at && !strcmp(*at, "--") ? at + 1 : at;
}

int main(int argc, char **arguments)
{
    struct call call = {0};
    const char *timeout = NULL;
    bool is_in_process = false;
    unsigned long long limit = 0;
    const struct option options[] = {{"--json", .flag = &call.is_json},
                                     {"--in-process", .flag = &is_in_process},
                                     {"--timeout=", .value = &timeout},
                                     {0}};
    int status = EXIT_DONE;
    char **words = argc ? call_split(arguments) : arguments;
    char *file = *words;
    *words = NULL;
    if (!options_parse(call_help, options, arguments, &status))
        return status;
    if (!file || !words[1])
        return cmd_usage_error("call", file ? "no symbol given" : "no file given");
    if (timeout && (!option_parse_number(timeout, &limit) || !limit || limit > 1U << 31))
        return cmd_usage_error("call", "--timeout needs a number of milliseconds");
    if (timeout && is_in_process)
        return cmd_usage_error("call", "--timeout does not go with --in-process");
    call.memory.is_isolated = !is_in_process;
    struct plugin_options open = {.size = sizeof open,
                                  .placement = is_in_process ? PLUGIN_ANY : PLUGIN_ISOLATED,
                                  .timeout_ms = (unsigned)limit,
                                  .has_no_types = !is_in_process};
    status = call_run(&call, file, &open, words + 1);
    memory_deinit(&call.memory);
    return cmd_finish_output(status);
}
