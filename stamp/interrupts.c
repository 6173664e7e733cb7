/* Signals by which a user ends a command. */
#include "interrupts.h"

#include <stddef.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNAL_COUNT = sizeof signals / sizeof *signals };

/* A signal that is ignored, as SIGHUP below nohup, stays so: it would count as arrived if it had to
 * wait. */
void interrupts_hold(struct interrupts *interrupts)
{
    sigemptyset(&interrupts->waiting);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        struct sigaction action;
        if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&interrupts->waiting, signals[i]);
    }
    sigprocmask(SIG_BLOCK, &interrupts->waiting, &interrupts->before);
}

bool interrupts_arrived(const struct interrupts *interrupts)
{
    sigset_t arrived;
    if (sigpending(&arrived) != 0)
        return false;
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (sigismember(&interrupts->waiting, signals[i]) == 1 &&
            sigismember(&arrived, signals[i]) == 1)
            return true;
    return false;
}

void interrupts_release(const struct interrupts *interrupts)
{
    sigprocmask(SIG_SETMASK, &interrupts->before, NULL);
}
