/* What the library and the bridge say to each other. The bridge is a Go library, built by the
 * user's own Go toolchain (`plugin go-bridge`), that opens Go plugins and makes C functions of
 * Go's; all Go code of a process runs in its run-time. The library loads it when the first Go
 * plugin is opened, and calls what plugin_go_bridge_ returns. */
#ifndef PLUGIN_GO_BRIDGE_H
#define PLUGIN_GO_BRIDGE_H

#include <stdbool.h>

/* Changes with the struct below. */
#define PLUGIN_GO_BRIDGE_VERSION 2

struct plugin_go_bridge {
    unsigned version; /* PLUGIN_GO_BRIDGE_VERSION */

    /* Opens the plugin at this path, absolute and without symbolic links, by Go's plugin.Open, and
     * runs the inits that Go runs. Returns NULL, or, newly allocated, why it failed;
     * *is_init_failure tells a panic of an init from a refusal. Any thread, any number at once. */
    char *(*open)(const char *path, bool *is_init_failure);

    /* Makes the inits of a package, whose note of them this is, panic when they are run next. For
     * those that have panicked in an open within another one, which comes to them later: the
     * run-time would abort. */
    void (*spoil)(void *init_task);

    /* A C function, for ever, that calls the exported Go function `name` of the plugin that was
     * opened from this path; its form is that of docs/go.md. When the Go function panics, it
     * returns zeroes, after `panicked(context, text)` was called. NULL, with *why newly allocated,
     * if it cannot be made. */
    void *(*bind)(const char *path, const char *name, void *context, char **why);

    /* Set once, before the first bind. The text is read during the call only. */
    void (*set_panicked)(void (*panicked)(void *context, const char *text));

    /* Keeps what a Go function returned alive until as many releases. Any address in it will do;
     * for memory that is not Go's they do nothing. */
    void (*keep)(const void *memory);
    void (*release)(const void *memory);
};

/* The symbol that the library looks up in the bridge. */
#define PLUGIN_GO_BRIDGE_SYMBOL "plugin_go_bridge_"
typedef const struct plugin_go_bridge *plugin_go_bridge_function(void);

#endif
