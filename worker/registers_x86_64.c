/* SPDX-License-Identifier: MIT */
/* The registers of x86-64 that a signal interrupted. */
#include "worker/registers.h"

#include <ucontext.h>

static uintptr_t register_of(const void *context, int number)
{
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[number];
}

uintptr_t registers_code(const void *context)
{
    return register_of(context, REG_RIP);
}

uintptr_t registers_stack(const void *context)
{
    return register_of(context, REG_RSP);
}

uintptr_t registers_caller(const void *context)
{
    return *(const uintptr_t *)registers_stack(context);
}
