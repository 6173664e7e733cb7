/* SPDX-License-Identifier: MIT */
/* What the worker says of its end, as far as it can. The plugin may write the same at any time. */
#include "worker/call_name.h"
#include "worker/machine.h"
#include "worker/registers.h"
#include "worker/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of the kernel, for which glibc 2.36 has no name. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

enum {
    STACK = 32 * 1024, /* of a handler: the stack that it interrupts may be full */
    NEAR = 64 * 1024
};

/* Lets the signal end the process, as it would have. */
static void end(int signal_number)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void claim_call(struct channel_claim *claim, int number)
{
    const char *name = call_name(number);
    if (!name)
        name = "a system call";
    for (size_t i = 0; i + 1 < sizeof claim->call && name[i]; i++)
        claim->call[i] = name[i];
    claim->kind = CLAIM_SYSTEM_CALL;
}

/* Memory that cannot be accessed near the end of the stack is that beyond it. */
static bool is_near(const void *address, uintptr_t stack)
{
    return (uintptr_t)address - (stack - NEAR) < 2 * NEAR;
}

static void claim_kind(struct channel_claim *claim, const siginfo_t *info, const void *context)
{
    bool is_fault = info->si_signo == SIGSEGV || info->si_signo == SIGBUS;
    if (info->si_signo == SIGSYS && info->si_code == SYS_SECCOMP)
        claim_call(claim, info->si_syscall);
    else if (is_fault && info->si_code > 0 &&
             regions_find(info->si_addr, &claim->slot, &claim->what))
        claim->kind = CLAIM_BEYOND;
    else if (is_fault && info->si_code > 0 && is_near(info->si_addr, registers_stack(context)))
        claim->kind = CLAIM_STACK;
}

/* A plugin's own handler takes the place of this one. What goes wrong in here ends the process
 * without more ado. */
static void on_signal(int signal_number, siginfo_t *info, void *context)
{
    static bool has_begun; /* atomic */
    static __thread bool is_here;
    if (is_here) {
        end(signal_number);
        return;
    }
    is_here = true;
    while (__atomic_exchange_n(&has_begun, true, __ATOMIC_SEQ_CST))
        pause(); /* another thread ends the process */
    struct channel_claim *claim = &serve_channel->claim;
    claim->signal = (uint32_t)signal_number;
    claim_kind(claim, info, context);
    places_claim(claim, context);
    end(signal_number);
}

void claims_end(const char *why)
{
    struct channel_claim *claim = &serve_channel->claim;
    snprintf(claim->call, sizeof claim->call, "%s", why);
    claim->kind = CLAIM_CALL_BACK;
    abort();
}

void claims_catch_here(void)
{
    stack_t stack = {.ss_sp = malloc(STACK), .ss_size = STACK};
    if (stack.ss_sp)
        sigaltstack(&stack, NULL);
}

void claims_catch(void)
{
    static const int numbers[] = {SIGSYS, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP};
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    for (size_t i = 0; i < COUNT(numbers); i++)
        sigaction(numbers[i], &action, NULL);
}
