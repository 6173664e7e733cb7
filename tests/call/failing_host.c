/* Calls that fail, and what they tell. */
#include <plugin_types.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void call(plugin *p, const char *name, int argument)
{
    void *arguments[] = {&argument};
    int result = -1;
    const plugin_symbol *symbol = plugin_lookup(p, name);
    bool done = plugin_call(symbol, arguments, &result);
    printf("%s: %s, %d%s%s\n", name, done ? "done" : "failed", result, done ? "" : ": ",
           done ? "" : plugin_error());
}

int main(int argc, char **argv)
{
    struct plugin_options options = {.size = sizeof options};
    if (argc > 2)
        options.placement = PLUGIN_ISOLATED;
    plugin *p = plugin_open_with(argv[1], &options);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    for (const plugin_symbol *s = NULL; (s = plugin_next(p, s));)
        printf("%s can fail: %d\n", plugin_symbol_name(s), plugin_symbol_can_fail(s));
    plugin_lookup(p, "absent"); /* the error of before is not that of the call */
    call(p, "twice", 21);
    errno = 0;
    call(p, "fails", 7);
    printf("errno: %s\n", errno == ENOENT ? "the function's" : strerror(errno));
    if (argc > 2) {
        call(p, "crash", 0);
        call(p, "twice", 21);
        printf("restart: %d\n", plugin_restart(p));
    }
    call(p, "twice", 4);
    return 0;
}
