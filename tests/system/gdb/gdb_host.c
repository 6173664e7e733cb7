/* Opens one plugin in each way that gdb is to show, and stops in a function of the last one. */
#include <plugin.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

static void stop_here(void (*f)(void), const plugin_symbol *symbol, plugin *sealed)
{
    (void)symbol, (void)sealed;
    f();
}

static plugin *open_in(const char *path, enum plugin_placement placement)
{
    struct plugin_options options = {.size = sizeof options, .placement = placement};
    plugin *p = plugin_open_with(path, &options);
    if (!p)
        fprintf(stderr, "%s\n", plugin_error());
    return p;
}

/* usage: gdb_host SEALED SHA-256 [PLAIN RETIRED ISOLATED STOPPED] */
int main(int argc, char **argv)
{
    const char *hashes[] = {argv[2], NULL};
    struct plugin_trust trust = {.size = sizeof trust, .hashes = hashes};
    struct plugin_options options = {.size = sizeof options, .trust = &trust};
    plugin *sealed = plugin_open_with(argv[1], &options);
    if (argc > 3) {
        open_in(argv[3], PLUGIN_IN_PROCESS);
        plugin_retire(open_in(argv[4], PLUGIN_IN_PROCESS));
        open_in("built_in.so", PLUGIN_BUILT_IN);
        open_in(argv[5], PLUGIN_ISOLATED);
        plugin_stop(open_in(argv[6], PLUGIN_ISOLATED));
    }
    const plugin_symbol *symbol = plugin_lookup(sealed, "work");
    const plugin_symbol *written = plugin_lookup(sealed, "level");
    plugin_symbol_decl(written);
    void (*f)(void) = plugin_as(symbol, void (*)(void));
    if (!f) {
        fprintf(stderr, "%s\n", plugin_error());
        return 1;
    }
    stop_here(f, written, sealed);
    return 0;
}
