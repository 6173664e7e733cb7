/* The host of lender.c; HEADER declares what the plugin exports. */
#include <plugin.h>

#include HEADER

int main(int argc, char **argv)
{
    static const struct module module = {.version = 1};
    plugin *p = argc > 1 ? plugin_open(argv[1]) : NULL;
    info *(*of)(const struct module *) =
        plugin_as(plugin_lookup(p, "lend"), info * (*)(const struct module *));
    info *lent = of ? of(&module) : NULL;
    return lent && plugin_has(lent, length) && lent->length == 1 ? 0 : 1;
}
