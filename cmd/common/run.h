/* Runs other programs, and keeps what they write out of sight until it is whole. */
#ifndef PLUGIN_RUN_H
#define PLUGIN_RUN_H

#include "src/base/error.h"
#include "stamp/interrupts.h"

/* A command line. A zeroed one is empty and valid. When memory runs out, failed is set, and
 * run() refuses it. */
struct words {
    char **items; /* items[count] is NULL, once there is a word */
    size_t count;
    bool failed;
};

/* Adds one word, made as printf does. */
void words_add(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds the words of a string that has spaces between them. No shell: quotes mean nothing. */
void words_add_split(struct words *words, const char *string);

void words_free(struct words *words);

#define WORDS_AUTO __attribute__((cleanup(words_free))) struct words

/* A fresh directory beside a file that is to be made. While it exists, SIGINT, SIGTERM and SIGHUP
 * wait, so that they cannot leave it behind. */
struct scratch {
    struct text directory; /* "" if there is none */
    struct text path;      /* the file's own name, in the directory */
    struct interrupts interrupts;
};

/* Makes the directory beside the file `output`. Close it in any case. */
bool scratch_open(struct scratch *scratch, const char *output, struct error *error);

/* Moves the files from the directory to beside `output`; last, the one at scratch->path to it. */
bool scratch_keep(const struct scratch *scratch, const char *output, struct error *error);

/* Removes the directory and what is in it. A signal that waited has its effect now, which may be
 * that this does not return. */
void scratch_close(struct scratch *scratch);

/* Runs a command, found in PATH, and waits until it ends. It gets the signals that wait here: those
 * of a terminal reach it by themselves.
 * Sets *status to its exit status, or 128 and the number of the signal that it died from. The error
 * of a command that cannot be run is the reason alone. */
bool run(const struct scratch *scratch, const struct words *command, int *status,
         struct error *error);

/* The same, and what the command prints goes nowhere. */
bool run_silently(const struct scratch *scratch, const struct words *command, int *status,
                  struct error *error);

/* Runs a command whose standard output is one line, and adds that line, without its end, to *line.
 * As run(). */
bool run_for_line(const struct scratch *scratch, const struct words *command, int *status,
                  struct text *line, struct error *error);

/* Where the last part of a path starts. */
const char *run_base_name(const char *path);

/* Prints a command on standard error, quoted for the shell. */
void run_print(const struct words *command);

#endif
