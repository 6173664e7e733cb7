/* Calls a plugin that has all, isolated or not, and prints what came of it: the same. */
#include "together.h"

#include <stdio.h>
#include <string.h>

static struct together t;
static long *memory;

int host_twice(int value)
{
    return 2 * value;
}

void host_note(const char *what)
{
    printf("note: %s\n", what);
}

static int is_V(const long *at)
{
    return at == t.V;
}

static int is_in_memory(const long *at)
{
    return at == memory + 3;
}

static long *give_memory(void)
{
    return memory;
}

static long *give_V(void)
{
    return t.V;
}

static int set_V(int value)
{
    *t.V = value;
    return t.call_import(value);
}

static void show(const char *what, long value)
{
    printf("%s: %ld%s%s\n", what, value, plugin_error_code() ? ": " : "", plugin_error());
    plugin_error_clear();
}

static void use_all(void)
{
    printf("order: %s\n", t.order());
    show("V", *t.V);
    show("is V", t.ask_is_it(is_V, t.V));
    show("is in memory", t.ask_is_it(is_in_memory, memory + 3));
    memory[0] = 40;
    show("add", t.add_to(give_memory, 2));
    show("has", memory[0]);
    show("add to V", t.add_to(give_V, 2));
    show("import", t.call_import(5));
    show("thread", t.from_thread(set_V, 6));
    show("V", *t.V);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    bool is_isolated = argc > 2;
    struct plugin_options options = {.size = sizeof options,
                                     .placement = is_isolated ? PLUGIN_ISOLATED : 0,
                                     .timeout_ms = is_isolated ? 60000 : 0};
    plugin *p = plugin_open_as_with(argv[1], &options, &t);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    memory = plugin_alloc(p, 64 * sizeof *memory);
    use_all();
    if (argc > 3) { /* only isolated */
        show("restart", plugin_restart(p));
        use_all();
        show("turn", t.turn(host_twice) != NULL);
    }
    plugin_free(p, memory);
    show("retire", plugin_retire(p));
    return 0;
}
