/* A judgement under way: what the parts of fit.c share. */
#ifndef PLUGIN_JUDGEMENT_H
#define PLUGIN_JUDGEMENT_H

#include "fit/fit.h"
#include "libraries/symbol_index.h"
#include "types/compare.h"

/* A package that the plugin carries. */
struct carried {
    bool is_used;      /* the plugin uses something of it from outside */
    bool is_elsewhere; /* another module's copy is the live one */
    bool is_closed;    /* which exports nothing of it */
    struct provider provider;
};

/* What was compared with one module's types. */
struct compared {
    const struct module *module;
    struct type_cache cache;
};

/* What was found last: many modules may ask for one name. */
struct answer {
    const char *name; /* NULL: nothing was asked for yet */
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
    struct carried *packages; /* one for each that the plugin carries */
    uint32_t lacking;         /* enum format_sanitizer, ored: the plugin has them, the host not */
    bool is_other_libc;       /* it needs another C library than the process has */
    const char **missing;     /* the names of the libraries that are, in order */
    struct definitions definitions;
    struct answer answer;
    struct compared *compared;
    size_t compared_count, compared_capacity;
    struct misfits *misfits;
    struct error *error;
};

/* Is this a function of a compiler's run-time library, which no source declares? */
bool judge_is_runtime_symbol(const char *name);

/* Is this library, which the plugin or one that it needs asks for, missing? */
bool judge_is_missing(const struct judgement *judgement, const char *library);

/* Would this missing symbol be there, but for the C library or the sanitizers that the process
 * lacks, or for a library that is missing itself? Each of those is a misfit of its own. */
bool judge_is_explained(const struct judgement *judgement, const struct dynamic_symbol *symbol);

/* Where a path's last part starts. */
const char *judge_base_name(const char *path);

/* Adds "the host", or the name of the provider's file. */
void judge_add_provider(struct text *text, const struct provider *provider);

/* Which packages are live elsewhere, and, if that is asked for, from other sources? */
bool judge_packages(struct judgement *judgement);

/* Is every symbol there, and of an agreeing type? */
bool judge_symbols(struct judgement *judgement);

#endif
