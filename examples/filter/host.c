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
    return true;
}

static bool run_filters(struct line *line)
{
    for (const struct filter *f = filters; f; f = f->next)
        if (!f->run(line)) {
            fprintf(stderr, "filter: %s failed at line %lu\n", f->name, line->number);
            return false;
        }
    return true;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!plugin_open(argv[i])) {
            fprintf(stderr, "filter: %s\n", plugin_error());
            return 1;
        }
    struct line line = {.number = 1};
    for (; read_line(&line) && run_filters(&line); line.number++) {
        fwrite(line.text, 1, line.length, stdout);
        putchar('\n');
        free(line.text);
        line.text = NULL;
    }
    free(line.text);
    return !feof(stdin) || fflush(stdout) != 0;
}
