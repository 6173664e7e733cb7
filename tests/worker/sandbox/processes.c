/* What a worker does to other processes, and they to it; its sockets and threads. */
#include "tests/worker/sandbox/trial.h"

#include <asm/unistd.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- acts ---- */

static int make_socket(void)
{
    return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int make_unix_socket(void)
{
    return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int make_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return result(child);
}

static int execute(void)
{
    outcome->error = 0;
    char *arguments[] = {"true", NULL};
    execve("/bin/true", arguments, arguments + 1);
    return errno;
}

static int trace_host(void)
{
    int error = result(ptrace(PTRACE_SEIZE, host, NULL, NULL));
    if (!error)
        ptrace(PTRACE_DETACH, host, NULL, NULL);
    return error;
}

static int read_host(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&host, 1};
    return result(process_vm_readv(host, &here, 1, &there, 1, 0));
}

static int signal_host(void)
{
    return result(kill(host, SIGCONT));
}

static int signal_host_thread(void)
{
    return result(syscall(__NR_tkill, host, SIGCONT));
}

static int open_host(void)
{
    return result(syscall(__NR_pidfd_open, host, 0));
}

static int limit_host(void)
{
    struct rlimit limit = {0, 0};
    return result(prlimit(host, RLIMIT_CORE, &limit, NULL));
}

static int make_namespace(void)
{
    return result(unshare(CLONE_NEWUSER));
}

static void *answer(void *argument)
{
    return argument;
}

static int make_thread(void)
{
    pthread_t thread;
    void *returned = NULL;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    int error = pthread_create(&thread, &small, answer, outcome);
    if (!error)
        error = pthread_join(thread, &returned);
    return error ? error : returned == outcome ? 0 : EINVAL;
}

static int make_many_threads(void)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 16 << 10);
    for (int i = 0; i < 1000; i++) {
        pthread_t thread;
        int error = pthread_create(&thread, &small, rest, NULL);
        if (error)
            return error;
    }
    return 0;
}

static int use_the_rest(void)
{
    struct timespec now, moment = {0, 1000};
    char byte;
    int failed = clock_gettime(CLOCK_MONOTONIC, &now) + nanosleep(&moment, NULL) + raise(SIGCONT) +
                 (getrandom(&byte, 1, 0) != 1) + (write(PREPARED_FILES, "a", 1) != 1) +
                 isatty(PREPARED_FILES) + (sysconf(_SC_NPROCESSORS_ONLN) < 1) + fflush(stdout);
    time_t then = 0;
    struct tm local;
    return failed || !localtime_r(&then, &local) ? EINVAL : 0;
}

/* ---- attacks ---- */

static const struct attack attacks[] = {
    {"make a socket", make_socket, SAME(TRAP(socket)), CALLS, 0},
    {"make a local socket", make_unix_socket, SAME(TRAP(socket)), CALLS, 0},
    {"fork", make_process, SAME(TRAP(clone)), CALLS, 0},
    {"execute", execute, SAME(TRAP(execve)), CALLS, 0},
    {"execute, without filter", execute, SAME(EACCES), FILES, CALLS},
    {"trace the host", trace_host, SAME(TRAP(ptrace)), CALLS, 0},
    {"trace the host, without filter", trace_host, SAME(EPERM), FILES, CALLS},
    {"read the host", read_host, SAME(TRAP(process_vm_readv)), CALLS, 0},
    {"read the host, without filter", read_host, SAME(EPERM), FILES, CALLS},
    {"signal the host", signal_host, SAME(TRAP(kill)), CALLS, 0},
    {"limit the host", limit_host, SAME(EPERM), CALLS, 0},
    {"open the host", open_host, SAME(TRAP(pidfd_open)), CALLS, 0},
    {"make a namespace", make_namespace, SAME(TRAP(unshare)), CALLS | PLUGIN_ISOLATION_NAMESPACES,
     0},
};

/* What a plugin may do. */
static const struct attack uses[] = {
    {"make a thread", make_thread, SAME(0), 0, 0},
    {"clocks, random bytes, its own signals", use_the_rest, SAME(0), 0, 0},
};

static void other_processes_are_out_of_reach(void **state)
{
    (void)state;
    check_attacks(attacks, COUNT(attacks));
}

static void threads_and_clocks_work(void **state)
{
    (void)state;
    check_attacks(uses, COUNT(uses));
}

static void signals_by_thread_reach_no_other_process(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    struct sandbox sandbox = {.socket = -1};
    bool has_scope = landlock_abi() >= 6;
    for (size_t i = 0; i < users_count; i++) {
        run(users[i], OUTSIDE, NULL, signal_host_thread);
        assert_int_equal(result_of_run(), 0);
        run(users[i], CLOSED, &sandbox, signal_host_thread);
        assert_int_equal(result_of_run(), has_scope ? EPERM : TRAP(tkill));
        sandbox.without = FILES;
        run(users[i], CLOSED, &sandbox, signal_host_thread);
        assert_int_equal(result_of_run(), TRAP(tkill));
        sandbox.without = 0;
    }
}

static void threads_have_a_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < users_count; i++) {
        struct sandbox sandbox = {.socket = -1};
        run(users[i], OUTSIDE, NULL, make_many_threads);
        assert_int_equal(result_of_run(), 0);
        bool has_own_user = users[i] == 0 || has_namespaces(users[i]);
        run(users[i], CLOSED, &sandbox, make_many_threads);
        assert_int_equal(result_of_run(), has_own_user ? EAGAIN : 0);
    }
}

/* What no core and no tracing means: its files in /proc are root's. */
static void nobody_traces_it(void **state)
{
    (void)state;
    struct sandbox sandbox = {
        .memory = LIMIT, .socket = -1, .death_signal = SIGKILL, .parent = getpid()};
    pid_t worker = start_resting(&sandbox);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/maps", worker);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_uid, 0);
    end_resting(worker);
}

static int is_dumpable(void)
{
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static void nobody_gets_a_core(void **state)
{
    (void)state;
    struct sandbox sandbox = {.socket = -1, .without = CALLS};
    for (size_t i = 0; i < users_count; i++) {
        run(users[i], OUTSIDE, NULL, is_dumpable);
        assert_int_equal(result_of_run(), 1);
        run(users[i], ENTERED, &sandbox, is_dumpable);
        assert_int_equal(result_of_run(), 0);
    }
}

static int worker_of_worker(void)
{
    struct sandbox sandbox = {
        .memory = LIMIT, .socket = -1, .death_signal = SIGKILL, .parent = getpid()};
    outcome->trapped = start_resting(&sandbox);
    return 0;
}

static void it_ends_with_its_parent(void **state)
{
    (void)state;
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    for (size_t i = 0; i < users_count; i++) {
        run(users[i], OUTSIDE, NULL, worker_of_worker);
        int status;
        assert_int_equal(waitpid(-1, &status, 0), outcome->trapped);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

static void a_parent_that_ended_before_ends_it(void **state)
{
    (void)state;
    struct sandbox sandbox = {.socket = -1, .death_signal = SIGKILL, .parent = getpid()};
    run(users[0], ENTERED, &sandbox, nothing); /* its parent is another one */
    assert_true(WIFSIGNALED(outcome->status) && WTERMSIG(outcome->status) == SIGKILL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_processes_are_out_of_reach),
        cmocka_unit_test(threads_and_clocks_work),
        cmocka_unit_test(signals_by_thread_reach_no_other_process),
        cmocka_unit_test(threads_have_a_limit),
        cmocka_unit_test(nobody_traces_it),
        cmocka_unit_test(nobody_gets_a_core),
        cmocka_unit_test(it_ends_with_its_parent),
        cmocka_unit_test(a_parent_that_ended_before_ends_it),
    };
    return cmocka_run_group_tests(tests, trial_set_up, trial_tear_down);
}
