/* host.c - filter PLUGIN...: copies standard input to standard output, each line through the
 * filters of the plugins, in their order. */
#include "filter.h"

#include <stdio.h>
#include <stdlib.h>

PLUGIN_IMPORT("example.com/filter");

static bool read_line(struct line *line)
{
    size_t size = 0;
    ssize_t length = getline(&line->text, &size, stdin);
    if (length < 0)
        return false;
    if (line->text[length - 1] == '\n')
        line->text[--length] = '\0';
    line->length = (size_t)length;
    line->number++;
    return true;
}

int main(int argc, char **argv)
{
    struct filter *filters = calloc((size_t)argc, sizeof *filters);
    for (int i = 1; filters && i < argc; i++)
        if (!plugin_open_as(argv[i], &filters[i])) {
            fprintf(stderr, "filter: %s\n", plugin_error());
            return 1;
        }
    struct line line = {.number = 0};
    while (filters && read_line(&line)) {
        for (int i = 1; i < argc; i++)
            if (!filters[i].filter_line(&line)) {
                const char *help = filters[i].filter_help ? filters[i].filter_help() : "";
                fprintf(stderr, "filter: %s (%s) fails at line %lu\n", argv[i], help, line.number);
                return 1;
            }
        fwrite(line.text, 1, line.length, stdout);
        putchar('\n');
        free(line.text);
        line.text = NULL;
    }
    free(line.text);
    free(filters);
    return !feof(stdin) || fflush(stdout) != 0;
}
