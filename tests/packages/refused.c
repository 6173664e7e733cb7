/* Opens a plugin that is refused a thousand times, prints what that leaks, and opens the others:
 * refused PLUGIN [PLUGIN...] */
#include "../common/counts.h"

#include <plugin.h>
#include <stdio.h>
#include <string.h>

enum { WARM = 50, TIMES = 1000 };

static void refuse(const char *path, int times)
{
    for (int i = 0; i < times; i++)
        if (plugin_open(path))
            puts("it was opened");
}

int main(int argc, char **argv)
{
    refuse(argv[1], WARM);
    puts(plugin_error());
    size_t files = count_entries("/proc/self/fd"), maps = count_mappings("/");
    size_t memory = count_memory();
    refuse(argv[1], TIMES);
    size_t later = count_memory();
    if (count_entries("/proc/self/fd") != files || count_mappings("/") != maps)
        puts("files or mappings are left");
    /* Some of the C library's own may come and go. */
    if (later > memory + TIMES)
        printf("%zu bytes are left each time\n", (later - memory) / TIMES);
    for (int i = 2; i < argc; i++)
        puts(plugin_open(argv[i]) ? "open" : plugin_error());
    return 0;
}
