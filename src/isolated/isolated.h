/* SPDX-License-Identifier: MIT */
/* Isolated plugins, as libplugin sees them: what libplugin-isolated.so does, which the first
 * isolated open loads. It needs libffi; libplugin needs libc alone. */
#ifndef PLUGIN_ISOLATED_H
#define PLUGIN_ISOLATED_H

#include "crossing/inits.h"

struct isolated; /* the process of one plugin, and the functions that call into it; for ever */

/* What an open hands over. */
struct isolated_open {
    const char *path;            /* of the plugin, for messages */
    const struct module *module; /* of the plugin */
    const struct module *host; /* that opens it, stamped, with its marks and types; NULL: it has no
                                  types of its own */
    const char *worker;        /* path of the program of the process; read only during the call */
    const void *(*find_function)(const char *name); /* of the host; NULL: it exports none of this
                                                       name */
    const int *files; /* sealed copies: the libraries, each behind those that it needs, the bridge
                         of a Go plugin, and the
                         plugin. isolated_open owns them from its success on */
    size_t file_count;
    const struct mapped_modules *modules;     /* of the files */
    const struct plugin_isolation *isolation; /* NULL: the defaults */
    unsigned timeout_ms;                      /* 0: no limit */
};

struct isolated_functions {
    /* Can all that the plugin exports cross to another process? Needs no files. */
    bool (*judge)(const struct isolated_open *open, struct error *error);

    /* Makes all that a worker needs; reads nothing of `open` later. Returns NULL with the error
     * set, and nothing is left. */
    struct isolated *(*open)(const struct isolated_open *open, struct error *error);

    /* Then starts the first worker. Its inits may call the host: the caller holds no lock. On
     * failure nothing is left, but the functions that these have passed, whose calls fail. */
    bool (*start)(struct isolated *isolated, struct error *error);

    /* Returns the address by which the host calls symbol number `symbol`, or reads and writes it.
     */
    void *(*address)(const struct isolated *isolated, uint32_t symbol);

    /* On PLUGIN_CRASHED and PLUGIN_TIMEOUT, it has ended, but not by itself. */
    bool (*stop)(struct isolated *isolated, struct error *error);
    /* The same, after its PLUGIN_RETIRE blocks, if it may end: not in a call of it. */
    bool (*retire)(struct isolated *isolated, struct error *error);
    bool (*may_end)(struct isolated *isolated, struct error *error);
    bool (*restart)(struct isolated *isolated, struct error *error);
    bool (*release)(struct isolated *isolated, const void *object, struct error *error);

    /* Memory that the plugin has at other addresses. */
    void *(*alloc)(struct isolated *isolated, size_t size, struct error *error);
    bool (*free)(struct isolated *isolated, void *memory, struct error *error);

    /* Returns what of the sandbox holds: enum plugin_isolation_part, ored. */
    unsigned (*report)(const struct isolated *isolated);
};

/* The only function that libplugin-isolated.so exports. `publish` is error_publish of the libplugin
 * that loads it, whose errors plugin_error() tells. The version must be that of the library. */
typedef const struct isolated_functions *isolated_load(const char *version,
                                                       void (*publish)(struct error *error));
#define ISOLATED_LOAD FORMAT_ISOLATED_SYMBOL

#endif
