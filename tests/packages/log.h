/* Logs to the file that the environment variable INIT_LOG names. One write a line: threads log at
 * once. */
#ifndef TESTS_PACKAGES_LOG_H
#define TESTS_PACKAGES_LOG_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static inline void test_log(const char *word)
{
    const char *path = getenv("INIT_LOG");
    int file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0)
        return;
    char line[64];
    int length = snprintf(line, sizeof line, "%s\n", word);
    if (write(file, line, (size_t)length) != length)
        abort();
    close(file);
}

/* Returns whether a line starts with word. */
static inline bool test_has_logged(const char *word)
{
    char line[64];
    const char *path = getenv("INIT_LOG");
    FILE *file = path ? fopen(path, "re") : NULL;
    bool has_logged = false;
    while (file && !has_logged && fgets(line, sizeof line, file))
        has_logged = !strncmp(line, word, strlen(word));
    if (file)
        fclose(file);
    return has_logged;
}

/* Waits until a line starts with word. */
static inline void test_wait(const char *word)
{
    const struct timespec pause = {0, 1000000};
    while (!test_has_logged(word))
        nanosleep(&pause, NULL);
}

#endif
