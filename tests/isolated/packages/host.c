/* Does what its arguments say with an isolated plugin, and prints what came of it. */
#include "../../common/counts.h"
#include "../../common/result.h"
#include "packages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct packages c;
static plugin *p;
static const char *path;

#ifdef WITH_GEOM
int host_area(int a)
{
    return geom_area(a, a);
}
#endif

static int is_named(const char *act, const char *name)
{
    return !strcmp(act, name);
}

static void outcome(const char *name, const char *value)
{
    if (plugin_error_code())
        printf("%s: %s: %s\n", name, code_name(), plugin_error());
    else
        printf("%s: %s\n", name, value);
    plugin_error_clear();
}

/* Opens so often what fails; then the process has what it had after the first times. */
static void leaks(const struct plugin_options *options)
{
    enum { ROUNDS = 100, FIRST = 5 };
    size_t descriptors = 0, mappings = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (plugin_open_as_with(path, options, &c))
            printf("round %d: opened\n", i);
        if (i == FIRST) {
            descriptors = count_entries("/proc/self/fd");
            mappings = count_mappings("/");
        }
    }
    bool is_same = count_entries("/proc/self/fd") == descriptors && count_mappings("/") == mappings;
    plugin_error_clear();
    outcome("leaks", is_same ? "nothing" : "something");
}

static void act(const char *act, const struct plugin_options *options)
{
    char number[32];
    if (is_named(act, "open")) {
        p = plugin_open_as_with(path, options, &c);
        outcome(act, "done");
    } else if (is_named(act, "examine")) {
        plugin_file *file = plugin_examine(path, options);
        plugin_file_fits(file);
        outcome(act, "fits");
        plugin_file_free(file);
    } else if (is_named(act, "open in process")) {
        p = plugin_open_as(path, &c);
        outcome(act, "done");
    } else if (is_named(act, "order")) {
        const char *order = c.order ? c.order() : NULL;
        outcome(act, order ? order : "nothing");
    } else if (is_named(act, "area")) {
        sprintf(number, "%d", c.area ? c.area(3, 4) : -1);
        outcome(act, number);
    } else if (is_named(act, "twice")) {
        sprintf(number, "%d", c.twice ? c.twice(7) : -1);
        outcome(act, number);
    } else if (is_named(act, "leaks")) {
        leaks(options);
    } else if (is_named(act, "nested")) {
        const char *said = c.nested ? c.nested(path) : NULL;
        outcome(act, said ? said : "nothing");
    } else if (is_named(act, "restart")) {
        outcome(act, plugin_restart(p) ? "done" : "not");
    } else if (is_named(act, "stop")) {
        outcome(act, plugin_stop(p) ? "done" : "not");
    } else if (is_named(act, "retire")) {
        outcome(act, plugin_retire(p) ? "done" : "not");
    } else if (strchr(act, '=')) {
        char *name = strdup(act), *value = strchr(name, '=');
        *value++ = '\0';
        if (*value)
            setenv(name, value, 1);
        else
            unsetenv(name);
        free(name);
    } else {
        path = act;
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *limit = getenv("LIMIT");
    struct plugin_options options = {.size = sizeof options,
                                     .placement = PLUGIN_ISOLATED,
                                     .strict = getenv("STRICT") != NULL,
                                     .timeout_ms = limit ? (unsigned)atoi(limit) : 60000};
    for (argv++; *argv; argv++)
        act(*argv, &options);
    return 0;
}
