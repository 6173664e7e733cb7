/* SPDX-License-Identifier: MIT */
/* Reads the command's help, in the form that all verbs have:
 *
 *     usage: plugin check [OPTION]... HOST PLUGIN...
 *
 *       --as=INTERFACE  require this interface
 *                       of HOST
 */
#include "show/complete_p.h"

#include "src/base/array.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { ABOUT_MAX = 64 }; /* of a description: shells show it beside the option */

static struct help_item *help_add(struct help *help, const char *name, size_t length)
{
    struct help_item *item = array_add(NULL, help->items, help->count, help->capacity);
    if (item)
        *item = (struct help_item){.name = strndup(name, length), .value = strdup("")};
    return item;
}

/* Sets the value that follows the name, up to the end of the word. */
static void help_item_set_value(struct help_item *item, const char *value, bool is_joined)
{
    free(item->value);
    item->value = strndup(value, strcspn(value, " ]\n"));
    item->is_joined = is_joined;
}

/* ---- options ---- */

/* Adds an option such as "--for=HOST", "-o FILE", "-v" or "-buildmode=plugin"; "--html[=FILE]" is
 * two. Literal values are part of the name; others are in capitals. */
static struct help_item *help_add_option(struct help *help, const char *word, const char *end)
{
    size_t length = strcspn(word, " ,=[\n");
    bool is_joined = word[length] == '=';
    if (!strncmp(word + length, "[=", 2)) {
        TEXT_AUTO name = {0};
        text_add_bytes(&name, word, length);
        text_add(&name, "=");
        struct help_item *item = help_add(help, text_chars(&name), name.length);
        if (item)
            help_item_set_value(item, word + length + 2, true);
        return help_add(help, word, length);
    }
    const char *value = word + length + 1;
    if (is_joined && value < end && !isupper((unsigned char)*value))
        return help_add(help, word, strcspn(word, " ,\n"));
    struct help_item *item = help_add(help, word, length + is_joined);
    if (item && word[length] != '\n' && value < end && isupper((unsigned char)*value))
        help_item_set_value(item, value, is_joined);
    return item;
}

/* Adds the options in front of a line's description, which two blanks separate. */
static void help_add_options(struct help *help, const char *line, size_t first)
{
    const char *end = strstr(line, "  "), *newline = strchr(line, '\n');
    end = end && end < newline ? end : newline;
    for (const char *word = line; word < end; word += strspn(word, ", ")) {
        if (*word == '-')
            help_add_option(help, word, end);
        word += strcspn(word, " ,\n");
        if (*word == '\n')
            break;
    }
    for (size_t i = first; i < help->count && *end; i++)
        text_add_bytes(&help->items[i].about, end, strcspn(end, "\n"));
}

/* Gives options that their line names without a value the one that the usage shows. */
static void help_add_values(struct help *help, const char *usage)
{
    for (size_t i = 0; i < help->count; i++) {
        struct help_item *item = &help->items[i];
        TEXT_AUTO joined = {0};
        text_add(&joined, "[%s=", item->name ? item->name : "");
        const char *at = item->value && !*item->value ? strstr(usage, text_chars(&joined)) : NULL;
        if (!at)
            continue;
        text_free(&joined);
        text_add(&joined, "%s=", item->name);
        char *name = strdup(text_chars(&joined));
        help_item_set_value(item, at + joined.length + 1, true);
        free(item->name);
        item->name = name;
    }
}

/* Makes one short line of the description: up to the end of a sentence or part of one. */
static void help_item_shorten(struct help_item *item)
{
    TEXT_AUTO about = {0};
    const char *at = text_chars(&item->about);
    for (at += strspn(at, " "); *at; at++) {
        bool ends =
            *at == ';' || *at == ':' || (*at == '.' && at[1] == ' ') || !strncmp(at, " (", 2);
        if (ends || (*at == ' ' && about.length + strcspn(at + 1, " ") >= ABOUT_MAX))
            break;
        if (*at != ' ' || (at[1] != ' ' && at[1]))
            text_add_bytes(&about, at, 1);
    }
    text_move(&item->about, &about);
}

/* ---- verbs and arguments ---- */

/* Adds the arguments of the first usage: words in capitals outside brackets, which are no values of
 * options. */
static void help_add_arguments(struct help *help, const char *usage, const char *end)
{
    unsigned depth = 0;
    bool is_value = false;
    for (const char *at = usage; at < end && strncmp(at, "\n       plugin", 14) != 0; at++) {
        size_t length = strcspn(at, " \n");
        depth += *at == '[';
        depth -= depth && *at == ']';
        if (depth || (at[-1] != ' ' && at[-1] != '\n'))
            continue;
        if (isupper((unsigned char)*at) && !is_value)
            words_add(&help->arguments, "%.*s", (int)length, at);
        is_value = *at == '-' && !memchr(at, '=', length);
    }
}

/* Adds the line of a verb. */
static void help_add_verb(struct help *help, const char *line)
{
    size_t length = strcspn(line, " \n");
    struct help_item *item = help_add(help, line, length);
    if (item)
        text_add_bytes(&item->about, line + length, strcspn(line + length, "\n"));
}

static void help_parse(struct help *help, const char *text)
{
    const char *end = strstr(text, "\n\n");
    size_t first = 0;
    if (strncmp(text, "usage: ", 7) != 0 || !end)
        return;
    bool is_main = !strncmp(text, "usage: plugin VERB", 18);
    if (!is_main)
        help_add_arguments(help, text + strlen("usage: "), end);
    for (const char *line = end; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t indent = strspn(line, " ");
        if (indent == 2 && line[2] == '-') {
            first = help->count;
            help_add_options(help, line + 2, first);
        } else if (indent == 2 && is_main) {
            help_add_verb(help, line + 2);
        } else if (indent > 2) {
            for (size_t i = first; i < help->count; i++) {
                text_add(&help->items[i].about, " ");
                text_add_bytes(&help->items[i].about, line + indent, strcspn(line + indent, "\n"));
            }
        } else {
            first = help->count; /* other text follows */
        }
    }
    help_add_values(help, text);
    for (size_t i = 0; i < help->count; i++)
        help_item_shorten(&help->items[i]);
}

/* ---- the whole ---- */

bool help_read(struct help *help, const char *verb, struct error *error)
{
    const struct scratch scratch = {0};
    WORDS_AUTO command = {0};
    TEXT_AUTO text = {0};
    int status;
    words_add(&command, "/proc/self/exe");
    if (*verb)
        words_add(&command, "%s", verb);
    words_add(&command, "--help");
    if (!run_for_output(&scratch, &command, &status, &text, error))
        return false;
    if (status == 0)
        help_parse(help, text_chars(&text));
    bool failed = text.failed || help->arguments.failed;
    for (size_t i = 0; i < help->count; i++)
        failed |= !help->items[i].name || !help->items[i].value || help->items[i].about.failed;
    return !failed || error_set_no_memory(error);
}

void help_deinit(struct help *help)
{
    for (size_t i = 0; i < help->count; i++) {
        free(help->items[i].name);
        free(help->items[i].value);
        text_free(&help->items[i].about);
    }
    free(help->items);
    words_deinit(&help->arguments);
}

const struct help_item *help_find(const struct help *help, const char *word)
{
    for (size_t i = 0; i < help->count; i++) {
        const struct help_item *item = &help->items[i];
        size_t length = strlen(item->name) - item->is_joined;
        bool starts = !strncmp(word, item->name, length);
        if (starts && (!word[length] || (item->is_joined && word[length] == '=')))
            return item;
    }
    return NULL;
}

const char *help_argument(const struct help *help, size_t index)
{
    const struct words *arguments = &help->arguments;
    if (index < arguments->count)
        return arguments->items[index];
    const char *last = arguments->count ? arguments->items[arguments->count - 1] : "";
    return strstr(last, "...") ? last : "";
}
