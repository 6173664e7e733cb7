/* The packages of an isolated plugin and of the libraries that its process maps with it: which of
 * them cannot be there, and the order of their inits. The host knows both from the judged stamps;
 * the process reads none. */
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
    /* Does the host carry this package? */
    bool (*host_carries)(void *context, const char *package);
    void *context;
};

/* Adds a misfit for each package of which there would be a second copy: the host carries it, or two
 * of the modules do. */
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
    size_t retires; /* how many of them are such */
};

/* Lists them. Call inits_deinit in any case. */
bool inits_read(struct inits *inits, const struct mapped_modules *modules, struct error *error);

void inits_deinit(struct inits *inits);

#endif
