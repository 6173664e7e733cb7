/* Tries to call each symbol of a plugin, and what is no type at all. */
#include <plugin_types.h>

#include <stdio.h>

static const char *const codes[] = {[PLUGIN_OK] = "OK",
                                    [PLUGIN_NO_SYMBOL] = "NO_SYMBOL",
                                    [PLUGIN_WRONG_TYPE] = "WRONG_TYPE",
                                    [PLUGIN_UNSUPPORTED] = "UNSUPPORTED"};

static void told(const char *what, bool done)
{
    printf("%s: %d %s: %s\n", what, done, codes[plugin_error_code()], plugin_error());
    plugin_error_clear();
}

static void run(void *context, void *const *arguments, void *result)
{
    (void)context, (void)arguments, (void)result;
}

static void never(void)
{
    printf("called\n");
}

int main(int argc, char **argv)
{
    static long double room[64];
    void *arguments[16];
    plugin *p = plugin_open(argv[argc - 1]);
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
        arguments[i] = room + 2 * i;
    for (const plugin_symbol *s = NULL; (s = plugin_next(p, s));)
        told(plugin_symbol_name(s), plugin_call(s, arguments, room + 40));
    told("no symbol", plugin_call(plugin_lookup(p, "absent"), arguments, NULL));
    plugin_type none = {0}, pointer = plugin_symbol_type(plugin_lookup(p, "pointer"));
    plugin_type variadic = plugin_symbol_type(plugin_lookup(p, "variadic"));
    told("no type", plugin_call_pointer(none, never, arguments, NULL));
    told("a pointer", plugin_call_pointer(pointer, never, arguments, NULL));
    told("no function", plugin_call_pointer(plugin_type_target(pointer), NULL, arguments, NULL));
    told("a callback", plugin_callback_new(variadic, run, NULL) != NULL);
    told("a callback of no type", plugin_callback_new(none, run, NULL) != NULL);
    told("its pointer", plugin_callback_pointer(NULL) != NULL);
    plugin_callback_free(NULL);
    return 0;
}
