/* SPDX-License-Identifier: MIT */
/* Command lines, and running them. */
#include "common/run.h"

#include "src/base/array.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- words ---- */

/* Adds an allocated word, which the words then own; NULL means out of memory. */
static void words_add_owned(struct words *words, char *word)
{
    size_t used = words->items ? words->count + 1 : 0; /* with the NULL */
    char **items =
        word ? array_grow(NULL, words->items, used, &words->capacity, sizeof *items) : NULL;
    if (!items) {
        words->failed = true;
        free(word);
        return;
    }
    words->items = items;
    words->items[words->count++] = word;
    words->items[words->count] = NULL;
}

void words_add(struct words *words, const char *format, ...)
{
    char *word;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&word, format, arguments) < 0)
        word = NULL;
    va_end(arguments);
    words_add_owned(words, word);
}

void words_add_list(struct words *words, ...)
{
    va_list arguments;
    va_start(arguments, words);
    for (const char *word; (word = va_arg(arguments, const char *));)
        words_add_owned(words, strdup(word));
    va_end(arguments);
}

void words_add_split(struct words *words, const char *string)
{
    while (string && *(string += strspn(string, " "))) {
        size_t length = strcspn(string, " ");
        words_add_owned(words, strndup(string, length));
        string += length;
    }
}

void words_deinit(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
    *words = (struct words){0};
}

/* ---- running ---- */

static bool run_start(const struct scratch *scratch, const struct words *command,
                      const posix_spawn_file_actions_t *actions, pid_t *child, struct error *error)
{
    posix_spawnattr_t attributes;
    if (command->failed)
        return error_set_no_memory(error);
    assert(command->count);
    /* While SIGCHLD is ignored, which is inherited, waitpid finds no child. */
    signal(SIGCHLD, SIG_DFL);
    int failure = posix_spawnattr_init(&attributes);
    if (!failure) {
        posix_spawnattr_setsigmask(&attributes, &scratch->interrupts.before);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        failure =
            posix_spawnp(child, command->items[0], actions, &attributes, command->items, environ);
        posix_spawnattr_destroy(&attributes);
    }
    return !failure || error_set(error, PLUGIN_SYSTEM, "%s", strerror(failure));
}

static bool run_wait(pid_t child, int *status, struct error *error)
{
    pid_t ended;
    int result = 0;
    do
        ended = waitpid(child, &result, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0)
        return error_set(error, PLUGIN_SYSTEM, "%s", strerror(errno));
    *status = WIFSIGNALED(result) ? 128 + WTERMSIG(result) : WEXITSTATUS(result);
    return true;
}

bool run(const struct scratch *scratch, const struct words *command, int *status,
         struct error *error)
{
    pid_t child;
    return run_start(scratch, command, NULL, &child, error) && run_wait(child, status, error);
}

bool run_silently(const struct scratch *scratch, const struct words *command, int *status,
                  struct error *error)
{
    pid_t child;
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return error_set_no_memory(error);
    bool done =
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO) == 0;
    done = (done || error_set_no_memory(error)) &&
           run_start(scratch, command, &actions, &child, error) && run_wait(child, status, error);
    posix_spawn_file_actions_destroy(&actions);
    return done;
}

/* Adds the first bytes from the pipe, and drains it: the command must not block. */
static void run_read(int descriptor, struct text *output)
{
    char buffer[4096];
    size_t kept = 0;
    ssize_t size;
    while ((size = read(descriptor, buffer, sizeof buffer)) > 0 || (size < 0 && errno == EINTR)) {
        size_t room = sizeof buffer - kept, length = size > 0 ? (size_t)size : 0;
        length = length < room ? length : room;
        text_add_bytes(output, buffer, length);
        kept += length;
    }
}

bool run_for_output(const struct scratch *scratch, const struct words *command, int *status,
                    struct text *output, struct error *error)
{
    pid_t child;
    int ends[2];
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return error_set_no_memory(error);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error_set(error, PLUGIN_SYSTEM, "pipe: %s", strerror(errno));
    }
    bool done = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0 ||
                error_set_no_memory(error);
    done = done && run_start(scratch, command, &actions, &child, error);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (done)
        run_read(ends[0], output);
    close(ends[0]);
    return done && run_wait(child, status, error);
}

/* Adds a word for a shell, quoted if necessary. */
static void run_add_quoted(struct text *line, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    if (*word && !word[strspn(word, plain)]) {
        text_add(line, "%s", word);
        return;
    }
    text_add(line, "'");
    for (; *word; word++)
        text_add(line, *word == '\'' ? "'\\''" : "%c", *word);
    text_add(line, "'");
}

void words_quote(struct text *line, const struct words *words, size_t first)
{
    for (size_t i = first; i < words->count; i++) {
        text_add(line, i > first ? " " : "");
        run_add_quoted(line, words->items[i]);
    }
}

void run_print(const struct words *command)
{
    TEXT_AUTO line = {0}, escaped = {0};
    words_quote(&line, command, 0);
    text_add_escaped(&escaped, text_chars(&line));
    fprintf(stderr, "%s\n", text_chars(&escaped));
}
