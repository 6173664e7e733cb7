/* SPDX-License-Identifier: MIT */
/* The plugins that this process has open, and those that it is opening. */
#ifndef PLUGIN_REGISTRY_H
#define PLUGIN_REGISTRY_H

#include "process/plugin.h"

/* Returns the open plugin with this file, or NULL. */
struct plugin *registry_find_file(dev_t device, ino_t inode);

/* Returns the open plugin with this resolved path, or NULL. */
struct plugin *registry_find_path(const char *path);

/* Retires a plugin: it is open no more, and stays in memory. */
enum registry_retired { REGISTRY_RETIRED, REGISTRY_WAS_RETIRED, REGISTRY_NOT_RETIRED };
enum registry_retired registry_retire(struct plugin *p, struct error *error);

/* Has the dynamic loader a retired plugin of this plugin's file, or else one by its path? */
enum registry_former { FORMER_NONE, FORMER_PATH, FORMER_FILE };
enum registry_former registry_find_former(const struct plugin *p);

/* May this plugin, which was read, be opened, once others with its path or content are retired?
 * Sets *open to the plugin that an open would return, or NULL. Waits for nobody. */
bool registry_judge(const struct plugin *candidate, struct plugin **open, struct error *error);

/* Begins to open this plugin, which was read. Waits while another thread opens the same one. Sets
 * *open to that plugin if it is open; else to NULL, and the caller opens the candidate and calls
 * registry_end. Fails if a byte copy is open, if its path has another file open, if the calling
 * thread is opening this plugin already (from its init), if the registry is sealed, or if memory
 * runs out. */
bool registry_begin(struct plugin *candidate, struct plugin **open, struct error *error);

/* Ends an opening. With is_open, adds the plugin, unless another thread was faster; returns the one
 * that the registry has, or NULL with the error set if that is a byte copy. Without is_open,
 * returns NULL. */
struct plugin *registry_end(struct plugin *candidate, bool is_open, struct error *error);

/* Makes registry_begin fail, from now on, for every plugin that is not open. */
void registry_seal(void);
bool registry_is_sealed(void);

/* Sets the error of an open whose path has another file than the plugin that is open. Returns
 * false. */
bool registry_set_replaced(const struct plugin *known, struct error *error);

/* Sets the error of an open after the seal. Returns false. */
bool registry_set_sealed(struct error *error);

#endif
