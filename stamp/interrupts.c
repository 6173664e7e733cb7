/* The signals by which a user ends a command. */
#include "interrupts.h"

#include <stddef.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNAL_COUNT = sizeof signals / sizeof *signals };

/* An ignored signal, as SIGHUP below nohup, is not blocked: it would become pending. */
void interrupts_hold(struct interrupts *interrupts)
{
    sigemptyset(&interrupts->held);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        struct sigaction action;
        if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&interrupts->held, signals[i]);
    }
    sigprocmask(SIG_BLOCK, &interrupts->held, &interrupts->before);
}

bool interrupts_arrived(const struct interrupts *interrupts)
{
    sigset_t arrived;
    if (sigpending(&arrived) != 0)
        return false;
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (sigismember(&interrupts->held, signals[i]) == 1 &&
            sigismember(&arrived, signals[i]) == 1)
            return true;
    return false;
}

void interrupts_release(const struct interrupts *interrupts)
{
    sigprocmask(SIG_SETMASK, &interrupts->before, NULL);
}
