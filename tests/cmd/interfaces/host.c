/* A host with three interfaces, and one of its library: opens a plugin as the one that is named. */
#include "api.h"
#include <stdio.h>
#include <string.h>

PLUGIN_EXPECTS("mod_init", int(const struct host_api *));
PLUGIN_EXPECTS_OPTIONAL("mod_exit", void(void));

int host_log(const struct line *line)
{
    return line->length;
}

static plugin *open_expected(const char *path)
{
    const struct plugin_expect expect[] = {PLUGIN_EXPECT("mod_init", int(const struct host_api *)),
                                           {0}};
    const struct plugin_options options = {.size = sizeof options, .expect = expect};
    return plugin_open_with(path, &options);
}

static plugin *open_as(const char *name, const char *path)
{
    struct filter filter;
    codec codec;
    if (!strcmp(name, "struct filter"))
        return plugin_open_as(path, &filter);
    if (!strcmp(name, "codec"))
        return plugin_open_as(path, &codec);
    return strcmp(name, "PLUGIN_EXPECTS") ? source_open(path) : open_expected(path);
}

/* How a host without an interface looks a symbol up. */
int (*find_exit(plugin *p))(void);
int (*find_exit(plugin *p))(void)
{
    return plugin_as(plugin_lookup(p, "mod_exit"), int (*)(void));
}

int main(int argc, char **argv)
{
    plugin *p = argc == 3 ? open_as(argv[1], argv[2]) : NULL;
    puts(p ? "opened" : plugin_error());
    return !p;
}
