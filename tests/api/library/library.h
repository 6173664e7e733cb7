/* Programs that use the library. They open plugins in the working directory, which run.sh builds.
 * What is open stays open, so each test has plugins of its own. PLACEMENT=built-in in the
 * environment means that the plugins are linked in. */
#ifndef TESTS_API_LIBRARY_LIBRARY_H
#define TESTS_API_LIBRARY_LIBRARY_H

#include <plugin.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool is_built_in;

/* Skips the test if the plugins are linked in. */
static inline void only_loadable(const char *reason)
{
    if (!is_built_in)
        return;
    printf("# next: %s\n", reason);
    skip();
}

static inline plugin *open_plugin(const char *path)
{
    plugin *p = plugin_open(path);
    if (!p)
        fail_msg("%s", plugin_error());
    return p;
}

static inline void has_text(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("not in \"%s\": \"%s\"", text, part);
}

static inline int *ask_for_int(const plugin_symbol *symbol)
{
    return plugin_as(symbol, int *);
}

#endif
