/* SPDX-License-Identifier: MIT */
/* Standard input as a source. */
#ifndef PLUGIN_STANDARD_INPUT_P_H
#define PLUGIN_STANDARD_INPUT_P_H

#include "src/base/error.h"

/* Replaces standard input by a copy in memory, so that more than one compiler can read it. */
bool standard_input_keep(struct error *error);

/* Goes back to the start of the copy. */
void standard_input_rewind(void);

#endif
