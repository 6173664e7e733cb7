/* SPDX-License-Identifier: MIT */
/* Does a plugin fit a process? Judged from bytes alone: nothing is mapped, no plugin code runs.
 *
 * A plugin needs libraries, symbols, and the live copies of the packages that it contains. Each one
 * that is missing, or whose type does not agree, is a misfit; a refusal lists all of them. The
 * caller's functions say what the process has: api/process_fit.c for a running process, the command
 * `plugin check` for a host's file. */
#ifndef PLUGIN_FIT_H
#define PLUGIN_FIT_H

#include "fit/misfit.h"
#include "libraries/libraries.h"

/* The module that defines a symbol, or has the live copy of a package. */
struct provider {
    const char *path;
    bool is_host;                /* the program itself, or a plugin that is built into it */
    bool is_unexported;          /* built into a program that does not export it */
    const struct module *module; /* NULL: it could not be read */
    const char *unread;          /* why it could not be read; NULL: it was */
};

/* The process that a plugin must fit. The functions get the context, and fail only if memory runs
 * out. */
struct fit_host {
    const char *path;            /* of the program */
    const struct module *module; /* of the program; NULL: unknown */
    void *context;

    /* Finds the loaded module that a reference with this name, and with this version unless it is
     * NULL, will be bound to. `kind` is the reference's enum format_symbol_kind, 0 if unknown. */
    bool (*find_symbol)(void *context, const char *name, const char *version, uint32_t kind,
                        bool *found, struct provider *provider, struct error *error);

    /* Finds the module with the live copy of this package. *found is false if there is none, or if
     * it is the plugin itself. */
    bool (*find_package)(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error);

    /* May a plugin need an executable stack: has the process one, or does its host allow it? NULL:
     * no. */
    bool (*allows_executable_stack)(void *context);

    /* Finds a loaded module that defines this name, but to which the plugin's references are not
     * bound; *path is NULL if there is none. NULL: nothing is loaded. */
    bool (*find_hidden)(void *context, const char *name, const char **path, struct error *error);

    /* Returns the path of the library that opens the plugin for the program, as an application's
     * does for Python; NULL if the program does itself. NULL: it does. */
    const char *(*library)(void *context);

    const char *libc_path; /* of its C library; NULL: find_symbol finds it */

    /* The plugin gets a process of its own, which has no sanitizers. Its types say what is copied
     * of the host's memory: they must be equal as in C, and are compared whatever the hashes in its
     * stamp say. */
    bool is_isolated;
};

/* Returns the path of the program or, if that is not stamped, of the library that opens the plugin.
 */
const char *fit_host_name(const struct fit_host *host);

/* Judges the plugin libraries->items[0] with its libraries. With is_strict, packages must be built
 * from equal sources, and imports from stamped modules must have types on both sides. If the plugin
 * does not fit, sets PLUGIN_MISFIT with all misfits; the text calls the plugin `path`. */
bool fit_judge(const char *path, const struct libraries *libraries, const struct fit_host *host,
               bool is_strict, struct error *error);

/* The same, but collects the misfits; none if the plugin fits. The caller zeroes them, but for
 * is_verbose. Fails if memory runs out, or if a
 * hostile file makes types or symbols too costly to compare. Call misfits_deinit in any case. */
bool fit_collect(struct misfits *misfits, const struct libraries *libraries,
                 const struct fit_host *host, bool is_strict, struct error *error);

#endif
