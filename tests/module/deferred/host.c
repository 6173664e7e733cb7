/* Opens a plugin, says so, waits for a line of standard input, and then asks for its variable V as
 * another type, and for its function's declaration: prints what the library says of both.
 *
 * usage: host PLUGIN [verify] */
#include "../../common/counts.h"
#include <plugin.h>
#include <stdio.h>

struct asked {
    long other;
};

int main(int count, char **arguments)
{
    char line[16];
    struct plugin_options options = {.size = sizeof options, .verify = count > 2};
    plugin *p = count > 1 ? plugin_open_with(arguments[1], &options) : NULL;
    if (!p) {
        printf("%s\n%zu mapped\n", plugin_error(), count_mappings("/deferred"));
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
