/* What sandbox_enter and sandbox_close say: what this kernel has, and what it refuses. */
#include "tests/worker/sandbox/trial.h"

#include "worker/call_name.h"

#include <asm/unistd.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void all_that_the_kernel_has_holds(void **state)
{
    (void)state;
    struct sandbox sandbox = {.memory = LIMIT, .socket = -1};
    for (size_t i = 0; i < users_count; i++) {
        unsigned bits = available(users[i]);
        run(users[i], CLOSED, &sandbox, nothing);
        if (outcome->held != bits)
            fail_msg("user %u: %#x holds, not %#x: %s", users[i], outcome->held, bits,
                     outcome->why);
    }
}

static void what_the_kernel_refuses_is_not_reported(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    static const struct {
        uint32_t number;
        unsigned missing;
        const char *why;
    } rows[] = {
        {__NR_landlock_create_ruleset, FILES, "files: "},
        {__NR_landlock_restrict_self, FILES, "files: "},
        {__NR_unshare, PLUGIN_ISOLATION_NAMESPACES | PLUGIN_ISOLATION_NETWORK, "namespaces: "},
        {__NR_seccomp, CALLS | MEMORY | CODE, "system calls: "},
        {__NR_prlimit64, MEMORY, "memory: "},
        {__NR_capset, PLUGIN_ISOLATION_CAPABILITIES, "capabilities: "},
    };
    for (size_t i = 0; i < users_count; i++)
        for (size_t row = 0; row < COUNT(rows); row++) {
            unsigned bits = available(users[i]);
            refused = rows[row].number;
            run(users[i], OUTSIDE, NULL, enter_without_call);
            assert_int_equal(result_of_run(), 0);
            if (outcome->held != (bits & ~rows[row].missing))
                fail_msg("%s: %#x holds: %s", call_name((int)refused), outcome->held, outcome->why);
        }
}

enum {
    SPACES = PLUGIN_ISOLATION_NAMESPACES | PLUGIN_ISOLATION_NETWORK | PLUGIN_ISOLATION_PROCESSES
};

static int enter_in_namespaces(void)
{
    struct sandbox sandbox = {.socket = -1,
                              .namespaces = CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWUTS |
                                            CLONE_NEWNET | CLONE_NEWPID};
    refuse_call(__NR_unshare);
    enter(ENTERED, &sandbox);
    return 0;
}

static void namespaces_of_the_start_are_not_made_again(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    run(users[0], OUTSIDE, NULL, enter_in_namespaces);
    assert_int_equal(outcome->held & SPACES, SPACES);
}

static void why_there_is_no_namespace_of_processes_is_what_the_host_says(void **state)
{
    (void)state;
    struct sandbox sandbox = {.socket = -1, .why_no_more = ENOSPC};
    run(users[0], ENTERED, &sandbox, nothing);
    assert_int_equal(outcome->held & PLUGIN_ISOLATION_PROCESSES, 0);
    assert_non_null(strstr(outcome->why, "namespace of processes: No space left on device"));
}

static void root_that_stays_is_reported(void **state)
{
    (void)state;
    if (geteuid() != 0 || !has_seccomp())
        skip();
    refused = __NR_setresuid;
    run(0, OUTSIDE, NULL, enter_without_call);
    assert_int_equal(outcome->held & PLUGIN_ISOLATION_CAPABILITIES, 0);
    assert_non_null(strstr(outcome->why, "another user: "));
}

/* What a set-uid program may be: another user, who can become root again. */
static int enter_with_saved_root(void)
{
    if (setresuid(OTHER_USER, OTHER_USER, 0))
        return errno;
    enter(ENTERED, &refused_sandbox);
    return 0;
}

static void root_that_can_come_back_is_reported(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    run(0, OUTSIDE, NULL, enter_with_saved_root);
    assert_int_equal(result_of_run(), 0);
    assert_int_equal(outcome->held & PLUGIN_ISOLATION_CAPABILITIES, 0);
}

/* A line of /proc/PID/status, after its name and a tab. */
static void status_line(pid_t process, const char *name, char *line, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", process);
    FILE *status = fopen(path, "r");
    assert_non_null(status);
    size_t length = strlen(name);
    while (fgets(line, (int)size, status))
        if (!strncmp(line, name, length)) {
            memmove(line, line + length + 2, strlen(line) - length - 1);
            line[strcspn(line, " \n")] = '\0';
            break;
        }
    fclose(status);
}

static void check_status(pid_t process, const char *name, const char *expected)
{
    char line[256] = "";
    status_line(process, name, line, sizeof line);
    if (strcmp(line, expected))
        fail_msg("%s is \"%s\", not \"%s\"", name, line, expected);
}

/* Not so in a container with a user namespace. */
static bool has_all_users(void)
{
    unsigned first = 0, there = 0, count = 0;
    FILE *map = fopen("/proc/self/uid_map", "r");
    assert_non_null(map);
    int read = fscanf(map, "%u %u %u", &first, &there, &count);
    fclose(map);
    return read == 3 && count == UINT32_MAX;
}

static void the_kernel_says_the_same(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    struct sandbox sandbox = {
        .memory = LIMIT, .socket = -1, .death_signal = SIGKILL, .parent = getpid()};
    pid_t worker = start_resting(&sandbox);
    check_status(worker, "NoNewPrivs", "1");
    check_status(worker, "Seccomp", "2");
    static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapAmb"};
    for (size_t i = 0; i < COUNT(sets); i++)
        check_status(worker, sets[i], "0000000000000000");
    if (geteuid() == 0) {
        char user[64], expected[64];
        status_line(worker, "Uid", user, sizeof user);
        unsigned own = has_all_users() ? 0x7f000000 + (unsigned)worker : OTHER_USER;
        snprintf(expected, sizeof expected, "%u\t%u\t%u\t%u", own, own, own, own);
        assert_string_equal(user, expected);
        check_status(worker, "CapBnd", "0000000000000000");
        check_status(worker, "Groups", "");
    }
    end_resting(worker);
}

static void *differ(void *ready)
{
    refuse_call(__NR_vhangup);
    __atomic_store_n((int *)ready, 1, __ATOMIC_RELEASE);
    return rest(NULL);
}

static int enter_with_other_thread(void)
{
    int ready = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, differ, &ready))
        return EAGAIN;
    while (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE))
        sched_yield();
    enter(CLOSED, &refused_sandbox);
    return 0;
}

static void a_thread_that_the_filter_does_not_reach_is_reported(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    run(users[0], OUTSIDE, NULL, enter_with_other_thread);
    assert_int_equal(outcome->held & (CALLS | MEMORY | CODE), 0);
    assert_non_null(strstr(outcome->why, "system calls: "));
}

static int enter_with_little_room(void)
{
    refuse_call(__NR_unshare);
    memset(outcome->why, '#', sizeof outcome->why);
    sandbox_enter(&refused_sandbox, outcome->why, 10);
    return 0;
}

static void a_reason_is_cut_to_its_room(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    run(users[0], OUTSIDE, NULL, enter_with_little_room);
    assert_int_equal(result_of_run(), 0);
    assert_int_equal(strlen(outcome->why), 9);
    assert_int_equal(outcome->why[10], '#');
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_the_kernel_has_holds),
        cmocka_unit_test(what_the_kernel_refuses_is_not_reported),
        cmocka_unit_test(namespaces_of_the_start_are_not_made_again),
        cmocka_unit_test(why_there_is_no_namespace_of_processes_is_what_the_host_says),
        cmocka_unit_test(root_that_stays_is_reported),
        cmocka_unit_test(root_that_can_come_back_is_reported),
        cmocka_unit_test(the_kernel_says_the_same),
        cmocka_unit_test(a_thread_that_the_filter_does_not_reach_is_reported),
        cmocka_unit_test(a_reason_is_cut_to_its_room),
    };
    return cmocka_run_group_tests(tests, trial_set_up, trial_tear_down);
}
