/* Runs other programs, and keeps what they write out of sight until it is whole. */
#include "common/run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void words_add(struct words *words, const char *format, ...)
{
    char *word = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&word, format, arguments);
    va_end(arguments);
    char **items =
        length < 0 ? NULL : reallocarray(words->items, words->count + 2, sizeof *words->items);
    if (!items) {
        words->failed = true;
        if (length >= 0)
            free(word);
        return;
    }
    words->items = items;
    words->items[words->count++] = word;
    words->items[words->count] = NULL;
}

void words_add_split(struct words *words, const char *string)
{
    for (string += strspn(string, " "); *string; string += strspn(string, " ")) {
        size_t length = strcspn(string, " ");
        words_add(words, "%.*s", (int)length, string);
        string += length;
    }
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
    *words = (struct words){0};
}

const char *run_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool scratch_open(struct scratch *scratch, const char *output, struct error *error)
{
    *scratch = (struct scratch){0};
    interrupts_hold(&scratch->interrupts);
    const char *name = run_base_name(output);
    /* "./" keeps programs from taking the path for a flag. */
    text_add(&scratch->directory, "%s%.*s.plugin-XXXXXX", *output == '-' ? "./" : "",
             (int)(name - output), output);
    if (scratch->directory.failed) {
        error_set_no_memory(error);
    } else if (!mkdtemp(scratch->directory.chars)) {
        error_set(error, PLUGIN_SYSTEM, "cannot make a directory beside %s: %s", output,
                  strerror(errno));
    } else {
        text_add(&scratch->path, "%s/%s", text_chars(&scratch->directory), name);
        return scratch->path.failed ? error_set_no_memory(error) : true;
    }
    text_free(&scratch->directory);
    return false;
}

static bool move(const char *from, const char *to, struct error *error)
{
    if (rename(from, to) == 0)
        return true;
    return error_set(error, PLUGIN_SYSTEM, "cannot write %s: %s", to, strerror(errno));
}

/* Moves what else the compiler wrote, for example with -save-temps. */
static bool move_others(DIR *directory, const struct scratch *scratch, const char *output,
                        struct error *error)
{
    const char *own_name = run_base_name(output);
    bool moved = true;
    struct dirent *entry;
    while (moved && (entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, own_name))
            continue;
        TEXT_AUTO from = {0}, to = {0};
        text_add(&from, "%s/%s", text_chars(&scratch->directory), name);
        text_add(&to, "%.*s%s", (int)(own_name - output), output, name);
        moved = from.failed || to.failed ? error_set_no_memory(error)
                                         : move(from.chars, to.chars, error);
    }
    return moved;
}

bool scratch_keep(const struct scratch *scratch, const char *output, struct error *error)
{
    DIR *directory = opendir(text_chars(&scratch->directory));
    if (!directory)
        return error_set(error, PLUGIN_SYSTEM, "cannot read %s: %s",
                         text_chars(&scratch->directory), strerror(errno));
    bool moved = move_others(directory, scratch, output, error);
    closedir(directory);
    return moved && move(text_chars(&scratch->path), output, error);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status, (void)type, (void)where;
    remove(path);
    return 0;
}

void scratch_close(struct scratch *scratch)
{
    if (scratch->directory.length)
        nftw(scratch->directory.chars, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    text_free(&scratch->path);
    text_free(&scratch->directory);
    interrupts_release(&scratch->interrupts);
}

/* Starts a command with the signals as they were before the scratch directory. Returns an errno. */
static int start(const struct scratch *scratch, const struct words *command,
                 const posix_spawn_file_actions_t *actions, pid_t *child)
{
    posix_spawnattr_t attributes;
    /* Who started this command may have had it ignored, and then there is nothing to wait for. */
    signal(SIGCHLD, SIG_DFL);
    int failure = posix_spawnattr_init(&attributes);
    if (failure)
        return failure;
    posix_spawnattr_setsigmask(&attributes, &scratch->interrupts.before);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    failure = posix_spawnp(child, command->items[0], actions, &attributes, command->items, environ);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

/* Waits until the child ends. */
static bool wait_for(pid_t child, int *status, struct error *error)
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

static bool run_with(const struct scratch *scratch, const struct words *command,
                     const posix_spawn_file_actions_t *actions, int *status, struct error *error)
{
    pid_t child;
    if (command->failed)
        return error_set_no_memory(error);
    int failure = start(scratch, command, actions, &child);
    return failure ? error_set(error, PLUGIN_SYSTEM, "%s", strerror(failure))
                   : wait_for(child, status, error);
}

bool run(const struct scratch *scratch, const struct words *command, int *status,
         struct error *error)
{
    return run_with(scratch, command, NULL, status, error);
}

bool run_silently(const struct scratch *scratch, const struct words *command, int *status,
                  struct error *error)
{
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return error_set_no_memory(error);
    bool done =
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO) == 0;
    done = done ? run_with(scratch, command, &actions, status, error) : error_set_no_memory(error);
    posix_spawn_file_actions_destroy(&actions);
    return done;
}

/* Reads until the end, and keeps the first line. */
static void read_line(int descriptor, struct text *line)
{
    char buffer[512];
    bool is_first = true;
    ssize_t size;
    while ((size = read(descriptor, buffer, sizeof buffer)) > 0 || (size < 0 && errno == EINTR)) {
        size_t length = size > 0 ? (size_t)size : 0;
        const char *end = memchr(buffer, '\n', length);
        if (is_first)
            text_add_bytes(line, buffer, end ? (size_t)(end - buffer) : length);
        is_first = is_first && !end;
    }
}

bool run_for_line(const struct scratch *scratch, const struct words *command, int *status,
                  struct text *line, struct error *error)
{
    pid_t child;
    int ends[2];
    posix_spawn_file_actions_t actions;
    if (command->failed || posix_spawn_file_actions_init(&actions) != 0)
        return error_set_no_memory(error);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error_set(error, PLUGIN_SYSTEM, "pipe: %s", strerror(errno));
    }
    int failure = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (!failure)
        failure = start(scratch, command, &actions, &child);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (!failure)
        read_line(ends[0], line);
    close(ends[0]);
    return failure ? error_set(error, PLUGIN_SYSTEM, "%s", strerror(failure))
                   : wait_for(child, status, error);
}

/* Adds a word as a shell reads it. Where nothing needs quotes, there are none. */
static void add_quoted(struct text *line, const char *word)
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

void run_print(const struct words *command)
{
    TEXT_AUTO line = {0}, escaped = {0};
    for (size_t i = 0; i < command->count; i++) {
        text_add(&line, i ? " " : "");
        add_quoted(&line, command->items[i]);
    }
    text_add_escaped(&escaped, text_chars(&line));
    fprintf(stderr, "%s\n", text_chars(&escaped));
}
