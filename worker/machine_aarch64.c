/* aarch64 has only the calls that every machine has. */
#include "worker/machine.h"

#include <linux/audit.h>
#include <ucontext.h>

enum { LINK_REGISTER = 30 };

const struct machine machine = {.architecture = AUDIT_ARCH_AARCH64};

uintptr_t machine_code(const void *context)
{
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc;
}

uintptr_t machine_stack(const void *context)
{
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.sp;
}

uintptr_t machine_caller(const void *context)
{
    return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.regs[LINK_REGISTER];
}
