/* host.c - filter [--isolated] PLUGIN...: copies standard input to standard output, each line
 * through the filters of the plugins, in their order; isolated, each has a process of its own. */
#include "filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PLUGIN_IMPORT("example.com/filter");

/* Reads the next line, and gives it room to grow. */
static bool read_line(struct line *line)
{
    static char *input;
    static size_t size;
    ssize_t length = getline(&input, &size, stdin);
    if (length < 0)
        return false;
    free(line->text);
    line->size = (size_t)length + 256;
    line->text = calloc(1, line->size);
    if (!line->text)
        return false;
    line->length = (size_t)length - (input[length - 1] == '\n');
    memcpy(line->text, input, line->length);
    line->number++;
    return true;
}

int main(int argc, char **argv)
{
    bool is_isolated = argc > 1 && !strcmp(argv[1], "--isolated");
    struct plugin_options options = {.size = sizeof options,
                                     .placement = is_isolated ? PLUGIN_ISOLATED : PLUGIN_ANY};
    struct filter *filters = calloc((size_t)argc, sizeof *filters);
    int first = is_isolated ? 2 : 1;
    for (int i = first; filters && i < argc; i++)
        if (!plugin_open_as_with(argv[i], &options, &filters[i])) {
            fprintf(stderr, "filter: %s\n", plugin_error());
            return 1;
        }
    struct line line = {.number = 0};
    while (filters && read_line(&line)) {
        for (int i = first; i < argc; i++)
            if (!filters[i].filter_line(&line)) {
                const char *why = plugin_error();
                if (!*why && filters[i].filter_help)
                    why = filters[i].filter_help();
                fprintf(stderr, "filter: %s fails at line %lu: %s\n", argv[i], line.number, why);
                return 1;
            }
        fwrite(line.text, 1, line.length, stdout);
        putchar('\n');
    }
    free(line.text);
    free(filters);
    return !feof(stdin) || fflush(stdout) != 0;
}
