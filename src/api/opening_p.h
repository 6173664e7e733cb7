/* SPDX-License-Identifier: MIT */
/* The state that the steps of an open share. */
#ifndef PLUGIN_OPENING_P_H
#define PLUGIN_OPENING_P_H

#include "api/interface_p.h"
#include "libraries/libraries.h"
#include "module/bridge_file.h"
#include "process/plugin.h"

/* A library that was judged, and is mapped with the plugin. */
struct judged_library {
    char *name, *path; /* owned */
    dev_t device;
    ino_t inode;
};

struct opening {
    const char *path; /* as the caller gave it */
    const struct plugin_options *options;
    const void *caller;            /* an address in the module that opens the plugin */
    struct wanted *wanted;         /* what that demands of the plugin */
    struct plugin *p;              /* NULL until it is read */
    struct file file;              /* not open for a built-in plugin */
    struct go_bridge_file bridge;  /* of an isolated Go plugin */
    struct libraries libraries;    /* needed and not loaded; empty until the judgement */
    struct arena arena;            /* the memory of the judgement */
    struct judged_library *judged; /* outlive it; owned; NULL: none */
    size_t judged_count;
};

/* Reads the module of the file, which is open at this resolved path, and judges what needs no
 * process. With options.trust, a sealed copy takes the place of the file. */
bool opening_read(struct opening *opening, const char *path, struct module *module,
                  struct error *error);

/* Frees all that an opening owns, but the plugin. */
void opening_deinit(struct opening *opening);

/* Can this program open plugins with these options, that are files? */
bool opening_is_possible(const struct plugin_options *options);

/* Sets the error of an open, or of an examination, if it cannot. */
void opening_set_no_loader(const struct plugin *candidate, struct error *error);

/* May this plugin be opened with options.is_global? */
bool opening_check_global(const struct plugin *p, struct error *error);

/* Puts the path in front of an error: cannot DO plugin PATH. */
void opening_add_path(const char *what, const char *path, struct error *error);

/* Reads, the first time, what every judgement needs of the process. Before the plugin, so that the
 * same memory serves for both: to touch a page takes longer than to fill it. */
void process_read_program(void);

/* Does the plugin fit this process? Its packages must be claimed. Maps nothing and changes nothing.
 */
bool process_judge(struct opening *opening, struct error *error);

/* The same for a built-in plugin. */
bool process_judge_built_in(struct opening *opening, struct error *error);

/* Prepares the process for a plugin that fits: promotes the live copies of packages that the plugin
 * and its libraries will be bound to and, under a trust policy, maps these libraries from the
 * copies that were checked. */
bool process_prepare(struct opening *opening, struct error *error);

/* After the mapping: are the libraries that came with the plugin those that were judged? */
bool process_check_libraries(struct opening *opening, struct error *error);

#endif
