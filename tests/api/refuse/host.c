/* Opens a plugin, and asks for a symbol of it as another type than it has.
 * usage: host PATH [SYMBOL [CASE]]
 * Prints "CODE: MESSAGE" of whatever failed, or "no failure". */
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>

struct point {
    int x;
    double y;
};
struct shape {
    const char *name;
    struct point *corners;
};
struct journal { /* grows, says the stamp */
    int lines, pages;
};
enum color { RED, GREEN = 6 };
struct other;

static const char *const codes[] = {
    "PLUGIN_OK",          "PLUGIN_NOT_FOUND",  "PLUGIN_NOT_PLUGIN",  "PLUGIN_MISFIT",
    "PLUGIN_NO_SYMBOL",   "PLUGIN_WRONG_TYPE", "PLUGIN_INIT_FAILED", "PLUGIN_ALREADY_LOADED",
    "PLUGIN_UNTRUSTED",   "PLUGIN_CRASHED",    "PLUGIN_TIMEOUT",     "PLUGIN_SEALED",
    "PLUGIN_UNSUPPORTED", "PLUGIN_NO_MEMORY",  "PLUGIN_SYSTEM",
};

static const void *ask(const plugin_symbol *symbol, int number)
{
    switch (number) {
    case 0:
        return plugin_as(symbol, double *);
    case 1:
        return plugin_as(symbol, char **);
    case 2:
        return plugin_as(symbol, struct shape *);
    case 3:
        return plugin_as(symbol, int *);
    case 4:
        return plugin_as(symbol, int(*)[5]);
    case 5:
        return plugin_as(symbol, enum color *);
    case 6:
        return (const void *)plugin_as(symbol, int (*)(const struct shape *, double));
    case 7:
        return (const void *)plugin_as(symbol, int (*)(int));
    case 8:
        return (const void *)plugin_as(symbol, long (*)(int, int));
    case 9:
        return (const void *)plugin_as(symbol, int (*)(int, unsigned));
    case 10:
        return (const void *)plugin_as(symbol, int (*)(const char *));
    case 11:
        return (const void *)plugin_as(symbol, void (*)(int (*)(struct other *, void *), void *));
    case 12:
        return plugin_as(symbol, unsigned *);
    case 13:
        return plugin_as(symbol, void *);
    default:
        return (const void *)plugin_as(symbol, int (*)(const struct journal *));
    }
}

int main(int argc, char **argv)
{
    plugin *p = plugin_open(argv[1]);
    const plugin_symbol *symbol = argc > 2 ? plugin_lookup(p, argv[2]) : NULL;
    if (argc > 3 && symbol)
        ask(symbol, atoi(argv[3]));
    if (plugin_error_code() == PLUGIN_OK)
        puts("no failure");
    else
        printf("%s: %s\n", codes[plugin_error_code()], plugin_error());
    return 0;
}
