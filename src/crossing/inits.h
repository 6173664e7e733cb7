/* SPDX-License-Identifier: MIT */
/* The packages of an isolated plugin and of the libraries that its process maps with it: which of
 * them are the host's, which cannot be there, and the order of the inits of the others. The host
 * knows this from the judged stamps; the process reads none. */
#ifndef PLUGIN_INITS_H
#define PLUGIN_INITS_H

#include "fit/misfit.h"

/* A file that the process maps. */
struct mapped_module {
    const char *path;
    const struct module *module; /* NULL: it has no packages */
};

/* All of them, in the order of mapping: the plugin is the last one. */
struct mapped_modules {
    const struct mapped_module *items;
    size_t count;
    /* Returns the host's module with the live copy of this package; NULL if there is none. NULL:
     * there is none of any. */
    const struct module *(*host_carrier)(void *context, const char *package);
    void *context;
};

/* Returns the host's module with the live copy of this package, other than main: functions of it
 * are calls back, and the modules' own copies are not used. NULL: the process has the package. */
const struct module *mapped_host_carrier(const struct mapped_modules *modules, const char *package);

/* Adds a misfit for each package of which there would be two copies in the process. */
void inits_judge(const struct mapped_modules *modules, struct misfits *misfits);

/* A function of a module that runs once. */
struct init {
    uint32_t file;    /* the module's number */
    uint64_t address; /* as linked */
    char *name;       /* for messages: "the init of package main (name.c:7)"; owned */
};

/* A zeroed one is empty. */
struct inits {
    struct init *items; /* the inits, then the plugin's PLUGIN_RETIRE, each in the order to run */
    size_t count, capacity;
    size_t retires;    /* how many of them are such */
    bool *is_stamped;  /* of each module: of its inits, only those here run; owned */
    size_t file_count; /* of the modules */
};

/* Lists them. Call inits_deinit in any case. */
bool inits_read(struct inits *inits, const struct mapped_modules *modules, struct error *error);

void inits_deinit(struct inits *inits);

#endif
