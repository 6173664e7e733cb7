/* System calls of a child, by ptrace. */
#include "trace.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

void trace_me(void)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(126);
    raise(SIGSTOP);
}

bool trace_is_permitted(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        trace_me();
        _exit(0);
    }
    if (child < 0 || !trace_begin(child, false))
        return false;
    trace_end(child);
    return waitpid(child, &status, 0) == child && status == 0;
}

bool trace_begin(pid_t child, bool with_children)
{
    int status;
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (with_children)
        options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    return waitpid(child, &status, 0) == child && WIFSTOPPED(status) &&
           ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options) == 0;
}

/* Returns the signal to deliver to a stopped process; 0 for stops that tracing itself causes. */
static int signal_of(int status)
{
    int signal = WSTOPSIG(status);
    bool is_own = signal == SIGTRAP || signal == SIGSTOP || status >> 16;
    return is_own ? 0 : signal;
}

static bool read_call(pid_t process, struct trace_call *call)
{
    struct __ptrace_syscall_info info;
    memset(&info, 0, sizeof info);
    if (ptrace(PTRACE_GET_SYSCALL_INFO, process, (void *)sizeof info, &info) <= 0)
        return false;
    *call = (struct trace_call){.is_entry = info.op == PTRACE_SYSCALL_INFO_ENTRY};
    if (call->is_entry) {
        call->number = (long)info.entry.nr;
        memcpy(call->arguments, info.entry.args, sizeof call->arguments);
    }
    return true;
}

bool trace_next(pid_t child, pid_t *stopped, struct trace_call *call, int *status)
{
    int signal = 0;
    pid_t process = *stopped ? *stopped : child;
    for (;;) {
        if (process)
            ptrace(PTRACE_SYSCALL, process, NULL, (void *)(long)signal);
        process = waitpid(-1, status, __WALL);
        if (process < 0 && errno == EINTR)
            continue;
        if (process < 0)
            return false;
        if (!WIFSTOPPED(*status)) {
            if (process == child)
                return false;
            process = 0; /* a child of the child has ended */
            continue;
        }
        if (WSTOPSIG(*status) == (SIGTRAP | 0x80) && read_call(process, call)) {
            *stopped = process;
            return true;
        }
        signal = signal_of(*status);
    }
}

void trace_end(pid_t child)
{
    ptrace(PTRACE_DETACH, child, NULL, NULL);
}

#if defined(__x86_64__)

const bool trace_is_known = true;

static bool poke(pid_t child, size_t where, uint64_t value)
{
    return ptrace(PTRACE_POKEUSER, child, (void *)where, (void *)value) == 0;
}

bool trace_prevent(pid_t child)
{
    return poke(child, offsetof(struct user_regs_struct, orig_rax), UINT64_MAX);
}

bool trace_set_argument(pid_t child, uint64_t value)
{
    return poke(child, offsetof(struct user_regs_struct, rdi), value);
}

bool trace_restore_argument(pid_t child, uint64_t value)
{
    return trace_set_argument(child, value);
}

bool trace_set_result(pid_t child, long result)
{
    return poke(child, offsetof(struct user_regs_struct, rax), (uint64_t)result);
}

#elif defined(__aarch64__)

const bool trace_is_known = true;

bool trace_prevent(pid_t child)
{
    int number = -1;
    struct iovec part = {&number, sizeof number};
    return ptrace(PTRACE_SETREGSET, child, (void *)(long)NT_ARM_SYSTEM_CALL, &part) == 0;
}

/* The first argument and the result are in one register. */
bool trace_set_argument(pid_t child, uint64_t value)
{
    struct user_regs_struct registers;
    struct iovec part = {&registers, sizeof registers};
    if (ptrace(PTRACE_GETREGSET, child, (void *)(long)NT_PRSTATUS, &part) != 0)
        return false;
    registers.regs[0] = value;
    return ptrace(PTRACE_SETREGSET, child, (void *)(long)NT_PRSTATUS, &part) == 0;
}

bool trace_set_result(pid_t child, long result)
{
    return trace_set_argument(child, (uint64_t)result);
}

bool trace_restore_argument(pid_t child, uint64_t value)
{
    (void)child, (void)value; /* the result has replaced it already */
    return true;
}

#else

const bool trace_is_known = false;

bool trace_prevent(pid_t child)
{
    (void)child;
    return false;
}

bool trace_set_argument(pid_t child, uint64_t value)
{
    (void)child, (void)value;
    return false;
}

bool trace_set_result(pid_t child, long result)
{
    (void)child, (void)result;
    return false;
}

bool trace_restore_argument(pid_t child, uint64_t value)
{
    (void)child, (void)value;
    return false;
}

#endif
