/* The filters of system calls, run by a simulator of classic BPF over every number and over
 * arguments. Built for each machine: own.h has what is expected there alone. */
#include "worker/filter.h"

#include "tests/common/check.h"
#include "worker/call_name.h"
#include "worker/rules.h"

#include "own.h"

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum {
    PID = 4711,
    SOCKET = 3,
    LAST_NUMBER = 600,
};

#define ALLOWED      SECCOMP_RET_ALLOW
#define TRAPPED      SECCOMP_RET_TRAP
#define FAILS(error) (SECCOMP_RET_ERRNO | (error))
#define ONES         UINT64_MAX
#define HIGH         (UINT64_C(1) << 32)

static const struct rules_for plain = {.pid = PID, .socket = SOCKET};
static const struct rules_for reading = {.pid = PID, .socket = SOCKET, .reads_files = true};
static const struct rules_for go = {.pid = PID, .socket = SOCKET, .runs_go = true};
static const struct rules_for scoped = {.pid = PID, .socket = -1, .signals_are_scoped = true};

static const struct sock_filter *jump(const struct sock_filter *at, uint32_t accumulator)
{
    bool holds = false;
    switch (BPF_OP(at->code)) {
    case BPF_JA:
        return at + at->k;
    case BPF_JEQ:
        holds = accumulator == at->k;
        break;
    case BPF_JGE:
        holds = accumulator >= at->k;
        break;
    default:
        fail_msg("jump %#x", at->code);
    }
    return at + (holds ? at->jt : at->jf);
}

/* The program ends within its length: jumps lead forward only. */
static uint32_t run(const struct filter *filter, const struct seccomp_data *data)
{
    uint32_t accumulator = 0;
    for (const struct sock_filter *at = filter->code; at < filter->code + filter->length; at++)
        switch (BPF_CLASS(at->code)) {
        case BPF_LD:
            assert_int_equal(at->code, BPF_LD | BPF_W | BPF_ABS);
            assert_true(at->k % 4 == 0 && at->k <= sizeof *data - 4);
            memcpy(&accumulator, (const char *)data + at->k, 4);
            break;
        case BPF_ALU:
            assert_int_equal(at->code, BPF_ALU | BPF_AND | BPF_K);
            accumulator &= at->k;
            break;
        case BPF_JMP:
            at = jump(at, accumulator);
            break;
        default:
            assert_int_equal(at->code, BPF_RET | BPF_K);
            return at->k;
        }
    fail_msg("the program runs over its end");
    return 0;
}

/* What the kernel does with several filters: the least of the actions, which are signed, wins. */
static uint32_t stricter(uint32_t a, uint32_t b)
{
    return (int32_t)(a & SECCOMP_RET_ACTION_FULL) <= (int32_t)(b & SECCOMP_RET_ACTION_FULL) ? a : b;
}

/* At the start, and after sandbox_close. */
struct both {
    uint32_t start, close;
};

static struct both judge(const struct rules_for *rules_for, const struct seccomp_data *data)
{
    static struct filter start, close;
    assert_true(rules_of_start(&start, rules_for));
    assert_true(rules_of_close(&close, rules_for));
    uint32_t first = run(&start, data);
    return (struct both){first, stricter(first, run(&close, data))};
}

/* ---- every number ---- */

struct expected {
    int number;
    uint32_t start, close; /* with arguments of zeroes */
};

#define SAME(call, action)                                                                         \
    {                                                                                              \
        __NR_##call, (action), (action)                                                            \
    }
#define FREE(call) SAME(call, ALLOWED)
#define CLOSED(call, start, close)                                                                 \
    {                                                                                              \
        __NR_##call, (start), (close)                                                              \
    }

/* All others are trapped, in both. */
static const struct expected all[] = {
    OWN_EXPECTED,
    FREE(read),
    FREE(write),
    FREE(close),
    FREE(fstat),
    FREE(lseek),
    FREE(mmap),
    FREE(mprotect),
    FREE(munmap),
    FREE(brk),
    FREE(rt_sigaction),
    FREE(rt_sigprocmask),
    FREE(rt_sigreturn),
    SAME(ioctl, FAILS(ENOTTY)),
    FREE(pread64),
    FREE(readv),
    FREE(writev),
    FREE(sched_yield),
    FREE(mremap),
    FREE(madvise),
    FREE(nanosleep),
    FREE(getpid),
    FREE(exit),
    FREE(uname),
    SAME(fcntl, FAILS(EACCES)),
    FREE(fsync),
    SAME(getcwd, FAILS(EACCES)),
    FREE(gettimeofday),
    FREE(getrusage),
    FREE(sysinfo),
    FREE(getuid),
    FREE(getgid),
    FREE(geteuid),
    FREE(getegid),
    FREE(rt_sigpending),
    FREE(rt_sigtimedwait),
    FREE(rt_sigsuspend),
    FREE(sigaltstack),
    SAME(setpriority, FAILS(EPERM)),
    SAME(sched_setparam, FAILS(EPERM)),
    FREE(sched_getparam),
    SAME(sched_setscheduler, FAILS(EPERM)),
    FREE(sched_getscheduler),
    FREE(sched_get_priority_max),
    FREE(sched_get_priority_min),
    SAME(prctl, FAILS(EINVAL)),
    FREE(gettid),
    FREE(futex),
    SAME(sched_setaffinity, FAILS(EPERM)),
    FREE(sched_getaffinity),
    FREE(set_tid_address),
    FREE(restart_syscall),
    FREE(clock_gettime),
    FREE(clock_getres),
    FREE(clock_nanosleep),
    FREE(exit_group),
    CLOSED(openat, ALLOWED, FAILS(EACCES)),
    FREE(newfstatat),
    SAME(readlinkat, FAILS(EACCES)),
    SAME(faccessat, FAILS(EACCES)),
    FREE(pselect6),
    FREE(ppoll),
    FREE(set_robust_list),
    FREE(prlimit64),
    FREE(getcpu),
    FREE(getrandom),
    FREE(membarrier),
    SAME(statx, FAILS(ENOSYS)),
    SAME(statfs, FAILS(EACCES)),
    FREE(rseq),
    SAME(clone3, FAILS(ENOSYS)),
    SAME(openat2, FAILS(ENOSYS)),
    SAME(faccessat2, FAILS(ENOSYS)),
    FREE(futex_waitv),
    /* map_shadow_stack, futex_wake, futex_wait, futex_requeue, mseal */
    {453, FAILS(ENOSYS), FAILS(ENOSYS)},
    {454, FAILS(ENOSYS), FAILS(ENOSYS)},
    {455, FAILS(ENOSYS), FAILS(ENOSYS)},
    {456, FAILS(ENOSYS), FAILS(ENOSYS)},
    {462, FAILS(ENOSYS), FAILS(ENOSYS)},
};

static struct both expected_of(int number)
{
    for (size_t i = 0; i < COUNT(all); i++)
        if (all[i].number == number)
            return (struct both){all[i].start, all[i].close};
    return (struct both){TRAPPED, TRAPPED};
}

static void check_both(struct both is, struct both expected, const char *what, int number)
{
    if (is.start != expected.start || is.close != expected.close)
        fail_msg("%s %d: is %#x, %#x, not %#x, %#x", what, number, is.start, is.close,
                 expected.start, expected.close);
}

static void every_number_has_its_action(void **state)
{
    (void)state;
    for (int number = 0; number <= LAST_NUMBER; number++) {
        struct seccomp_data data = {.nr = number, .arch = OWN_ARCHITECTURE};
        check_both(judge(&plain, &data), expected_of(number), "call", number);
    }
}

static void numbers_beyond_are_trapped(void **state)
{
    (void)state;
    for (unsigned bit = 10; bit < 30; bit++)
        for (int number = (1 << bit) - 1; number <= (1 << bit) + 1; number++) {
            struct seccomp_data data = {.nr = number, .arch = OWN_ARCHITECTURE};
            check_both(judge(&plain, &data), (struct both){TRAPPED, TRAPPED}, "call", number);
        }
}

static void other_architectures_and_x32_are_killed(void **state)
{
    (void)state;
    static const struct both killed = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_PROCESS};
    static const uint32_t others[] = {OTHER_ARCHITECTURES, 0, UINT32_MAX};
    for (int number = 0; number <= LAST_NUMBER; number++) {
        for (size_t i = 0; i < COUNT(others); i++) {
            struct seccomp_data data = {.nr = number, .arch = others[i]};
            check_both(judge(&plain, &data), killed, "other architecture", number);
        }
        struct seccomp_data data = {.nr = number | 0x40000000, .arch = OWN_ARCHITECTURE};
        check_both(judge(&plain, &data), killed, "x32", number);
    }
    struct seccomp_data negative = {.nr = -1, .arch = OWN_ARCHITECTURE};
    check_both(judge(&plain, &negative), killed, "call", -1);
}

/* ---- arguments ---- */

struct variant {
    const struct rules_for *rules_for;
    int number;
    uint64_t arguments[6];
    struct both expected;
};

#define V(rules, call, action, ...)                                                                \
    {                                                                                              \
        &(rules), __NR_##call, {__VA_ARGS__},                                                      \
        {                                                                                          \
            (action), (action)                                                                     \
        }                                                                                          \
    }
#define V2(rules, call, start, close, ...)                                                         \
    {                                                                                              \
        &(rules), __NR_##call, {__VA_ARGS__},                                                      \
        {                                                                                          \
            (start), (close)                                                                       \
        }                                                                                          \
    }
#define RW           (PROT_READ | PROT_WRITE)
#define RX           (PROT_READ | PROT_EXEC)
#define PRIVATE      (MAP_PRIVATE | MAP_ANONYMOUS)
#define GLIBC_THREAD 0x3d0f00
#define MUSL_THREAD  0x7d0f00

static const struct variant variants[] = {
    OWN_VARIANTS,
    /* opening */
    V2(plain, openat, ALLOWED, FAILS(EACCES), 0, 0, O_RDONLY | O_CLOEXEC | O_DIRECTORY),
    V(plain, openat, FAILS(EACCES), 0, 0, O_WRONLY),
    V(plain, openat, FAILS(EACCES), 0, 0, O_RDWR),
    V(plain, openat, FAILS(EACCES), 0, 0, O_ACCMODE),
    V(plain, openat, FAILS(EACCES), 0, 0, O_RDONLY | O_CREAT),
    V(plain, openat, FAILS(EACCES), 0, 0, O_RDONLY | O_TRUNC),
    V(plain, openat, FAILS(EACCES), 0, 0, O_TMPFILE),
    V(reading, openat, ALLOWED, 0, 0, O_RDONLY),
    V(reading, openat, FAILS(EACCES), 0, 0, O_WRONLY),
    V(reading, getdents64, ALLOWED, 0),
    V(plain, getdents64, TRAPPED, 0),
    V(reading, readlinkat, ALLOWED, 0),
    V(reading, openat2, FAILS(ENOSYS), 0),
    /* memory */
    V(plain, mmap, ALLOWED, 0, 1, RW, PRIVATE),
    V(plain, mmap, ALLOWED, 0, 1, RW, MAP_SHARED),
    V2(plain, mmap, ALLOWED, FAILS(EACCES), 0, 1, RX, PRIVATE),
    V2(plain, mmap, ALLOWED, FAILS(EACCES), 0, 1, RX, MAP_PRIVATE),
    V2(plain, mmap, ALLOWED, FAILS(EACCES), 0, 1, PROT_EXEC | HIGH, MAP_PRIVATE),
    V(plain, mmap, FAILS(EPERM), 0, 1, RW, MAP_SHARED | MAP_ANONYMOUS),
    V(plain, mmap, FAILS(EPERM), 0, 1, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS),
    V(plain, mmap, FAILS(EPERM), 0, 1, RW, MAP_SHARED | MAP_ANONYMOUS | HIGH),
    V(plain, mmap, FAILS(EPERM), 0, 1, RW, PRIVATE | MAP_GROWSDOWN),
    V(reading, mprotect, ALLOWED, 0, 1, RW),
    V2(reading, mprotect, ALLOWED, FAILS(EACCES), 0, 1, RX),
    V2(plain, mprotect, ALLOWED, FAILS(EACCES), 0, 1, RW | RX),
    V(plain, pkey_mprotect, TRAPPED, 0, 1, PROT_READ),
    V(plain, madvise, ALLOWED, 0, 1, MADV_WILLNEED),
    V(plain, madvise, ALLOWED, 0, 1, MADV_DONTNEED),
    V(plain, madvise, ALLOWED, 0, 1, MADV_FREE),
    V(plain, madvise, FAILS(EINVAL), 0, 1, MADV_REMOVE),
    V(plain, madvise, FAILS(EINVAL), 0, 1, MADV_REMOVE | HIGH),
    V(plain, madvise, FAILS(EINVAL), 0, 1, MADV_DONTFORK),
    V(plain, madvise, FAILS(EINVAL), 0, 1, MADV_HWPOISON),
    V(plain, fallocate, TRAPPED, SOCKET),
    /* threads and processes */
    V(plain, clone, ALLOWED, GLIBC_THREAD),
    V(plain, clone, ALLOWED, MUSL_THREAD),
    V(plain, clone, TRAPPED, GLIBC_THREAD | HIGH),
    V(plain, clone, TRAPPED, GLIBC_THREAD | CLONE_NEWUSER),
    V(plain, clone, TRAPPED, GLIBC_THREAD | CLONE_NEWNS),
    V(plain, clone, TRAPPED, GLIBC_THREAD | CLONE_PTRACE),
    V(plain, clone, TRAPPED, GLIBC_THREAD & ~CLONE_THREAD),
    V(plain, clone, TRAPPED, GLIBC_THREAD & ~CLONE_FILES),
    V(plain, clone, TRAPPED, 17 /* SIGCHLD: fork */),
    V(plain, futex, ALLOWED, 0, 0 /* wait */),
    V(plain, futex, ALLOWED, 0, 1 | 128 /* wake, private */),
    V(plain, futex, ALLOWED, 0, 3 | 128 /* requeue */),
    V(plain, futex, ALLOWED, 0, 4),
    V(plain, futex, ALLOWED, 0, 5),
    V(plain, futex, ALLOWED, 0, 9 | 128 | 256),
    V(plain, futex, ALLOWED, 0, 10 | 128),
    V(plain, futex, FAILS(ENOSYS), 0, 2 /* FUTEX_FD */),
    V(plain, futex, FAILS(ENOSYS), 0, 6 /* with priority inheritance */),
    V(plain, futex, FAILS(ENOSYS), 0, 7 | 128),
    V(plain, futex, FAILS(ENOSYS), 0, 8),
    V(plain, futex, FAILS(ENOSYS), 0, 11),
    V(plain, futex, FAILS(ENOSYS), 0, 12 | 128),
    V(plain, futex, FAILS(ENOSYS), 0, 13),
    V(plain, futex, FAILS(ENOSYS), 0, 6 | HIGH),
    /* signals */
    V(plain, tgkill, ALLOWED, PID, 1, 6),
    V(plain, tgkill, ALLOWED, PID | HIGH, 1, 6), /* a pid_t: the upper half is ignored */
    V(plain, tgkill, TRAPPED, PID + 1, 1, 6),
    V(plain, kill, ALLOWED, PID, 9),
    V(plain, kill, TRAPPED, 1, 9),
    V(plain, kill, TRAPPED, 0, 9),
    V(plain, kill, TRAPPED, UINT64_MAX, 9),
    V(plain, kill, TRAPPED, (uint32_t)-PID, 9),
    V(plain, tkill, ALLOWED, PID, 6),
    V(plain, tkill, TRAPPED, PID + 1, 6),
    V(scoped, tkill, ALLOWED, PID + 1, 6),
    V(scoped, tgkill, TRAPPED, PID + 1, 1, 6),
    /* descriptors */
    V(plain, recvmsg, ALLOWED, SOCKET),
    V(plain, recvmsg, TRAPPED, SOCKET + 1),
    V(plain, recvfrom, ALLOWED, SOCKET),
    V(plain, sendto, ALLOWED, SOCKET),
    V(plain, sendto, TRAPPED, SOCKET, 0, 0, 0, 1),
    V(plain, sendto, TRAPPED, SOCKET, 0, 0, 0, HIGH), /* an address above 4 GiB */
    V(plain, sendto, TRAPPED, SOCKET + 1),
    V(plain, sendmsg, TRAPPED, SOCKET),
    V(scoped, recvmsg, TRAPPED, UINT64_MAX),
    V(scoped, recvmsg, TRAPPED, SOCKET),
    V(plain, fcntl, ALLOWED, 1, F_GETFL),
    V(plain, fcntl, ALLOWED, 1, F_SETFD),
    V(plain, fcntl, FAILS(EACCES), 1, F_SETFL),
    V(plain, fcntl, FAILS(EACCES), 1, F_SETOWN),
    V(plain, fcntl, FAILS(EACCES), 1, F_ADD_SEALS),
    V(plain, ioctl, ALLOWED, 1, 0x5401 /* TCGETS */),
    V(plain, ioctl, FAILS(ENOTTY), 1, 0x5412 /* TIOCSTI */),
    V(plain, ioctl, FAILS(ENOTTY), 1, 0x5412 | HIGH),
    /* Go's run-time, and no other */
    V(go, epoll_create1, ALLOWED, 0),
    V(go, epoll_ctl, ALLOWED, 5),
    V(go, epoll_pwait, ALLOWED, 5),
    V(go, eventfd2, ALLOWED, 0),
    V(go, pipe2, ALLOWED, 0),
    V(go, copy_file_range, FAILS(ENOSYS), 1),
    V(go, splice, FAILS(EINVAL), 1),
    V(go, sendfile, FAILS(EINVAL), 1),
    V(go, socket, TRAPPED, 0),
    V2(go, mmap, ALLOWED, FAILS(EACCES), 0, 1, RX, PRIVATE),
    V(plain, epoll_create1, TRAPPED, 0),
    V(plain, epoll_ctl, TRAPPED, 5),
    V(plain, epoll_pwait, TRAPPED, 5),
    V(plain, eventfd2, TRAPPED, 0),
    V(plain, pipe2, TRAPPED, 0),
    V(plain, copy_file_range, TRAPPED, 1),
    V(plain, splice, TRAPPED, 1),
    V(plain, sendfile, TRAPPED, 1),
    /* the process */
    V(plain, prlimit64, ALLOWED, 0, 7, 0, HIGH),
    V(plain, prlimit64, FAILS(EPERM), 0, 7, 1),
    V(plain, prlimit64, FAILS(EPERM), 0, 7, HIGH),
    V(plain, prlimit64, FAILS(EPERM), 1, 7, 0),
    V(plain, prctl, ALLOWED, 15 /* PR_SET_NAME */),
    V(plain, prctl, ALLOWED, 0x53564d41 /* PR_SET_VMA */),
    V(plain, prctl, FAILS(EINVAL), 1 /* PR_SET_PDEATHSIG */),
    V(plain, prctl, FAILS(EINVAL), 4 /* PR_SET_DUMPABLE */),
    V(plain, prctl, FAILS(EINVAL), 22 /* PR_SET_SECCOMP */),
    V2(plain, seccomp, ALLOWED, TRAPPED, 1, SECCOMP_FILTER_FLAG_TSYNC),
    V(plain, seccomp, TRAPPED, 1, 0),
    V(plain, seccomp, TRAPPED, 1, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_NEW_LISTENER),
    V(plain, seccomp, TRAPPED, 0, 0),
};

static void arguments_decide(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(variants); i++) {
        const struct variant *variant = &variants[i];
        struct seccomp_data data = {.nr = variant->number, .arch = OWN_ARCHITECTURE};
        memcpy(data.args, variant->arguments, sizeof data.args);
        char what[32];
        snprintf(what, sizeof what, "variant %zu, call", i);
        check_both(judge(variant->rules_for, &data), variant->expected, what, variant->number);
    }
}

/* ---- the builder ---- */

static struct filter_rule rule_of(uint32_t number, struct filter_test test)
{
    return (struct filter_rule){number, SECCOMP_RET_ALLOW, {test}};
}

static uint32_t verdict(const struct filter_rule *rule, uint64_t argument)
{
    static struct filter filter;
    static struct filter_rules rules;
    rules.count = 0;
    filter_rules_add(&rules, rule, 1);
    assert_true(filter_build(&filter, 1, &rules, SECCOMP_RET_TRAP));
    struct seccomp_data data = {.nr = (int)rule->number, .arch = 1, .args = {[5] = argument}};
    return run(&filter, &data);
}

static void both_halves_of_an_argument_are_tested(void **state)
{
    (void)state;
    static const uint64_t value = UINT64_C(0x1234567800000042);
    struct filter_rule whole = rule_of(0, (struct filter_test){5, UINT64_MAX, value});
    struct filter_rule upper =
        rule_of(0, (struct filter_test){5, UINT64_MAX << 32, value & UINT64_MAX << 32});
    struct filter_rule bit =
        rule_of(0, (struct filter_test){5, UINT64_C(1) << 40, UINT64_C(1) << 40});
    for (int i = 0; i < 64; i++) {
        uint64_t other = value ^ UINT64_C(1) << i;
        assert_int_equal(verdict(&whole, other), SECCOMP_RET_TRAP);
        assert_int_equal(verdict(&upper, other), i < 32 ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRAP);
        assert_int_equal(verdict(&bit, UINT64_C(1) << i),
                         i == 40 ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRAP);
    }
    assert_int_equal(verdict(&whole, value), SECCOMP_RET_ALLOW);
}

static void as_many_numbers_as_there_may_be_are_found(void **state)
{
    (void)state;
    static struct filter_rules rules;
    static struct filter filter;
    rules.count = 0;
    for (uint32_t i = 0; i < FILTER_RULES; i++) {
        struct filter_rule rule = {2 * i, SECCOMP_RET_ERRNO | (i + 1), {{0}}};
        filter_rules_add(&rules, &rule, 1);
    }
    assert_true(filter_build(&filter, 1, &rules, SECCOMP_RET_TRAP));
    for (int number = 0; number <= LAST_NUMBER; number++) {
        struct seccomp_data data = {.nr = number, .arch = 1};
        bool has_rule = number % 2 == 0 && number / 2 < FILTER_RULES;
        assert_int_equal(run(&filter, &data), has_rule
                                                  ? SECCOMP_RET_ERRNO | ((uint32_t)number / 2 + 1)
                                                  : SECCOMP_RET_TRAP);
    }
}

static bool builds(const struct filter_rule *rule, size_t times)
{
    static struct filter_rules rules;
    static struct filter filter;
    rules = (struct filter_rules){.count = 0};
    for (size_t i = 0; i < times; i++)
        filter_rules_add(&rules, rule, 1);
    return filter_build(&filter, 1, &rules, SECCOMP_RET_TRAP);
}

static void what_makes_no_filter_is_refused(void **state)
{
    (void)state;
    struct filter_rule good = rule_of(FILTER_CALLS - 1, (struct filter_test){5, 1, 1});
    assert_true(builds(&good, 1));
    struct filter_rule number = rule_of(FILTER_CALLS, (struct filter_test){0, 0, 0});
    assert_false(builds(&number, 1));
    struct filter_rule argument = rule_of(0, (struct filter_test){6, 1, 1});
    assert_false(builds(&argument, 1));
    struct filter_rule value = rule_of(0, (struct filter_test){0, 1, 2}); /* would never hold */
    assert_false(builds(&value, 1));
    struct filter_rule empty = rule_of(0, (struct filter_test){0, 0, 0});
    assert_true(builds(&empty, FILTER_RULES - 1));
    assert_false(builds(&empty, FILTER_RULES + 1));
    struct filter_rule large = {0, SECCOMP_RET_ALLOW, {{0, ONES, 1}, {1, ONES, 1}}};
    assert_false(builds(&large, FILTER_RULES)); /* too many instructions */
}

static void denied_calls_have_names(void **state)
{
    (void)state;
    assert_string_equal(call_name(__NR_ptrace), "ptrace");
    assert_string_equal(call_name(__NR_io_uring_setup), "io_uring_setup");
    assert_string_equal(call_name(OWN_CALL), OWN_CALL_NAME);
    assert_null(call_name(-1));
    assert_null(call_name(100000));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_has_its_action),
        cmocka_unit_test(numbers_beyond_are_trapped),
        cmocka_unit_test(other_architectures_and_x32_are_killed),
        cmocka_unit_test(arguments_decide),
        cmocka_unit_test(both_halves_of_an_argument_are_tested),
        cmocka_unit_test(as_many_numbers_as_there_may_be_are_found),
        cmocka_unit_test(what_makes_no_filter_is_refused),
        cmocka_unit_test(denied_calls_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
