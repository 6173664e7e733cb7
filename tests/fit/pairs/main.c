/* Opens a plugin, and exits with what it finds: 0 if all that was seen is right. With PLAIN in the
 * environment, by dlopen, which judges nothing. The case is included before: it may have an
 * interface, whose only member PAIR names, and use() of its own. */
#include <plugin.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PAIR
#define PAIR "run"
struct pair {
    int (*run)(void);
};

static int use(const struct pair *pair)
{
    return pair->run();
}
#endif

static int open_plain(const char *path, struct pair *pair)
{
    void *library = dlopen(path, RTLD_NOW);
    void *symbol = library ? dlsym(library, PAIR) : NULL;
    if (!symbol)
        puts(dlerror());
    memcpy(pair, &symbol, sizeof symbol);
    return symbol != NULL;
}

static int open_judged(const char *path, const char *how, struct pair *pair)
{
    static struct plugin_options options;
    options.size = sizeof options;
    options.strict = !strcmp(how, "-strict");
    if (plugin_open_as_with(path, &options, pair))
        return 1;
    puts(plugin_error());
    return 0;
}

int main(int argc, char **argv)
{
    struct pair pair;
    if (argc != 3)
        return 90;
    if (getenv("PLAIN") ? !open_plain(argv[1], &pair) : !open_judged(argv[1], argv[2], &pair))
        return 91;
    return use(&pair) != 0;
}
