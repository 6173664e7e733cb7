/* SPDX-License-Identifier: MIT */
/* A directory for unfinished files. */
#ifndef PLUGIN_SCRATCH_H
#define PLUGIN_SCRATCH_H

#include "src/base/error.h"
#include "stamp/file/interrupts.h"

/* A new directory beside the output. While it exists, the signals that would end the command are
 * blocked, so that they cannot leave it behind. */
struct scratch {
    struct text directory; /* "" if there is none */
    struct text path;      /* the file's own name, in the directory */
    struct interrupts interrupts;
};

/* Makes the directory beside the file `output`. Close it in any case. */
bool scratch_open(struct scratch *scratch, const char *output, struct error *error);

/* Moves the files in the directory to the directory of `output`; the one at scratch->path last, to
 * `output` itself. */
bool scratch_commit(const struct scratch *scratch, const char *output, struct error *error);

/* Removes the directory with its files, and unblocks the signals: a pending one may then end the
 * process. */
void scratch_close(struct scratch *scratch);

#endif
