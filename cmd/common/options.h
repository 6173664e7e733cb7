/* SPDX-License-Identifier: MIT */
/* The options and files that a verb is given. */
#ifndef PLUGIN_OPTIONS_H
#define PLUGIN_OPTIONS_H

#include "common/run.h"

#include <stdbool.h>

/* An option. If its name ends in '=', its value is joined to it; else it is joined or the next
 * argument. */
struct option {
    const char *name;
    bool *flag;           /* set when the option is given; NULL: the option has a value */
    const char **value;   /* set to the value, the last one if there are several; or */
    struct words *values; /* gets every value */
    const char *needs;    /* what the value is, for the message that it is missing: "a directory" */
};

/* Parses the arguments of a verb: `options` ends with a zeroed one, arguments[0] is the verb.
 * Options may stand anywhere before "--". Afterwards, the files start at arguments[1] and end with
 * NULL. False if help was printed or the usage is wrong: the verb then exits with *status. */
bool options_parse(const char *help, const struct option *options, char **arguments, int *status);

/* For verbs that pass unknown options on: returns the value of the option at *index, which is
 * joined with '=' or the next argument, to which *index then moves; "" if the value is missing;
 * NULL if the option has another name. As in Go's package flag, "-name" also matches "--name". */
const char *option_value(const char *name, char **arguments, int *index);

/* Returns the argument after the one at *index, and moves there; "" if there is none. */
const char *option_next(char **arguments, int *index);

/* Parses a decimal number without a sign; false if the text is not one, or it is too large. */
bool option_parse_number(const char *text, unsigned long long *number);

#endif
