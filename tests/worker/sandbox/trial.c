/* Runs attempts in processes of their own, and knows what this kernel has. */
#include "tests/worker/sandbox/trial.h"

#include "worker/call_name.h"
#include "worker/filter.h"
#include "worker/machine.h"

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct outcome *outcome;
char directory[] = "/tmp/plugin-sandbox.XXXXXX", file[64], other_file[64];
pid_t host;
uid_t users[2];
size_t users_count;
uint32_t refused;
const struct sandbox refused_sandbox = {.memory = LIMIT, .socket = -1};

int result(long returned)
{
    return returned < 0 ? errno : 0;
}

int open_close(const char *path, int flags)
{
    int descriptor = open(path, flags, 0600);
    if (descriptor < 0)
        return errno;
    close(descriptor);
    return 0;
}

int nothing(void)
{
    return 0;
}

void *rest(void *argument)
{
    for (;;)
        pause(); /* glibc interrupts it, to change the user of all threads */
    return argument;
}

static void note_trap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    outcome->trapped = info->si_syscall;
    _exit(0);
}

static void catch_traps(void)
{
    struct sigaction action = {.sa_sigaction = note_trap, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &action, NULL);
}

void enter(enum stage stage, const struct sandbox *sandbox)
{
    catch_traps();
    if (stage >= ENTERED)
        outcome->held = sandbox_enter(sandbox, outcome->why, sizeof outcome->why);
    if (stage == CLOSED)
        outcome->held = sandbox_close(sandbox, outcome->held, outcome->why_not_closed,
                                      sizeof outcome->why_not_closed);
}

_Noreturn void be_worker(enum stage stage, const struct sandbox *sandbox, int (*act)(void))
{
    enter(stage, sandbox);
    outcome->error = act();
    _exit(0);
}

static void become(uid_t user)
{
    if (geteuid() != user &&
        (setgroups(0, NULL) || setresgid(user, user, user) || setresuid(user, user, user)))
        _exit(1);
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* The worker's end, as wait tells it. The host has the user's rights, and starts the worker. */
void run(uid_t user, enum stage stage, const struct sandbox *sandbox, int (*act)(void))
{
    *outcome = (struct outcome){.error = -1, .trapped = -1};
    pid_t child = fork();
    if (child == 0) {
        become(user);
        host = getpid();
        pid_t worker = fork();
        if (worker == 0)
            be_worker(stage, sandbox, act);
        waitpid(worker, &outcome->status, 0);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static int show_and_wait(void)
{
    outcome->error = 0;
    pause();
    return 0;
}

pid_t start_resting(const struct sandbox *sandbox)
{
    *outcome = (struct outcome){.error = -1};
    pid_t worker = fork();
    if (worker == 0)
        be_worker(CLOSED, sandbox, show_and_wait);
    while (__atomic_load_n(&outcome->error, __ATOMIC_ACQUIRE) < 0)
        sched_yield();
    return worker;
}

void end_resting(pid_t worker)
{
    kill(worker, SIGKILL);
    waitpid(worker, NULL, 0);
}

static int try_namespace(void)
{
    return result(unshare(CLONE_NEWUSER | CLONE_NEWNET));
}

long landlock_abi(void)
{
    return syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool has_namespaces(uid_t user)
{
    run(user, OUTSIDE, NULL, try_namespace);
    return outcome->error == 0;
}

bool has_seccomp(void)
{
    uint32_t action = SECCOMP_RET_TRAP;
    return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* Of a user; found without the library's help. */
unsigned available(uid_t user)
{
    unsigned bits = PLUGIN_ISOLATION_NO_NEW_PRIVILEGES | PLUGIN_ISOLATION_CAPABILITIES;
    if (has_seccomp())
        bits |=
            PLUGIN_ISOLATION_SYSTEM_CALLS | PLUGIN_ISOLATION_MEMORY | PLUGIN_ISOLATION_NO_NEW_CODE;
    if (landlock_abi() > 0)
        bits |= PLUGIN_ISOLATION_FILES;
    if (has_namespaces(user))
        bits |= PLUGIN_ISOLATION_NAMESPACES | PLUGIN_ISOLATION_NETWORK;
    return bits;
}

/* A kernel without a call, or one that refuses it: a filter of the host answers in its place. */
void refuse_call(uint32_t number)
{
    static struct filter_rules rules;
    static struct filter filter;
    struct filter_rule rule = {number, SECCOMP_RET_ERRNO | ENOSYS, {{0}}};
    filter_rules_add(&rules, &rule, 1);
    if (!filter_build(&filter, machine.architecture, &rules, SECCOMP_RET_ALLOW))
        _exit(2);
    struct sock_fprog program = {(unsigned short)filter.length, filter.code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
        _exit(2);
}

int enter_without_call(void)
{
    refuse_call(refused);
    enter(CLOSED, &refused_sandbox);
    return 0;
}

int result_of_run(void)
{
    if (outcome->status)
        return -10000 - outcome->status;
    return outcome->trapped >= 0 ? -1 - outcome->trapped : outcome->error;
}

static void prepare_files(uid_t user)
{
    char path[96];
    snprintf(path, sizeof path, "%s/old-%d", directory, user);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(descriptor >= 0);
    close(descriptor);
}

/* Attacks that a container refuses already show nothing. */
static bool is_refused_outside(const struct attack *attack, uid_t user)
{
    prepare_files(user);
    run(user, OUTSIDE, NULL, attack->act);
    int is = result_of_run();
    return is == EPERM || is == ENOSYS;
}

static void check_result(const struct attack *attack, uid_t user, enum stage stage,
                         const char *const *read_only)
{
    static const char *const stages[] = {"outside", "entered", "closed"};
    int expected = stage == OUTSIDE ? 0 : stage == ENTERED ? attack->entered : attack->closed;
    struct sandbox sandbox = {
        .memory = LIMIT, .read_only = read_only, .socket = -1, .without = attack->without};
    prepare_files(user);
    run(user, stage, &sandbox, attack->act);
    if (result_of_run() != expected)
        fail_msg("%s, by user %u, %s: %d (status %#x, trapped %s), not %d; %#x: %s", attack->name,
                 user, stages[stage], result_of_run(), outcome->status,
                 outcome->trapped < 0 ? "nothing" : call_name(outcome->trapped), expected,
                 outcome->held, outcome->why);
}

void check_attacks(const struct attack *attacks, size_t count)
{
    const char *read_only[] = {directory, NULL};
    for (size_t i = 0; i < users_count; i++) {
        unsigned bits = available(users[i]);
        for (const struct attack *attack = attacks; attack < attacks + count; attack++) {
            if ((attack->needs & bits) != attack->needs) {
                print_message("# not tried: %s: the kernel lacks %#x\n", attack->name,
                              attack->needs & ~bits);
                continue;
            }
            if (is_refused_outside(attack, users[i])) {
                print_message("# not tried: %s: this system refuses it\n", attack->name);
                continue;
            }
            for (enum stage stage = OUTSIDE; stage <= CLOSED; stage++)
                check_result(attack, users[i], stage, read_only);
        }
    }
}

static void make_file(char *path, size_t size, const char *where, const char *name)
{
    snprintf(path, size, "%s%s", where, name);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(descriptor >= 0);
    close(descriptor);
    chmod(path, 0666);
}

int trial_set_up(void **state)
{
    (void)state;
    umask(0);
    outcome =
        mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_non_null(mkdtemp(directory));
    chmod(directory, 0777);
    make_file(file, sizeof file, directory, "/file");
    make_file(other_file, sizeof other_file, directory, ".other");
    int arena = memfd_create("arena", MFD_ALLOW_SEALING);
    assert_int_equal(ftruncate(arena, 4096), 0);
    dup2(arena, PREPARED_FILES);
    users[users_count++] = geteuid();
    if (geteuid() == 0) {
        users[users_count++] = OTHER_USER;
        setgroups(1, &(gid_t){0}); /* that it must lose */
    }
    return 0;
}

int trial_tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s %s", directory, other_file);
    return system(command);
}
