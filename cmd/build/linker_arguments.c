/* SPDX-License-Identifier: MIT */
/* The arguments of a linker, as compilers pass them. */
#include "build/linker_arguments_p.h"

#include "common/cmd.h"
#include "src/base/path.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- response files: words between white space, with the quotes and backslashes of GNU's ---- */

/* Reads one word at *rest into `word`, and moves *rest behind it. */
static void link_read_word(const char **rest, struct text *word)
{
    char quote = '\0';
    const char *c = *rest;
    for (; *c && (quote || !strchr(" \t\r\n\v\f", *c)); c++) {
        if (*c == '\\' && c[1])
            text_add_bytes(word, ++c, 1);
        else if (quote && *c == quote)
            quote = '\0';
        else if (!quote && (*c == '\'' || *c == '"'))
            quote = *c;
        else
            text_add_bytes(word, c, 1);
    }
    *rest = c;
}

static bool link_add_words(struct words *words, const char *argument, bool *has_file, int depth,
                           struct error *error);

static bool link_add_file(struct words *words, const char *path, bool *has_file, int depth,
                          struct error *error)
{
    enum { FILE_MAX = 1 << 26 };
    size_t size;
    char *content = (char *)cmd_read_file(path, FILE_MAX, &size, error);
    bool done = content || error_prefix(error, "cannot read the arguments in %s: ", path);
    const char *rest = content;
    if (done)
        content[size] = '\0';
    while (done && *(rest += strspn(rest, " \t\r\n\v\f"))) {
        TEXT_AUTO word = {0};
        link_read_word(&rest, &word);
        done = word.failed ? error_set_no_memory(error)
                           : link_add_words(words, text_chars(&word), has_file, depth + 1, error);
    }
    free(content);
    return done;
}

/* Adds an argument; of a response file, what it holds. One that does not exist is a plain word, as
 * to GNU's programs. */
static bool link_add_words(struct words *words, const char *argument, bool *has_file, int depth,
                           struct error *error)
{
    enum { DEPTH_MAX = 16 };
    if (*argument != '@' || access(argument + 1, F_OK) != 0) {
        words_add(words, "%s", argument);
        return !words->failed || error_set_no_memory(error);
    }
    *has_file = true;
    if (depth == DEPTH_MAX)
        return error_set(error, PLUGIN_UNSUPPORTED,
                         "%s: files of arguments name each other, more than %d deep", argument + 1,
                         DEPTH_MAX);
    return link_add_file(words, argument + 1, has_file, depth, error);
}

bool link_write_response_file(const char *path, const struct words *words, struct error *error)
{
    TEXT_AUTO content = {0};
    for (size_t i = 0; i < words->count; i++) {
        text_add(&content, "\"");
        for (const char *c = words->items[i]; *c; c++)
            text_add(&content, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        text_add(&content, "\"\n");
    }
    content.failed |= words->failed;
    return cmd_write_file(path, &content, error);
}

/* ---- what the arguments mean ---- */

/* Returns what follows the option's name, which takes one dash or two; NULL if it is another. */
static const char *link_after(const char *argument, const char *name)
{
    if (*argument != '-')
        return NULL;
    argument += argument[1] == '-' ? 2 : 1;
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 ? argument + length : NULL;
}

static bool link_is(const char *argument, const char *name)
{
    const char *rest = link_after(argument, name);
    return rest && !*rest;
}

/* Returns the value of an option, "=VALUE" or the next argument; NULL if this is another one. */
static const char *link_value(const struct words *words, size_t index, const char *name)
{
    const char *rest = link_after(words->items[index], name);
    if (rest && *rest == '=')
        return rest + 1;
    return rest && !*rest && index + 1 < words->count ? words->items[index + 1] : NULL;
}

/* Returns the value of an option of one letter, "VALUE" or the next argument; NULL likewise. */
static const char *link_short_value(const struct words *words, size_t index, char letter)
{
    const char *argument = words->items[index];
    if (argument[0] != '-' || argument[1] != letter)
        return NULL;
    if (argument[2])
        return argument + 2;
    return index + 1 < words->count ? words->items[index + 1] : NULL;
}

bool link_is_symbolic(const char *argument)
{
    return link_after(argument, "Bsymbolic") != NULL;
}

bool link_is_libplugin(const char *argument)
{
    return !strcmp(argument, "-lplugin") ||
           (*argument != '-' && !strncmp(path_base_name(argument), "libplugin.so", 12));
}

/* What `plugin stamp` calls --grows and so on. */
static bool link_take_own(struct concessions *concessions, const char *argument)
{
    const char *value;
    if ((value = link_after(argument, "stamp-grows=")))
        words_add(&concessions->grows, "%s", value);
    else if ((value = link_after(argument, "stamp-alias=")))
        words_add(&concessions->aliases, "%s", value);
    else if ((value = link_after(argument, "stamp-waive=")))
        words_add(&concessions->waiver_files, "%s", value);
    return value;
}

static void link_read(struct link_arguments *link, size_t index)
{
    const struct words *words = &link->words;
    const char *argument = words->items[index], *value;
    if (link_is(argument, "shared") || link_is(argument, "Bshareable"))
        link->is_shared = true;
    else if (link_is(argument, "r") || link_is(argument, "i") || link_is(argument, "relocatable"))
        link->is_relocatable = true;
    else if (link_value(words, index, "dynamic-linker"))
        link->is_dynamic = true;
    else if ((value = link_value(words, index, "dynamic-list")))
        link->dynamic_list = value;
    else if ((value = link_value(words, index, "soname")) ||
             (value = link_value(words, index, "h")))
        link->soname = value;
    else if ((value = link_value(words, index, "output")) ||
             (value = link_short_value(words, index, 'o')))
        link->output = value;
    else if ((value = link_value(words, index, "library-path")) ||
             (value = link_short_value(words, index, 'L')))
        words_add(&link->directories, "%s", value);
}

/* A shared object that has no soname is a plugin; and one of its file's own name, which libtool and
 * CMake give modules, too, unless its name is that of a library. */
static enum link_kind link_find_kind(const struct link_arguments *link)
{
    if (link->is_relocatable || !link->output)
        return LINK_NOTHING;
    if (!link->is_shared)
        return LINK_PROGRAM;
    const char *name = path_base_name(link->output);
    bool is_plugin = !link->soname || (!strcmp(link->soname, name) && strncmp(name, "lib", 3) != 0);
    return is_plugin ? LINK_PLUGIN : LINK_LIBRARY;
}

bool link_arguments_init(struct link_arguments *link, char *const *arguments, struct error *error)
{
    WORDS_AUTO all = {0};
    *link = (struct link_arguments){0};
    for (; *arguments; arguments++)
        if (!link_add_words(&all, *arguments, &link->has_response_file, 0, error))
            return false;
    for (size_t i = 0; i < all.count; i++)
        if (!link_take_own(&link->concessions, all.items[i]))
            words_add(&link->words, "%s", all.items[i]);
    if (link->words.failed)
        return error_set_no_memory(error);
    for (size_t i = 0; i < link->words.count; i++)
        link_read(link, i);
    link->kind = link_find_kind(link);
    return true;
}

void link_arguments_deinit(struct link_arguments *link)
{
    words_deinit(&link->words);
    words_deinit(&link->directories);
    concessions_deinit(&link->concessions);
}
