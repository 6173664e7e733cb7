/* SPDX-License-Identifier: MIT */
/* The use of a symbol, and its definition. */
#ifndef PLUGIN_FIT_TYPES_P_H
#define PLUGIN_FIT_TYPES_P_H

#include "fit/judgement_p.h"

/* A symbol as the stamp of one module describes it. */
struct view {
    const struct module *module;
    const char *name;
    const char *package;     /* NULL: none */
    uint64_t hash;           /* of the type; 0: none */
    uint32_t type;           /* 0: not recorded */
    uint32_t kind;           /* enum format_symbol_kind; 0: unknown */
    bool is_preempted;       /* of an import: the plugin defines it, too */
    const char *library;     /* of an import: the library that its version names; NULL: none */
    const struct btf *types; /* the module's; NULL until they are read */
};

/* Does the provider's definition agree with the use? Reads the types of both. */
bool judge_use(struct judgement *judgement, struct view *definition, struct view *use,
               const struct provider *provider);

/* Is the symbol part of the C implementation, whose types nobody records? */
bool judge_is_implementation(const struct view *use);

/* Counts a use of which one side did not record the type; with is_strict, adds a misfit. */
void judge_unchecked(struct judgement *judgement, const struct view *use,
                     const struct provider *provider);

#endif
