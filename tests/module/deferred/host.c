/* Opens a plugin, says so, waits for a line of standard input, and then asks for its variable V as
 * another type, and for its function's declaration: prints what the library says of both. */
#include <plugin.h>
#include <stdio.h>
#include <string.h>

struct asked {
    long other;
};

/* How many parts of this file are mapped. */
static int count_mappings(const char *name)
{
    char line[4096];
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        count += strstr(line, name) != NULL;
    if (maps)
        fclose(maps);
    return count;
}

int main(int count, char **arguments)
{
    char line[16];
    plugin *p = count > 1 ? plugin_open(arguments[1]) : NULL;
    if (!p) {
        printf("%s\n%d mapped\n", plugin_error(), count_mappings("/deferred"));
        return 1;
    }
    puts("open");
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin))
        return 2;
    if (!plugin_as(plugin_lookup(p, "V"), struct asked *))
        puts(plugin_error());
    const plugin_symbol *function = plugin_lookup(p, "F");
    const char *declaration = plugin_symbol_decl(function);
    puts(declaration ? declaration : plugin_error());
    return 0;
}
