/* Does one thing a number of times, so that what one more costs can be counted.
 *
 * usage: count WHAT TIMES PLUGIN */
#include <plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const void *volatile sink;

static void look_up(plugin *p)
{
    sink = plugin_lookup(p, "geom_area");
}

static void assert_again(plugin *p)
{
    sink = plugin_as(plugin_lookup(p, "V"), int *);
}

static void reopen(plugin *p)
{
    sink = plugin_open(plugin_path(p));
}

/* The plugins PLUGIN-0.so and so on. */
static int open_all(const char *prefix, int times)
{
    char path[4096];
    for (int i = 0; i < times; i++) {
        snprintf(path, sizeof path, "%s-%d.so", prefix, i);
        if (!plugin_open(path)) {
            fprintf(stderr, "%s\n", plugin_error());
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(plugin *p);
    } all[] = {{"lookup", look_up}, {"assert", assert_again}, {"reopen", reopen}};
    if (argc != 4)
        return 2;
    int times = atoi(argv[2]);
    if (!strcmp(argv[1], "open"))
        return open_all(argv[3], times);
    plugin *p = plugin_open(argv[3]);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int k = 0; k < times && !strcmp(argv[1], all[i].name); k++)
            all[i].run(p);
    if (!p || !sink)
        fprintf(stderr, "%s\n", plugin_error());
    return !p || !sink;
}
