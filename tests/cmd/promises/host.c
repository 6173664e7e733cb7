/* A host, of the version V. */
#include "api.h"

static struct api api = {.level = 3};
#ifdef ARRAY
static struct module modules[2], *own = &modules[1];
#else
static struct module only, *own = &only;
#endif

long host_level(const struct api *of, enum event event, enum color color)
{
    return of->level + event + color;
}

int host_add(const info *added, const struct module *module, struct line *line)
{
    return (plugin_has(added, length) ? added->length : 0) + module->version + !line;
}

int main(int argc, char **argv)
{
    plugin *p = argc > 1 ? plugin_open(argv[1]) : NULL;
    long (*run)(const struct api *, const struct module *) =
        plugin_as(plugin_lookup(p, "run"), long (*)(const struct api *, const struct module *));
    return run && run(&api, own) == 3 ? 0 : 1;
}
