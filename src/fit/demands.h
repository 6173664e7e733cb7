/* SPDX-License-Identifier: MIT */
/* What a host demands of a plugin: the symbols of its interfaces, with their types. */
#ifndef PLUGIN_DEMANDS_H
#define PLUGIN_DEMANDS_H

#include "fit/misfit.h"
#include "types/compare.h"

/* A symbol of an interface, as the stamp of the demanding module describes it. */
struct demand {
    const char *interface; /* "struct filter"; "": the symbol is expected by its name alone */
    const char *name;
    const struct module *module; /* that demands it */
    const char *label;           /* of that module, in a message */
    uint64_t hash;               /* of the type that the pointer points to; 0: none */
    uint32_t type;               /* BTF id of the pointer */
    uint32_t offset;             /* of the pointer in the struct, in bytes */
    bool is_optional;
};

struct demands {
    const struct demand *items;
    size_t count;
    enum type_rules rules; /* by the strict ones, no hash is believed */
    const char *path;      /* of the host, in a message; NULL: it is not named */

    /* Says why the plugin does not export what it defines; "" if it does not define it. NULL: it is
     * not known. */
    const char *(*hidden)(const void *context, const char *name);
    const void *context;

    /* Has another module the live copy of this package of the plugin? NULL: no. */
    bool (*is_elsewhere)(const void *context, const char *package);
    const void *elsewhere_context;
};

/* Returns demand number `index` of the module's interface number `interface`. */
struct demand demand_of(const struct module *module, const char *label, uint32_t interface,
                        uint32_t index);

/* Adds a misfit for each demand that the plugin does not meet. Fails if memory runs out, or if a
 * hostile file makes types too costly to compare. */
bool demands_judge(struct misfits *misfits, struct demands demands, const struct module *own,
                   struct error *error);

#endif
