/* Opens the seed's plugin isolated, and calls it: seed_host PLUGIN */
#include <plugin.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};
    plugin *p = plugin_open_with(argv[argc - 1], &options);
    int *v = plugin_as(plugin_lookup(p, "V"), int *);
    void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
    if (!v || !f)
        return printf("%s\n", plugin_error()), 1;
    *v = 7;
    f();
    return 0;
}
