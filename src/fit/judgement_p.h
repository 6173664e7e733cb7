/* SPDX-License-Identifier: MIT */
/* A judgement in progress: what the files of this folder share. */
#ifndef PLUGIN_JUDGEMENT_P_H
#define PLUGIN_JUDGEMENT_P_H

#include "base/path.h"
#include "fit/fit.h"
#include "libraries/symbol_index.h"
#include "types/compare.h"

/* A package of the plugin. */
struct judged_package {
    bool is_used;       /* the plugin imports one of its symbols */
    bool is_elsewhere;  /* another module, the provider, has the live copy */
    bool is_unexported; /* the provider does not export it, but the plugin uses it */
    struct provider provider;
};

/* The pairs of types, of the plugin and of this module, that agree. */
struct compared {
    const struct module *module;
    struct type_cache cache;
};

/* The last search for a symbol: several modules may need the same name. */
struct symbol_search {
    const char *name; /* NULL: no search yet */
    const char *version;
    uint32_t kind;
    bool is_found;
    struct provider provider;
};

struct judgement {
    const struct libraries *libraries;
    const struct fit_host *host;
    const struct module *plugin;
    bool is_strict;
    struct judged_package *packages; /* by number */
    uint32_t lacking_sanitizers;     /* enum format_sanitizer: of the plugin, but not of the host */
    bool is_other_machine;
    bool is_other_libc;
    const char **missing; /* names of missing libraries, sorted */
    struct symbol_index definitions;
    struct symbol_search search;
    struct compared *compared;
    size_t compared_count, compared_capacity;
    struct misfits *misfits;
    struct error *error;
};

static inline const char *provider_name(const struct provider *provider)
{
    return provider->is_host ? "the host" : path_base_name(provider->path);
}

/* ---- environment.c ---- */

/* Judges the machine, the C library, the sanitizers and the libraries. Sets is_other_machine if
 * nothing else needs judging. */
bool judge_environment(struct judgement *judgement);

/* Does a sanitizer's run-time library define this function? Sources do not declare those. */
bool is_sanitizer_symbol(const char *name);

/* Is this library, which the plugin or one of its libraries needs, missing? */
bool judge_is_missing(const struct judgement *judgement, const char *library);

/* Does a misfit of the environment explain why this symbol is missing? */
bool judge_is_explained(const struct judgement *judgement, const struct dynamic_symbol *symbol);

/* ---- packages.c, symbols.c ---- */

/* Finds the live copies of the packages. With is_strict, compares their sources. */
bool judge_packages(struct judgement *judgement);

/* Judges whether each needed symbol exists and its type agrees. Call judge_packages first. */
bool judge_symbols(struct judgement *judgement);

/* Counts the plugin's uses as not compared. */
void judge_no_symbols(struct judgement *judgement);

#endif
