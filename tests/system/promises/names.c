/* Asserts a wrong type of every symbol of plugins, and prints all errors and declarations. */
#include <plugin.h>
#include <stdio.h>

struct other {
    long double first;
};

static void say(const void *result)
{
    printf("%s\n", result ? "opened" : plugin_error());
}

/* Differs from the plugin's struct; its name is replaced in the same way. */
struct tagBIDI {
    long memberEVIL;
};
int host_takes(struct tagBIDI *nameCONE)
{
    return nameCONE->memberEVIL != 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        plugin *p = plugin_open(argv[i]);
        say(p);
        for (const plugin_symbol *s = plugin_next(p, NULL); s; s = plugin_next(p, s)) {
            printf("%s\n", plugin_symbol_decl(s));
            say(plugin_as(s, struct other *));
            say((const void *)plugin_as(s, struct other(*)(struct other *)));
        }
        say(plugin_lookup(p, "no\033[2Jsuch"));
    }
    return 0;
}
