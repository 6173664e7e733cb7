/* What this process has open, and what it is opening. */
#ifndef PLUGIN_REGISTRY_H
#define PLUGIN_REGISTRY_H

#include "process/plugin.h"

/* The open plugin that is this file, or NULL. */
struct plugin *registry_find_file(dev_t device, ino_t inode);

/* The open plugin that was opened from this path, or NULL. */
struct plugin *registry_find_path(const char *path);

/* Has a plugin been opened by this path, as it was given? That is worth a look at which file it is,
 * before anything else is tried. A hint: a path may be forgotten, or lead elsewhere by now. */
bool registry_has_led(const char *path);
void registry_note_path(const char *path);

/* Asks to open this plugin, which has been judged. Waits while another thread opens the same one.
 * *open is then that plugin, if it is open, and NULL if the caller shall open it, and call
 * registry_end. Fails if a byte copy is open, if the calling thread is opening this plugin already
 * (its init asked for it), if the registry is sealed, or if there is no memory for one more. */
bool registry_begin(struct plugin *candidate, struct plugin **open, struct error *error);

/* Ends what registry_begin allowed. With is_open, the plugin becomes part of the registry, unless
 * another thread was faster: returns the one that is in the registry, or NULL, with the error set,
 * if that is a byte copy. Without is_open: returns NULL. */
struct plugin *registry_end(struct plugin *candidate, bool is_open, struct error *error);

/* From here on registry_begin fails for every plugin that is not open. */
void registry_seal(void);
bool registry_is_sealed(void);

/* Sets the error of an open that comes too late. Returns false. */
bool registry_set_sealed(struct error *error);

#endif
