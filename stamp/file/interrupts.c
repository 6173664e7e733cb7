/* SPDX-License-Identifier: MIT */
/* The signals that would end a command. */
#include "file/interrupts.h"

#include <stddef.h>

/* Is it a signal that ends the process? The others are ignored or stop the process by default. One
 * that reports a fault of the process itself ends it even while it is held; sent by another
 * process, it waits like any other. */
static bool signal_ends(int number)
{
    switch (number) {
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
    case SIGCONT:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGKILL:
        return false;
    default:
        return true;
    }
}

/* An ignored signal, as SIGHUP below nohup, is not blocked: it would become pending. One with a
 * handler does not end the process. */
void interrupts_hold(struct interrupts *interrupts)
{
    sigemptyset(&interrupts->held);
    for (int number = 1; number <= SIGRTMAX; number++) {
        struct sigaction action;
        if (signal_ends(number) && sigaction(number, NULL, &action) == 0 &&
            action.sa_handler == SIG_DFL)
            sigaddset(&interrupts->held, number);
    }
    sigprocmask(SIG_BLOCK, &interrupts->held, &interrupts->before);
}

bool interrupts_arrived(const struct interrupts *interrupts)
{
    sigset_t arrived;
    if (sigpending(&arrived) != 0)
        return false;
    for (int number = 1; number <= SIGRTMAX; number++)
        if (sigismember(&interrupts->held, number) == 1 && sigismember(&arrived, number) == 1)
            return true;
    return false;
}

void interrupts_release(const struct interrupts *interrupts)
{
    sigprocmask(SIG_SETMASK, &interrupts->before, NULL);
}
