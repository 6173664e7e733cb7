/* Opens plugins, and prints how often the shared geom_hit was called, and whether its variable and
 * function are the same for all. With CARRIES, the host, or a library that it is linked with,
 * carries example.com/geom. */
#include "geom.h"
#include "log.h"
#include <dlfcn.h>
#include <plugin.h>
#include <stdio.h>

static int *first_variable;
static int (*first_function)(void);

#ifdef CARRIES
PLUGIN_IMPORT("example.com/geom");
PLUGIN_INIT
{
    test_log("host");
}
#endif

static const char *is_first(const void *first, const void *seen)
{
    return first == seen ? "same" : "other";
}

static void look(const char *path)
{
    plugin *p = plugin_open(path);
    int (*hit)(void) = plugin_as(plugin_lookup(p, "hit"), int (*)(void));
    int (*area)(void) = plugin_as(plugin_lookup(p, "area"), int (*)(void));
    int (*helper)(void) = plugin_as(plugin_lookup(p, "helper"), int (*)(void));
    int *(*variable)(void) = plugin_as(plugin_lookup(p, "variable"), int *(*)(void));
    int (*(*function)(void))(void) =
        plugin_as(plugin_lookup(p, "function"), int (*(*)(void))(void));
    if (!p || !hit || !area || !helper || !variable || !function) {
        printf("%d %s\n", plugin_error_code(), plugin_error());
        return;
    }
    if (!first_variable) {
        first_variable = variable();
        first_function = function();
    }
    printf("hit %d, variable %s, function %s, helper %d, area %d, helper is %s\n", hit(),
           is_first(first_variable, variable()),
           is_first((void *)first_function, (void *)function()), helper(), area(),
           dlsym(RTLD_DEFAULT, "helper") ? "global" : "local");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    test_log("main");
#ifdef CARRIES
    first_variable = &geom_count;
    first_function = geom_hit;
    printf("host hit %d\n", geom_hit());
#endif
    for (int i = 1; i < argc; i++)
        look(argv[i]);
    return 0;
}
