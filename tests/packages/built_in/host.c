/* A host of built-in plugins. Each argument is something to do, in order:
 *   NAME       open the plugin, and call its `hit`, if it has one
 *   built:NAME, file:NAME, strict:NAME   open it, by a placement or strictly
 * It says how each ended. */
#include "../../common/arguments.h"
#include <plugin.h>
#include <stdio.h>

static plugin *open_as_told(const char *argument)
{
    struct plugin_options options = {.size = sizeof options};
    const char *path;
    if ((path = argument_after(argument, "built:")))
        options.placement = PLUGIN_BUILT_IN;
    else if ((path = argument_after(argument, "file:")))
        options.placement = PLUGIN_IN_PROCESS;
    else if ((path = argument_after(argument, "strict:")))
        options.strict = true;
    return plugin_open_with(path ? path : argument, &options);
}

static void use(const char *argument)
{
    plugin *p = open_as_told(argument);
    int (*hit)(void) = plugin_as(plugin_lookup(p, "hit"), int (*)(void));
    if (hit)
        printf("%s: %d\n", argument, hit());
    else
        printf("%d %s\n", plugin_error_code(), plugin_error());
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    puts("main");
    for (int i = 1; i < argc; i++)
        use(argv[i]);
    return 0;
}
