/* Opens, examines and scans for plugins isolated, and tells why it cannot. */
#include "refused.h"

#include <stdlib.h>
#include <string.h>

static const struct plugin_options options = {.size = sizeof options, .placement = PLUGIN_ISOLATED};

static void say(const char *what, bool done)
{
    printf("%s: %s%s\n", what,
           done                                        ? "yes"
           : plugin_error_code() == PLUGIN_UNSUPPORTED ? "UNSUPPORTED: "
                                                       : "",
           done ? "" : plugin_error());
}

static bool each(void *context, const char *path, const plugin_file *file)
{
    const char *name = strrchr(path, '/') + 1;
    if (file)
        say(name, plugin_file_fits(file));
    return !context;
}

int main(int argc, char **argv)
{
    struct refused refused;
    plugin_file *file = plugin_examine(argv[1], &options);
    say("fits", plugin_file_fits(file));
    say("meets", plugin_file_meets(file, struct refused));
    plugin_file_free(file);
    say("opens", plugin_open_as_with(argv[1], &options, &refused));
    if (argc > 2)
        plugin_scan(argv[2], &options, each, NULL);
    return 0;
}
