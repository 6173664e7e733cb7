/* Does a plugin fit a process? Judged from bytes alone: nothing is mapped, nothing runs.
 *
 * What the plugin needs are libraries, symbols, and the live copies of the packages that it
 * carries. Each that is missing, or of a type that does not agree, is a misfit; a refusal lists all
 * of them. What the process has, the caller answers: a running process (api/process_fit.c), or a
 * host's file and what it needs (the verb `check`). */
#ifndef PLUGIN_FIT_H
#define PLUGIN_FIT_H

#include "fit/misfit.h"
#include "libraries/libraries.h"

/* A module that provides something. */
struct provider {
    const char *path;
    bool is_host;                /* the program itself, or a plugin that is built into it */
    bool is_unexported;          /* built into a program that does not export it */
    const struct module *module; /* NULL: it could not be read */
};

/* The process that a plugin is to fit. Each function gets the context, and fails for want of memory
 * only. */
struct fit_host {
    const char *path;            /* of the program */
    const struct module *module; /* of the program; NULL: not known */
    void *context;

    /* Which module's symbol would a reference with this name, and version unless NULL, bind to,
     * among those that are loaded? *found is false if to none of them. `kind` is the enum
     * format_symbol_kind of the reference, 0 if it is not known. */
    bool (*find_symbol)(void *context, const char *name, const char *version, uint32_t kind,
                        bool *found, struct provider *provider, struct error *error);

    /* The module whose copy of this package is the live one. *found is false if none is live, or if
     * it is that of the plugin itself. */
    bool (*find_package)(void *context, const char *package, bool *found, struct provider *provider,
                         struct error *error);

    const char *libc_path; /* of its C library; NULL: find_symbol tells */
};

/* Judges a plugin, whose libraries were read; libraries->items[0] is the
 * plugin itself. With is_strict, packages must be from equal sources, and every import that a
 * stamped module provides must have a type on both sides. Sets PLUGIN_MISFIT and every misfit, each
 * on lines of its own, if it does not fit. `path` is what the plugin is called in the text. */
bool fit_judge(const char *path, const struct libraries *libraries, const struct fit_host *host,
               bool is_strict, struct error *error);

/* The same, for those who want more than the text: collects the misfits, none if it fits. Fails for
 * want of memory, or if types cannot be compared, or symbols searched for, as only a hostile file's
 * cannot. Free with misfits_deinit in any case. */
bool fit_collect(struct misfits *misfits, const struct libraries *libraries,
                 const struct fit_host *host, bool is_strict, struct error *error);

#endif
