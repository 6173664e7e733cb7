/* SPDX-License-Identifier: MIT */
/* The process that would run a host, derived from files alone: the host, the libraries that it
 * needs, and the plugins opened before. */
#ifndef PLUGIN_HOST_PROCESS_H
#define PLUGIN_HOST_PROCESS_H

#include "common/run.h"
#include "judge/host_interfaces.h"
#include "src/fit/fit.h"
#include "src/module/bridge_file.h"
#include "src/module/bundle_file.h"

/* A file and the libraries that it needs. */
struct subject {
    const char *path; /* as the user gave it */
    struct arena arena;
    struct module module;
    struct dynamic dynamic;
    struct libraries libraries; /* items[0] is the file itself */
    bool is_global;             /* later plugins may use its symbols, and those of its libraries */
};

struct host_process {
    bool is_strict, allows_unstamped, allows_executable_stack;
    bool is_isolated; /* each plugin has a process of its own, in which the host's libraries are not
                       */
    bool is_verbose;  /* tells what has grown, and what is waived or may be */
    const char *bridge_path;             /* as the user gave it; NULL: not given */
    const struct words *interface_files; /* of --interface; NULL: none */
    struct subject host;
    bool is_unknown; /* only an interface file stands for the host: what it exports is not known */
    struct module *files; /* the interface files, but the one that stands for the host */
    size_t file_count;
    struct arena arena; /* of these, and of the cache */
    struct library_cache cache;
    struct host_interfaces interfaces;
    struct bundle_file built_ins; /* the plugins that are linked into the host */
    struct subject *plugins;      /* those that fit, in order; then the one that is judged */
    size_t plugin_count, plugin_capacity;
    const struct subject *judged;  /* the last one, whether it fits or not; NULL: none yet */
    const struct library **reused; /* libraries of earlier plugins that the judged one needs */
    size_t reused_count, reused_capacity;
    struct go_bridge_file bridge; /* zeroed until the first Go plugin is judged; of isolated ones,
                                     that of the last */
};

/* Reads the host, for this many plugins; if `path` is NULL, the first interface file stands for it.
 * The caller sets the first members, up to interface_files, and zeroes the rest. Call
 * host_process_deinit in any case. The error names the path. */
bool host_process_init(struct host_process *process, const char *path, size_t plugin_count,
                       struct error *error);

void host_process_deinit(struct host_process *process);

/* Judges the plugin at `path`, by what it imports and by the host's interfaces, and collects its
 * misfits. If it fits, it counts as open from then on. False, with the error set, if it is not a
 * plugin or cannot be judged. The misfits are valid until the next call or host_process_deinit. */
bool host_process_judge(struct host_process *process, const char *path, struct misfits *misfits,
                        struct error *error);

/* Could the host open the plugin that was judged last, and fits, isolated? If not, collects the
 * reasons, and sets the error that the open would. */
bool host_process_judge_isolated(struct host_process *process, struct misfits *misfits,
                                 struct error *error);

/* Returns the first library that carries the package, or NULL. */
const struct library *host_process_find_carrier(const struct libraries *libraries,
                                                const char *package);

/* Returns the library of this DT_NEEDED name or DT_SONAME, or NULL. */
const struct library *host_process_find_library(const struct libraries *libraries,
                                                const char *name);

/* What defines the name, or has the live copy of the package (struct fit_host)? The context is the
 * process. */
bool host_process_find_symbol(void *context, const char *name, const char *version, uint32_t kind,
                              bool *found, struct provider *provider, struct error *error);
bool host_process_find_package(void *context, const char *package, bool *found,
                               struct provider *provider, struct error *error);

/* Of a plugin in a process of its own: is this library there before it, and what defines the name?
 */
bool host_process_has_isolated(const struct host_process *process, const char *name);
bool host_process_find_isolated(void *context, const char *name, const char *version, uint32_t kind,
                                bool *found, struct provider *provider, struct error *error);

/* Offers the symbols of the plugin that was judged last, and fits, to later ones: as
 * options.is_global. */
void host_process_make_global(struct host_process *process);

/* Returns the module of the plugin that was judged last, and fits. */
const struct module *host_process_last(const struct host_process *process);

/* Fails if the plugin that was judged last fits as far as is known, but a module that it uses is
 * not stamped. */
bool host_process_judge_stamps(const struct host_process *process, const char *path,
                               const struct uses_counted *uses, struct error *error);

/* Forgets the plugins that fit: the next one is judged as the first. */
void host_process_forget(struct host_process *process);

#endif
