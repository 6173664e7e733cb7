/* SPDX-License-Identifier: MIT */
/* The options and files of a verb. */
#include "common/options.h"

#include "common/cmd.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct option *option_find(const struct option *options, const char *argument)
{
    for (; options->name; options++)
        if (options->flag ? !strcmp(argument, options->name)
                          : !strncmp(argument, options->name, strlen(options->name)))
            return options;
    return NULL;
}

bool options_parse(const char *help, const struct option *options, char **arguments, int *status)
{
    const char *verb = arguments[0];
    char **file = arguments + 1;
    bool only_files = false;
    for (char **next = arguments + 1; *next; next++) {
        char *argument = *next;
        if (only_files || *argument != '-') {
            *file++ = argument;
            continue;
        }
        if (!strcmp(argument, "--")) {
            only_files = true;
            continue;
        }
        if (cmd_is_help(argument)) {
            fputs(help, stdout);
            *status = cmd_finish_output(EXIT_DONE);
            return false;
        }
        const struct option *option = option_find(options, argument);
        if (!option) {
            *status = cmd_usage_error(verb, "unknown option: %s", argument);
            return false;
        }
        if (option->flag) {
            *option->flag = true;
            continue;
        }
        size_t length = strlen(option->name);
        const char *value = argument + length;
        if (!*value && option->name[length - 1] != '=') {
            if (!next[1]) {
                *status = cmd_usage_error(verb, "%s needs %s", option->name, option->needs);
                return false;
            }
            value = *++next;
        }
        assert(option->value || option->values);
        if (option->values)
            words_add(option->values, "%s", value);
        else
            *option->value = value;
    }
    *file = NULL;
    return true;
}

const char *option_next(char **arguments, int *index)
{
    return arguments[*index + 1] ? arguments[++*index] : "";
}

const char *option_value(const char *name, char **arguments, int *index)
{
    const char *option = arguments[*index];
    size_t length = strlen(name);
    if (!strncmp(option, "--", 2) && name[1] != '-')
        option++;
    if (strncmp(option, name, length) != 0)
        return NULL;
    if (option[length] == '=')
        return option + length + 1;
    return option[length] ? NULL : option_next(arguments, index);
}

bool option_parse_number(const char *text, unsigned long long *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && errno == 0;
}
