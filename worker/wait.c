/* SPDX-License-Identifier: MIT */
/* PLUGIN_ISOLATED_WAIT: a process that waits for a debugger before the plugin is mapped. */
#include "worker/worker.h"

#include "src/base/text.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOOK = 50000000 }; /* nanoseconds between two looks */

static int status = -1; /* /proc/self/status, which the sandbox would not open */

/* Returns the number that follows the key there; 0 if it is not known. */
static int look(const char *key)
{
    char text[4096];
    ssize_t size = status >= 0 ? pread(status, text, sizeof text - 1, 0) : 0;
    text[size > 0 ? size : 0] = '\0';
    const char *at = strstr(text, key);
    return at ? atoi(at + strlen(key)) : 0;
}

int wait_prepare(void)
{
    status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    return look("\nPid:");
}

static void say(const char *path, int process)
{
    TEXT_AUTO text = {0};
    text_add(&text, "plugin-worker: process %d waits before it maps ", process);
    text_add_escaped(&text, path);
    text_add(&text,
             ". Attach a debugger, gdb -p %d, set breakpoints, and continue; or: kill -CONT %d\n",
             process, process);
    fputs(text_chars(&text), stderr);
}

void wait_for_debugger(const char *path, int process)
{
    sigset_t goes_on;
    sigemptyset(&goes_on);
    sigaddset(&goes_on, SIGCONT);
    sigprocmask(SIG_BLOCK, &goes_on, NULL);
    say(path, process);
    while (sigtimedwait(&goes_on, NULL, &(struct timespec){0, LOOK}) != SIGCONT &&
           !look("\nTracerPid:"))
        ;
    sigprocmask(SIG_UNBLOCK, &goes_on, NULL);
    close(status);
}
