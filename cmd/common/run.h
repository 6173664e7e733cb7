/* SPDX-License-Identifier: MIT */
/* Command lines, and running them. */
#ifndef PLUGIN_RUN_H
#define PLUGIN_RUN_H

#include "common/scratch.h"

/* A command line. A zeroed one is empty and valid. Without memory, `failed` is set, and the command
 * will not run. */
struct words {
    char **items; /* items[count] is NULL, once there is a word */
    size_t count, capacity;
    bool failed;
};

/* Adds one word, formatted as by printf. */
void words_add(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds each of the words, up to a NULL. */
void words_add_list(struct words *words, ...) __attribute__((sentinel));

/* Adds the words of a string, which spaces separate; quotes have no meaning. NULL has no words. */
void words_add_split(struct words *words, const char *string);

/* Adds the words from number `first` on to a line, quoted for the shell. */
void words_quote(struct text *line, const struct words *words, size_t first);

void words_deinit(struct words *words);

#define WORDS_AUTO __attribute__((cleanup(words_deinit))) struct words

/* Runs a command, found in PATH, with the signal mask from before the scratch directory, and waits
 * for it. Sets *status to its exit status, or to 128 plus the number of the signal that killed it.
 * If it cannot be run, the error is the reason alone. */
bool run(const struct scratch *scratch, const struct words *command, int *status,
         struct error *error);

/* The same, with the command's output discarded. */
bool run_silently(const struct scratch *scratch, const struct words *command, int *status,
                  struct error *error);

/* The same; adds the first few kilobytes of the command's standard output to *output. */
bool run_for_output(const struct scratch *scratch, const struct words *command, int *status,
                    struct text *output, struct error *error);

/* Prints a command on standard error, quoted for the shell. */
void run_print(const struct words *command);

#endif
