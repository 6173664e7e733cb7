/* What the worker says of its end, as far as it can. The plugin may write the same at any time. */
#include "worker/call_name.h"
#include "worker/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Lets the signal end the process, as it would have. */
static void end(int signal_number)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void on_system_call(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    const char *name = call_name(info->si_syscall);
    struct channel_claim *claim = &serve_channel->claim;
    if (!name)
        name = "a system call";
    for (size_t i = 0; i + 1 < sizeof claim->call && name[i]; i++)
        claim->call[i] = name[i];
    claim->kind = CLAIM_SYSTEM_CALL;
    end(signal_number);
}

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    uint32_t slot, number;
    if (regions_find(info->si_addr, &slot, &number))
        serve_channel->claim =
            (struct channel_claim){.kind = CLAIM_BEYOND, .what = number, .slot = slot};
    end(signal_number);
}

void claims_end(const char *why)
{
    struct channel_claim *claim = &serve_channel->claim;
    snprintf(claim->call, sizeof claim->call, "%s", why);
    claim->kind = CLAIM_CALL_BACK;
    abort();
}

void claims_catch(void)
{
    struct sigaction call = {.sa_sigaction = on_system_call, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSYS, &call, NULL);
    sigaction(SIGSEGV, &fault, NULL);
    sigaction(SIGBUS, &fault, NULL);
}
