/* host [FLAGS:]PLUGIN...: opens each plugin, and calls its function `run` if it has one. FLAGS are
 * letters: g is_global, u allow_unstamped, s strict, v verify, t trust, b built in. */
#include <plugin.h>

#include <stdio.h>
#include <string.h>

int host_count(void);
int host_count(void)
{
    return 35;
}

struct runner {
    int (*run)(void);
};

static plugin *open_with(const char *flags, const char *path)
{
    const struct plugin_trust trust = {.size = sizeof trust, .check_place = true};
    struct plugin_options options = {.size = sizeof options,
                                     .is_global = strchr(flags, 'g'),
                                     .allow_unstamped = strchr(flags, 'u'),
                                     .strict = strchr(flags, 's'),
                                     .verify = strchr(flags, 'v'),
                                     .trust = strchr(flags, 't') ? &trust : NULL};
    if (strchr(flags, 'b'))
        options.placement = PLUGIN_BUILT_IN;
    return plugin_open_with(path, &options);
}

static void run(plugin *p)
{
    const plugin_symbol *symbol = plugin_find_symbol(p, "run");
    struct runner runner;
    if (!symbol) {
        puts("open");
        return;
    }
    printf("%s: %d\n", plugin_symbol_decl(symbol), ((int (*)(void))plugin_address(symbol))());
    if (!plugin_as(symbol, int (*)(void)))
        printf("%s\n", plugin_error());
    if (!plugin_bind(p, &runner))
        printf("%s\n", plugin_error());
}

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        char flags[8] = "";
        char *path = strchr(arguments[i], ':');
        if (path)
            snprintf(flags, sizeof flags, "%.*s", (int)(path - arguments[i]), arguments[i]);
        plugin *p = open_with(flags, path ? path + 1 : arguments[i]);
        printf("== %s\n", arguments[i]);
        if (p)
            run(p);
        else
            printf("%s\n", plugin_error());
    }
    return 0;
}
