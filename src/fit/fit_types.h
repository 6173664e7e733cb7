/* A use of a symbol, and its definition. */
#ifndef PLUGIN_FIT_TYPES_H
#define PLUGIN_FIT_TYPES_H

#include "fit/judgement.h"

/* One side of a use: what its module's stamp says of the symbol. */
struct view {
    const struct module *module;
    const char *name;
    const char *package;     /* that it is of; NULL: none */
    uint64_t hash;           /* of the type; 0: none */
    uint32_t type;           /* 0: not recorded */
    uint32_t kind;           /* enum format_symbol_kind; 0: not known */
    const char *library;     /* of an import, that its version names; NULL */
    const struct btf *types; /* the module's, once they were asked for */
};

/* Is the definition, which the provider has, what its user takes it to be? */
bool judge_use(struct judgement *judgement, struct view *definition, struct view *use,
               const struct provider *provider);

/* Is it the C implementation's, whose types nobody records? */
bool judge_is_implementation(const struct view *use);

/* Somebody did not record the type, and strict asks for it. */
void judge_add_unchecked(struct judgement *judgement, const struct view *use,
                         const struct provider *provider);

#endif
