/* SPDX-License-Identifier: MIT */
/* The interface between libplugin and the bridge. The bridge is a Go library, built by the user's
 * Go toolchain (`plugin go-bridge`), that opens Go plugins and makes C functions for Go functions.
 * All Go code of a process runs in its run-time. libplugin loads it when the first Go plugin is
 * opened, and calls the functions that plugin_go_bridge_ returns. */
#ifndef PLUGIN_GO_BRIDGE_H
#define PLUGIN_GO_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>

/* Changes with struct plugin_go_bridge. */
#define PLUGIN_GO_BRIDGE_VERSION 3

struct plugin_go_bridge {
    unsigned version; /* PLUGIN_GO_BRIDGE_VERSION */

    /* Opens the plugin at this path, absolute and without symbolic links, or /proc/self/fd/N, by
     * Go's plugin.Open, which runs its inits. Returns NULL, or why it failed, newly allocated;
     * *is_init_failure is true if an init panicked. Thread-safe. */
    char *(*open)(const char *path, bool *is_init_failure);

    /* Makes the inits of the package with this init task panic when they run next. For inits that
     * panicked in a nested open: the run-time would abort when the outer open came to them. */
    void (*spoil)(void *init_task);

    /* Returns a C function, never freed, that calls the exported Go function `name` of the plugin
     * opened from this path. docs/go.md tells its C form. If the Go function panics, it calls
     * `panicked(context, text)` and returns zeros. Returns NULL if it cannot be made, with *why
     * newly allocated. */
    void *(*bind)(const char *path, const char *name, void *context, char **why);

    /* Called once, before the first bind. The text is valid during the call only. */
    void (*set_panicked)(void (*panicked)(void *context, const char *text));

    /* Keeps memory that a Go function returned alive until it is released as often. The address may
     * be anywhere in it. They do nothing to memory that is not Go's. */
    void (*keep)(const void *memory);
    void (*release)(const void *memory);

    /* Returns Go memory, zeroed, for `count` objects of `size` bytes, in each of which pointers lie
     * at these offsets, in rising order; if there are any, all are multiples of 8. The array is
     * that of one type of objects, and stays as it is. The memory is aligned to 8 bytes, and kept
     * once. NULL if it is too much. */
    void *(*allocate)(size_t size, const size_t *pointers, size_t pointer_count, size_t count);
};

/* The symbol of plugin_go_bridge_function in the bridge. */
#define PLUGIN_GO_BRIDGE_SYMBOL "plugin_go_bridge_"
typedef const struct plugin_go_bridge *plugin_go_bridge_function(void);

#endif
