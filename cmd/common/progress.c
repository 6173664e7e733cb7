/* Says on a terminal what takes long. */
#include "common/progress.h"

#include "src/base/text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* Written before the timer starts, and read by the handler. */
static char what[160];
static volatile sig_atomic_t seconds;

/* Only what a signal handler may use (POSIX.1-2017, 2.4.3). */
static void show(int signal_number)
{
    (void)signal_number;
    char line[200], digits[12];
    size_t length = strlen(what), count = 0;
    memcpy(line, what, length);
    for (int left = ++seconds; left; left /= 10)
        digits[count++] = (char)('0' + left % 10);
    while (count)
        line[length++] = digits[--count];
    line[length++] = ' ';
    line[length++] = 's';
    if (write(STDERR_FILENO, line, length) < 0)
        return; /* a terminal that is gone needs no progress */
}

static void set_timer(time_t interval)
{
    struct itimerval timer = {{interval, 0}, {interval, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void progress_begin(const char *verb, const char *path)
{
    if (!isatty(STDERR_FILENO))
        return;
    TEXT_AUTO escaped = {0};
    text_add_escaped(&escaped, path);
    snprintf(what, sizeof what, "\r%s %.120s: ", verb, text_chars(&escaped));
    seconds = 0;
    struct sigaction action = {.sa_handler = show, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    set_timer(1);
}

void progress_end(void)
{
    if (!*what)
        return;
    set_timer(0);
    signal(SIGALRM, SIG_DFL);
    if (seconds)
        fputs("\r\033[K", stderr);
    *what = '\0';
}
