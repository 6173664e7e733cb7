/* SPDX-License-Identifier: MIT */
/* Misfits of a symbol whose types differ on the two sides. */
#ifndef PLUGIN_TYPE_MISFIT_H
#define PLUGIN_TYPE_MISFIT_H

#include "fit/misfit.h"
#include "fit/waiver.h"

/* A symbol whose types differ. */
struct type_misfit {
    const char *symbol, *package; /* as of a misfit */
    const char *start;            /* in front of the symbol: "struct filter: "; "" */
    const char *end;              /* behind the text, which then is about the symbol; "" */
    struct misfit_side host, plugin;
    const struct btf *host_types, *plugin_types;
    struct text host_declaration, plugin_declaration; /* "int f(void);", perhaps with a comment */
};

/* Adds the misfit. It starts with the type that differs, if that has a name, or else with the
 * symbol. Takes the texts out of the difference and the declarations. */
void misfits_add_difference(struct misfits *misfits, struct type_misfit *of,
                            struct type_difference *difference);

/* Does the host, of these types, waive the difference? */
bool misfits_waive(struct misfits *misfits, const struct btf *host,
                   const struct waivable *waivable);

#endif
