/* SPDX-License-Identifier: MIT */
/* The interfaces of a host and of the libraries that it needs: what a plugin of them must export.
 */
#ifndef PLUGIN_HOST_INTERFACES_H
#define PLUGIN_HOST_INTERFACES_H

#include "src/fit/demands.h"
#include "src/libraries/libraries.h"

struct host_interface {
    const struct module *module;
    const char *library; /* that has it, without directories; NULL: the host itself */
    uint32_t number;     /* in the module's stamp */
    bool is_chosen;      /* by --as */
    bool is_tried;       /* the plugin that was judged last exports something of it */
    bool is_met;         /* by that plugin */
    bool is_judged;      /* the verdict of that plugin rests on it */
    size_t misfit_count; /* of that plugin, if it is not met */
    bool is_cut;         /* there may be more of them */
};

/* A zeroed one is empty. */
struct host_interfaces {
    struct host_interface *items; /* the host's, then those of its libraries in their order */
    size_t count, capacity;
    bool has_chosen;  /* only the chosen ones count */
    const char *path; /* of the host */
    enum type_rules rules;
    bool (*is_elsewhere)(const void *context, const char *package); /* as in struct demands */
    const void *elsewhere_context;
};

/* Finds the interfaces of all these modules, of which the first one is the host. */
bool host_interfaces_find(struct host_interfaces *interfaces, const struct libraries *libraries,
                          struct error *error);

/* Adds those of the interface file at `path`, which is its label; the module outlives them. */
bool host_interfaces_add_file(struct host_interfaces *interfaces, const struct module *module,
                              const char *path, struct error *error);

void host_interfaces_deinit(struct host_interfaces *interfaces);

/* Chooses the interfaces of this name: "struct filter" or, of a library, also "struct filter of
 * libfilter.so". False if there is none. */
bool host_interfaces_choose(struct host_interfaces *interfaces, const char *name);

/* Forgets the last verdict. */
void host_interfaces_reset(struct host_interfaces *interfaces);

/* Judges a plugin by those that count: one must be met. If none is, adds the misfits of the nearest
 * one: of those of which the plugin exports something, or else of all, that with the fewest. Fails
 * if more interfaces differ from the plugin than MISFITS_COST_MAX allows. */
bool host_interfaces_judge(struct host_interfaces *interfaces, const struct module *own,
                           struct misfits *misfits, struct error *error);

/* Returns "struct filter", or "PLUGIN_EXPECTS" for the symbols that the module so expects. */
const char *interface_name(const struct module *module, uint32_t number);

/* Adds the interface's name, with the library that has it. */
void host_interface_add_name(struct text *text, const struct host_interface *interface);

/* Adds ", meets struct filter, struct codec": the interfaces on which the verdict rests. */
void host_interfaces_add_met(struct text *text, const struct host_interfaces *interfaces);

#endif
