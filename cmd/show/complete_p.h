/* SPDX-License-Identifier: MIT */
/* What the command's own help says, for completion in shells: that is the only list of verbs,
 * options and arguments, so that no other can lag behind. */
#ifndef PLUGIN_COMPLETE_P_H
#define PLUGIN_COMPLETE_P_H

#include "common/run.h"

/* An option, or a verb. */
struct help_item {
    char *name;        /* "--for=", "-o", "-buildmode=plugin", "check" */
    char *value;       /* what its value is: "HOST"; "": it has none */
    bool is_joined;    /* the value follows '=' */
    struct text about; /* one line */
};

struct help {
    struct help_item *items;
    size_t count, capacity;
    struct words arguments; /* of the verb: "HOST", "PLUGIN..." */
};

/* Reads the help of the verb, or of the command if that is "": its verbs. */
bool help_read(struct help *help, const char *verb, struct error *error);
void help_deinit(struct help *help);

/* Returns the option that the word is, with its value or without; NULL if there is none. */
const struct help_item *help_find(const struct help *help, const char *word);

/* Returns what argument number `index` of the verb is: "HOST"; "" behind the last. */
const char *help_argument(const struct help *help, size_t index);

#endif
