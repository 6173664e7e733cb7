/* Opens an isolated plugin with the descriptors input=N, output=N and error=N, calls it, restarts
 * it, and calls it again. */
#include "../../common/arguments.h"
#include "streams.h"

#include <plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct streams streams;
    setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
    struct plugin_isolation isolation = {.size = sizeof isolation};
    struct plugin_options options = {
        .size = sizeof options, .placement = PLUGIN_ISOLATED, .isolation = &isolation};
    for (int i = 2; i < argc; i++) {
        const char *value;
        if ((value = argument_after(argv[i], "input=")))
            isolation.input = atoi(value);
        else if ((value = argument_after(argv[i], "output=")))
            isolation.output = atoi(value);
        else if ((value = argument_after(argv[i], "error=")))
            isolation.error = atoi(value);
    }
    plugin *p = plugin_open_as_with(argv[1], &options, &streams);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    /* The library has its own. */
    for (int i = 5; i < 8; i++)
        close(i);
    printf("%d\n", streams.copy_line());
    printf("%d\n", plugin_restart(p) ? streams.copy_line() : -1);
    return 0;
}
