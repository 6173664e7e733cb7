/* A program that opens a plugin; before that, a file may replace its own.
 *
 * usage: replaced PLUGIN [NEW] */
#include <plugin.h>
#include <stdio.h>
#include <unistd.h>

int used(int value)
{
    return value;
}

int main(int argc, char **argv)
{
    if (argc < 2 || (argc > 2 && rename(argv[2], argv[0]) != 0))
        return 2;
    access("begin", F_OK);
    if (!plugin_open(argv[1])) {
        fprintf(stderr, "%s\n", plugin_error());
        return 1;
    }
    fprintf(stderr, "opened\n");
    return 0;
}
