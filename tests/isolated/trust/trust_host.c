/* Opens an isolated plugin as its arguments say, calls it, and tells what came of it. */
#include "../../common/arguments.h"
#include "../../common/result.h"

#include <plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counted {
    int (*count)(void);
};

static struct counted c;
static plugin *p;
static const char *hashes[ARGUMENT_LIST], *libraries[ARGUMENT_LIST];
static struct plugin_trust trust = {.size = sizeof trust};
static struct plugin_options options = {
    .size = sizeof options, .placement = PLUGIN_ISOLATED, .timeout_ms = 60000};

static void outcome(const char *what, int done)
{
    if (done)
        printf("%s: %d\n", what, c.count ? c.count() : 0);
    else
        printf("%s: %s: %s\n", what, code_name(), plugin_error());
}

static void examine(const char *path)
{
    plugin_file *file = plugin_examine(path, &options);
    if (plugin_file_fits(file))
        printf("examine: fits\n");
    else
        outcome("examine", 0);
    plugin_file_free(file);
}

static void act(const char *argument)
{
    const char *value;
    if ((value = argument_after(argument, "hash="))) {
        trust.hashes = argument_append(hashes, value);
        options.trust = &trust;
    } else if ((value = argument_after(argument, "library="))) {
        trust.libraries = argument_append(libraries, value);
    } else if ((value = argument_after(argument, "content="))) {
        options.content = value;
    } else if ((value = argument_after(argument, "examine="))) {
        examine(value);
    } else if ((value = argument_after(argument, "do="))) {
        if (system(value) != 0)
            printf("failed: %s\n", value);
    } else if (!strcmp(argument, "verify")) {
        options.verify = true;
    } else if (!strcmp(argument, "strict")) {
        options.strict = true;
    } else if (!strcmp(argument, "in-process")) {
        options.placement = PLUGIN_IN_PROCESS;
        options.timeout_ms = 0;
    } else if (!strcmp(argument, "restart")) {
        outcome("restart", plugin_restart(p));
    } else {
        p = plugin_open_as_with(argument, &options, &c);
        outcome("open", p != NULL);
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (argv++; *argv; argv++)
        act(*argv);
    return 0;
}
