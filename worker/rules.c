/* SPDX-License-Identifier: MIT */
/* The tables of the two filters. What glibc and musl need for dlopen, malloc, threads, clocks and
 * stdio on open descriptors is allowed; a row without a reason is among that. */
#include "worker/rules.h"

#include "worker/machine.h"

#include <asm/ioctls.h>
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mman.h>

/* Newer than the headers of older systems; the same numbers on every machine. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif
enum {
    CALL_MAP_SHADOW_STACK = 453,
    CALL_FUTEX_WAKE = 454,
    CALL_FUTEX_WAIT = 455,
    CALL_FUTEX_REQUEUE = 456,
    CALL_MSEAL = 462,
    ADVICE_GUARD_INSTALL = 102,
    ADVICE_GUARD_REMOVE = 103,
};

/* What pthread_create of glibc asks of clone, and that of musl: a thread, never a process. */
#define THREAD_FLAGS                                                                               \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |            \
     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* The command of a futex, without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME. */
#define FUTEX(command) INT_MASKED(1, FUTEX_CMD_MASK, command)

static const struct filter_rule start[] = {
    /* Descriptors that are open. F_SETFL and F_SETOWN would change what the host shares,
     * F_ADD_SEALS its arena. */
    ALLOW(read),
    ALLOW(write),
    ALLOW(readv),
    ALLOW(writev),
    ALLOW(pread64),
    ALLOW(lseek),
    ALLOW(close),
    ALLOW(fstat),
    ALLOW(fsync),
    ALLOW(fcntl, INT(1, F_GETFD)),
    ALLOW(fcntl, INT(1, F_SETFD)),
    ALLOW(fcntl, INT(1, F_GETFL)),
    FAIL(fcntl, EACCES),
    ALLOW(ioctl, INT(1, TCGETS)),
    FAIL(ioctl, ENOTTY),
    ALLOW(ppoll),
    ALLOW(pselect6),
    /* Files. fstat of glibc is newfstatat with an empty path, which no filter sees. */
    ALLOW(openat, INT_MASKED(2, WRITE_FLAGS, O_RDONLY)),
    FAIL(openat, EACCES),
    FAIL(openat2, ENOSYS),
    ALLOW(newfstatat),
    FAIL(getcwd, EACCES),
    /* Memory. Shared anonymous memory, and stacks that grow, are not in RLIMIT_DATA. */
    {__NR_mmap,
     SECCOMP_RET_ERRNO | EPERM,
     {INT_MASKED(3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS)}},
    {__NR_mmap, SECCOMP_RET_ERRNO | EPERM, {INT_MASKED(3, MAP_GROWSDOWN, MAP_GROWSDOWN)}},
    ALLOW(mmap),
    ALLOW(mprotect),
    ALLOW(munmap),
    ALLOW(mremap),
    ALLOW(brk),
    ALLOW(membarrier),
    /* MADV_REMOVE would punch a hole into the arena: SIGBUS, or zeroes, in the host. */
    ALLOW(madvise, INT_MASKED(2, ~3, 0)), /* MADV_NORMAL to MADV_WILLNEED */
    ALLOW(madvise, INT(2, MADV_DONTNEED)),
    ALLOW(madvise, INT(2, MADV_FREE)),
    ALLOW(madvise, INT(2, MADV_HUGEPAGE)),
    ALLOW(madvise, INT(2, MADV_NOHUGEPAGE)),
    ALLOW(madvise, INT(2, ADVICE_GUARD_INSTALL)),
    ALLOW(madvise, INT(2, ADVICE_GUARD_REMOVE)),
    FAIL(madvise, EINVAL),
    {CALL_MSEAL, SECCOMP_RET_ERRNO | ENOSYS, {{0}}},
    {CALL_MAP_SHADOW_STACK, SECCOMP_RET_ERRNO | ENOSYS, {{0}}},
    /* Threads. Futexes with priority inheritance name threads of other processes. */
    ALLOW(clone, LONG(0, THREAD_FLAGS)),
    ALLOW(clone, LONG(0, THREAD_FLAGS | CLONE_DETACHED)),
    FAIL(clone3, ENOSYS), /* its flags are in memory; glibc then tries clone */
    ALLOW(set_robust_list),
    ALLOW(set_tid_address),
    ALLOW(rseq),
    ALLOW(futex, INT_MASKED(1, FUTEX_CMD_MASK & ~FUTEX_WAKE, FUTEX_WAIT)), /* FUTEX_WAKE, too */
    ALLOW(futex, FUTEX(FUTEX_WAIT_BITSET)),
    ALLOW(futex, FUTEX(FUTEX_WAKE_BITSET)),
    ALLOW(futex, FUTEX(FUTEX_REQUEUE)),
    ALLOW(futex, FUTEX(FUTEX_CMP_REQUEUE)),
    ALLOW(futex, FUTEX(FUTEX_WAKE_OP)),
    FAIL(futex, ENOSYS),
    ALLOW(futex_waitv),
    {CALL_FUTEX_WAKE, SECCOMP_RET_ERRNO | ENOSYS, {{0}}},
    {CALL_FUTEX_WAIT, SECCOMP_RET_ERRNO | ENOSYS, {{0}}},
    {CALL_FUTEX_REQUEUE, SECCOMP_RET_ERRNO | ENOSYS, {{0}}},
    ALLOW(exit),
    ALLOW(exit_group),
    ALLOW(restart_syscall),
    ALLOW(sched_yield),
    ALLOW(sched_getaffinity),
    ALLOW(sched_getparam),
    ALLOW(sched_getscheduler),
    ALLOW(sched_get_priority_max),
    ALLOW(sched_get_priority_min),
    /* These change other processes of the user. */
    FAIL(sched_setaffinity, EPERM),
    FAIL(sched_setparam, EPERM),
    FAIL(sched_setscheduler, EPERM),
    FAIL(setpriority, EPERM),
    ALLOW(getcpu),
    /* Signals. */
    ALLOW(rt_sigaction),
    ALLOW(rt_sigprocmask),
    ALLOW(rt_sigreturn),
    ALLOW(rt_sigpending),
    ALLOW(rt_sigsuspend),
    ALLOW(rt_sigtimedwait),
    ALLOW(sigaltstack),
    /* Clocks. */
    ALLOW(clock_gettime),
    ALLOW(clock_getres),
    ALLOW(clock_nanosleep),
    ALLOW(gettimeofday),
    ALLOW(nanosleep),
    /* What it is. */
    ALLOW(getpid),
    ALLOW(gettid),
    ALLOW(getuid),
    ALLOW(geteuid),
    ALLOW(getgid),
    ALLOW(getegid),
    ALLOW(getrandom),
    ALLOW(getrusage),
    ALLOW(sysinfo),
    ALLOW(uname),
    ALLOW(prlimit64, INT(0, 0), LONG(2, 0)), /* reads its own limits */
    FAIL(prlimit64, EPERM),
    ALLOW(prctl, INT(0, PR_SET_NAME)),
    ALLOW(prctl, INT(0, PR_GET_NAME)),
    ALLOW(prctl, INT(0, PR_SET_VMA)),
    ALLOW(prctl, INT(0, PR_SET_MDWE)), /* restricts only; sandbox_close needs it */
    FAIL(prctl, EINVAL),
    ALLOW(seccomp, INT(0, SECCOMP_SET_MODE_FILTER), INT(1, SECCOMP_FILTER_FLAG_TSYNC)),
};

/* Landlock has no say in what paths' status is, or where links lead to. */
static const struct filter_rule files[] = {
    ALLOW(getdents64), ALLOW(statx),      ALLOW(statfs),     ALLOW(fstatfs),
    ALLOW(faccessat),  ALLOW(faccessat2), ALLOW(readlinkat),
};

static const struct filter_rule no_files[] = {
    FAIL(statx, ENOSYS),      FAIL(statfs, EACCES),     FAIL(faccessat, EACCES),
    FAIL(faccessat2, ENOSYS), FAIL(readlinkat, EACCES),
};

/* Go's run-time waits for its timers in epoll, and ends if it cannot; it is woken by an eventfd or
 * a pipe. What io.Copy tries first fails. */
static const struct filter_rule go[] = {
    ALLOW(epoll_create1), ALLOW(epoll_ctl),       ALLOW(epoll_pwait),
    ALLOW(eventfd2),      ALLOW(pipe2),           FAIL(copy_file_range, ENOSYS),
    FAIL(splice, EINVAL), FAIL(sendfile, EINVAL),
};

static const struct filter_rule no_new_code[] = {
    {__NR_mmap, SECCOMP_RET_ERRNO | EACCES, {INT_MASKED(2, PROT_EXEC, PROT_EXEC)}},
    ALLOW(mmap),
    {__NR_mprotect, SECCOMP_RET_ERRNO | EACCES, {INT_MASKED(2, PROT_EXEC, PROT_EXEC)}},
    ALLOW(mprotect),
    RULE(seccomp, SECCOMP_RET_TRAP),
};

static const struct filter_rule no_opening[] = {FAIL(openat, EACCES)};

/* Only to itself. musl's raise and abort call tkill, which names any thread of the system: without
 * Landlock's scope, it may name the first thread only. */
static void add_signals(struct filter_rules *rules, const struct rules_for *rules_for)
{
    const struct filter_rule signals[] = {
        ALLOW(tgkill, INT(0, rules_for->pid)),
        ALLOW(kill, INT(0, rules_for->pid)),
        ALLOW(tkill, INT(0, rules_for->pid)),
    };
    static const struct filter_rule any_thread[] = {ALLOW(tkill)};
    filter_rules_add(rules, signals, COUNT(signals));
    if (rules_for->signals_are_scoped)
        filter_rules_add(rules, any_thread, COUNT(any_thread));
}

/* sendmsg is not among it: it could give the host descriptors. */
static void add_socket(struct filter_rules *rules, int socket)
{
    const struct filter_rule on_socket[] = {
        ALLOW(recvmsg, INT(0, socket)),
        ALLOW(recvfrom, INT(0, socket)),
        ALLOW(sendto, INT(0, socket), LONG(4, 0)),
    };
    if (socket >= 0)
        filter_rules_add(rules, on_socket, COUNT(on_socket));
}

bool rules_of_start(struct filter *filter, const struct rules_for *rules_for)
{
    struct filter_rules rules = {.count = 0};
    filter_rules_add(&rules, start, COUNT(start));
    filter_rules_add(&rules, machine.rules, machine.rules_count);
    if (rules_for->reads_files) {
        filter_rules_add(&rules, files, COUNT(files));
        filter_rules_add(&rules, machine.files_rules, machine.files_count);
    } else {
        filter_rules_add(&rules, no_files, COUNT(no_files));
        filter_rules_add(&rules, machine.no_files_rules, machine.no_files_count);
    }
    if (rules_for->runs_go)
        filter_rules_add(&rules, go, COUNT(go));
    add_signals(&rules, rules_for);
    add_socket(&rules, rules_for->socket);
    return filter_build(filter, machine.architecture, &rules, SECCOMP_RET_TRAP);
}

bool rules_of_close(struct filter *filter, const struct rules_for *rules_for)
{
    struct filter_rules rules = {.count = 0};
    filter_rules_add(&rules, no_new_code, COUNT(no_new_code));
    if (!rules_for->reads_files) {
        filter_rules_add(&rules, no_opening, COUNT(no_opening));
        filter_rules_add(&rules, machine.close_rules, machine.close_count);
    }
    return filter_build(filter, machine.architecture, &rules, SECCOMP_RET_ALLOW);
}
