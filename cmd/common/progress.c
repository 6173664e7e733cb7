/* SPDX-License-Identifier: MIT */
/* Shows on a terminal how long a step has been running. */
#include "common/progress.h"

#include "src/base/text.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* Written before the timer starts, read by the handler. */
static char progress_what[160];
static volatile sig_atomic_t progress_seconds;
static sigset_t progress_before; /* the signals that are blocked otherwise */

/* Calls only async-signal-safe functions (POSIX.1-2017, 2.4.3). */
static void progress_show(int signal_number)
{
    (void)signal_number;
    char line[200], digits[12];
    size_t length = strlen(progress_what), count = 0;
    memcpy(line, progress_what, length);
    for (int left = ++progress_seconds; left; left /= 10)
        digits[count++] = (char)('0' + left % 10);
    while (count)
        line[length++] = digits[--count];
    line[length++] = ' ';
    line[length++] = 's';
    if (write(STDERR_FILENO, line, length) < 0)
        return; /* the terminal is gone */
}

static void progress_set_timer(time_t interval)
{
    struct itimerval timer = {{interval, 0}, {interval, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void progress_start(const char *verb, const char *path)
{
    if (!isatty(STDERR_FILENO))
        return;
    assert(!*progress_what);
    TEXT_AUTO escaped = {0};
    text_add_escaped(&escaped, path);
    snprintf(progress_what, sizeof progress_what, "\r%s %.120s: ", verb, text_chars(&escaped));
    progress_seconds = 0;
    struct sigaction action = {.sa_handler = progress_show, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    /* A scratch directory may hold it back. */
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm, &progress_before);
    progress_set_timer(1);
}

void progress_stop(void)
{
    if (!*progress_what)
        return;
    progress_set_timer(0);
    sigprocmask(SIG_SETMASK, &progress_before, NULL);
    signal(SIGALRM, SIG_DFL);
    if (progress_seconds)
        fputs("\r\033[K", stderr);
    *progress_what = '\0';
}
