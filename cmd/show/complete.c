/* SPDX-License-Identifier: MIT */
/* plugin complete: what a shell offers behind the words of a command line. share/ has the functions
 * of the shells, which call it; users do not.
 *
 * It prints a line for each word that the last one could become: the word, a tab, what it is. If
 * names of files, or of directories, are wanted, which shells know best, the line is ":files" or
 * ":directories", followed by a blank and what stands in front of them in the same word, if
 * anything. */
#include "common/cmd.h"
#include "judge/host_process.h"
#include "show/complete_p.h"
#include "show/inspected_p.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The command line. */
struct line {
    char **words; /* behind "plugin"; the last one is being written */
    size_t count;
    struct help help;      /* of the verb, words[0] */
    const char *host;      /* the value of --for; NULL: not given */
    const char *first;     /* the first argument; NULL: not given */
    size_t argument_count; /* in front of the last word */
};

static void complete_print(const char *last, const char *before, const char *word,
                           const char *about)
{
    size_t length = strlen(before);
    if (!strncmp(last, before, length) && !strncmp(last + length, word, strlen(last + length)))
        printf("%s%s\t%s\n", before, word, about);
}

/* ---- the words of a line ---- */

/* Adds the words of a line as a shell splits it, the last one perhaps unfinished; quotes and
 * backslashes go. */
static void complete_split(struct words *words, const char *line)
{
    TEXT_AUTO word = {0};
    char quote = '\0';
    for (;; line++) {
        if (!*line || (!quote && (*line == ' ' || *line == '\t'))) {
            if (!*line || word.length || (line[-1] == '\'' || line[-1] == '"'))
                words_add(words, "%s", text_chars(&word));
            text_free(&word);
            if (!*line)
                return;
        } else if (*line == quote) {
            quote = '\0';
        } else if (!quote && (*line == '\'' || *line == '"')) {
            quote = *line;
        } else {
            line += *line == '\\' && quote != '\'' && line[1];
            text_add_bytes(&word, line, 1);
        }
    }
}

/* Returns the path of a word, in which a shell would have replaced a leading ~. */
static const char *complete_path(struct text *path, const char *word)
{
    const char *home = getenv("HOME");
    bool is_home = word[0] == '~' && word[1] == '/' && home;
    text_add(path, "%s%s", is_home ? home : "", word + is_home);
    return text_chars(path);
}

/* ---- what a file has ---- */

static void complete_symbols(const char *last, const char *file)
{
    ERROR_AUTO ignored = {0};
    ARENA_AUTO arena = {0};
    TEXT_AUTO path = {0};
    struct module module;
    if (!file || !cmd_read_module(&module, complete_path(&path, file), &arena, &ignored))
        return;
    for (uint32_t i = 0; module.is_stamped && i < module.meta.header.symbols.count; i++) {
        struct meta_symbol symbol = meta_symbol(&module.meta, i);
        TEXT_AUTO about = {0}, name = {0};
        text_add_escaped(&name, symbol.name);
        if (symbol.type)
            inspected_add_declaration(&about, &module, symbol.name, symbol.type, symbol.kind);
        complete_print(last, "", text_chars(&name), text_chars(&about));
    }
    module_deinit(&module);
}

static void complete_interfaces(const char *last, const char *before, const char *host)
{
    ERROR_AUTO ignored = {0};
    TEXT_AUTO path = {0};
    struct host_process process = {0};
    bool is_read = host && host_process_init(&process, complete_path(&path, host), 1, &ignored);
    for (size_t i = 0; is_read && i < process.interfaces.count; i++) {
        TEXT_AUTO name = {0};
        host_interface_add_name(&name, &process.interfaces.items[i]);
        complete_print(last, before, text_chars(&name), "");
    }
    host_process_deinit(&process);
}

/* ---- values ---- */

/* Offers values of a kind, named as in the help, behind `before`, the start of the last word. */
static void complete_value(const struct line *line, const char *kind, const char *before)
{
    static const char *const unknown[] = {"",   "N",        "MS",          "TYPE",
                                          "GO", "COMPILER", "OWN=OUTSIDE", "FLAG"};
    const char *last = line->words[line->count - 1];
    size_t length = strcspn(kind, ".[");
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (strlen(unknown[i]) == length && !strncmp(kind, unknown[i], length))
            return;
    if (!strncmp(kind, "SYMBOL", 6))
        complete_symbols(last, line->first);
    else if (!strncmp(kind, "INTERFACE", 9))
        complete_interfaces(last, before, line->host ? line->host : line->first);
    else
        printf("%s%s%s\n", !strncmp(kind, "DIRECTORY", 9) ? ":directories" : ":files",
               *before ? " " : "", before);
}

/* Reads the words in front of the last one. Returns the option whose value that is; NULL: none. */
static const struct help_item *complete_read_words(struct line *line)
{
    const struct help_item *pending = NULL; /* the option whose value is the next word */
    for (size_t i = 1; i + 1 < line->count; i++) {
        const char *word = line->words[i], *value = pending ? word : NULL;
        const struct help_item *option = pending;
        if (!pending && *word == '-') {
            option = help_find(&line->help, word);
            const char *joined = option && option->is_joined ? strchr(word, '=') : NULL;
            value = joined ? joined + 1 : NULL;
        }
        pending = option && *option->value && !value ? option : NULL;
        if (value && !strncmp(option->name, "--for", strlen("--for")))
            line->host = value;
        if (!option && *word != '-' && !line->argument_count++)
            line->first = word;
    }
    return pending;
}

static void complete_word(struct line *line)
{
    const char *last = line->words[line->count - 1];
    const struct help_item *pending = complete_read_words(line);
    const struct help_item *joined = strchr(last, '=') ? help_find(&line->help, last) : NULL;
    if (pending) {
        complete_value(line, pending->value, "");
    } else if (joined && joined->is_joined) {
        complete_value(line, joined->value, joined->name);
    } else if (*last == '-') {
        for (size_t i = 0; i < line->help.count; i++)
            complete_print(last, "", line->help.items[i].name,
                           text_chars(&line->help.items[i].about));
        complete_print(last, "", "--help", "print the usage");
    } else {
        complete_value(line, help_argument(&line->help, line->argument_count), "");
    }
}

/* ---- the verb ---- */

int cmd_complete(char **arguments)
{
    ERROR_AUTO error = {0};
    WORDS_AUTO split = {0};
    struct line line = {.words = arguments + 1};
    if (!arguments[1])
        return cmd_usage_error("complete", "no words given");
    if (!strcmp(arguments[1], "--line") && arguments[2]) {
        complete_split(&split, arguments[2]);
        if (split.failed)
            return cmd_failed_no_memory();
        line.words = split.items + 1; /* without the command */
    }
    while (line.words[line.count])
        line.count++;
    if (!line.count)
        return EXIT_DONE;
    const char *verb = line.count > 1 ? line.words[0] : "";
    if (!help_read(&line.help, verb, &error)) {
        help_deinit(&line.help);
        return cmd_failed(&error);
    }
    for (size_t i = 0; line.count == 1 && i < line.help.count; i++)
        complete_print(line.words[0], "", line.help.items[i].name,
                       text_chars(&line.help.items[i].about));
    if (line.count > 1)
        complete_word(&line);
    help_deinit(&line.help);
    return cmd_finish_output(EXIT_DONE);
}
