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

struct names {
    int *V, *geom_width;
    void (*F)(void);
    int (*geom_area)(void);
};

static struct names filled;

static void bind_again(plugin *p)
{
    sink = plugin_bind(p, &filled) ? filled.V : NULL;
}

/* What an interface replaces. */
static bool assert_each(plugin *p, struct names *names)
{
    names->V = plugin_as(plugin_lookup(p, "V"), int *);
    names->geom_width = plugin_as(plugin_lookup(p, "geom_width"), int *);
    names->F = plugin_as(plugin_lookup(p, "F"), void (*)(void));
    names->geom_area = plugin_as(plugin_lookup(p, "geom_area"), int (*)(void));
    return names->V && names->geom_width && names->F && names->geom_area;
}

static void assert_each_again(plugin *p)
{
    sink = assert_each(p, &filled) ? filled.V : NULL;
}

static bool open_only(const char *path)
{
    return plugin_open(path);
}

static bool open_as(const char *path)
{
    return plugin_open_as(path, &filled);
}

static bool open_and_assert(const char *path)
{
    plugin *p = plugin_open(path);
    return p && assert_each(p, &filled);
}

static void reopen_as(plugin *p)
{
    sink = open_as(plugin_path(p)) ? filled.V : NULL;
}

static void reopen_and_assert(plugin *p)
{
    sink = open_and_assert(plugin_path(p)) ? filled.V : NULL;
}

/* The plugins PLUGIN-0.so and so on. */
static int open_all(bool (*open)(const char *), const char *prefix, int times)
{
    char path[4096];
    for (int i = 0; i < times; i++) {
        snprintf(path, sizeof path, "%s-%d.so", prefix, i);
        if (!open(path)) {
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
    } all[] = {{"lookup", look_up},
               {"assert", assert_again},
               {"reopen", reopen},
               {"bind", bind_again},
               {"assert-each", assert_each_again},
               {"reopen-as", reopen_as},
               {"reopen-and-assert", reopen_and_assert}};
    static const struct {
        const char *name;
        bool (*open)(const char *path);
    } opens[] = {{"open", open_only}, {"open-as", open_as}, {"open-and-assert", open_and_assert}};
    if (argc != 4)
        return 2;
    int times = atoi(argv[2]);
    for (size_t i = 0; i < sizeof opens / sizeof *opens; i++)
        if (!strcmp(argv[1], opens[i].name))
            return open_all(opens[i].open, argv[3], times);
    plugin *p = plugin_open(argv[3]);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int k = 0; k < times && !strcmp(argv[1], all[i].name); k++)
            all[i].run(p);
    if (!p || !sink)
        fprintf(stderr, "%s\n", plugin_error());
    return !p || !sink;
}
