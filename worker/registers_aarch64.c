/* SPDX-License-Identifier: MIT */
/* The registers of aarch64 that a signal interrupted. */
#include "worker/registers.h"

#include <ucontext.h>

enum { LINK_REGISTER = 30 };

uintptr_t registers_code(const void *context)
{
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc;
}

uintptr_t registers_stack(const void *context)
{
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.sp;
}

uintptr_t registers_caller(const void *context)
{
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.regs[LINK_REGISTER];
}
