/* Does what its arguments say with an isolated plugin, and prints what came of it. */
#include "../../common/counts.h"
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

static int is_act(const char *act, const char *name)
{
    return !strcmp(act, name);
}

static void result(const char *name, const char *value)
{
    static const char *const codes[] = {[PLUGIN_OK] = "OK",
                                        [PLUGIN_MISFIT] = "MISFIT",
                                        [PLUGIN_INIT_FAILED] = "INIT_FAILED",
                                        [PLUGIN_CRASHED] = "CRASHED",
                                        [PLUGIN_TIMEOUT] = "TIMEOUT",
                                        [PLUGIN_UNTRUSTED] = "UNTRUSTED",
                                        [PLUGIN_UNSUPPORTED] = "UNSUPPORTED",
                                        [PLUGIN_SYSTEM] = "SYSTEM"};
    int code = plugin_error_code();
    if (code)
        printf("%s: %s: %s\n", name, codes[code] ? codes[code] : "?", plugin_error());
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
    result("leaks", is_same ? "nothing" : "something");
}

static void act(const char *act, const struct plugin_options *options)
{
    char number[32];
    if (is_act(act, "open")) {
        p = plugin_open_as_with(path, options, &c);
        result(act, "done");
    } else if (is_act(act, "examine")) {
        plugin_file *file = plugin_examine(path, options);
        plugin_file_fits(file);
        result(act, "fits");
        plugin_file_free(file);
    } else if (is_act(act, "open in process")) {
        p = plugin_open_as(path, &c);
        result(act, "done");
    } else if (is_act(act, "order")) {
        const char *order = c.order ? c.order() : NULL;
        result(act, order ? order : "nothing");
    } else if (is_act(act, "area")) {
        sprintf(number, "%d", c.area ? c.area(3, 4) : -1);
        result(act, number);
    } else if (is_act(act, "twice")) {
        sprintf(number, "%d", c.twice ? c.twice(7) : -1);
        result(act, number);
    } else if (is_act(act, "leaks")) {
        leaks(options);
    } else if (is_act(act, "nested")) {
        const char *said = c.nested ? c.nested(path) : NULL;
        result(act, said ? said : "nothing");
    } else if (is_act(act, "restart")) {
        result(act, plugin_restart(p) ? "done" : "not");
    } else if (is_act(act, "stop")) {
        result(act, plugin_stop(p) ? "done" : "not");
    } else if (is_act(act, "retire")) {
        result(act, plugin_retire(p) ? "done" : "not");
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
