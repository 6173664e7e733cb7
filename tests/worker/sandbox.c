/* The sandbox against what a plugin may try in it. Each attack first succeeds without a sandbox. As
 * root, all is tried twice: the host is root, and it is another user. */
#include "worker/sandbox.h"

#include "tests/common/check.h"
#include "worker/call_name.h"
#include "worker/filter.h"

#include <asm/unistd.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    OTHER_USER = 65534,
    LIMIT = 32 * MIB,
    ALL = 0xff,
    PREPARED_FILES = 5,
};

enum stage { OUTSIDE, ENTERED, CLOSED };

/* What happened in the worker, in memory that it shares with the test. */
static struct outcome {
    int error;     /* of the act; 0: it succeeded */
    int trapped;   /* the number of a system call */
    int status;    /* of waitpid */
    unsigned held; /* bits of worker/report.h */
    char why[512], why_not_closed[64];
} * outcome;

static char directory[] = "/tmp/plugin-sandbox.XXXXXX", file[64], other_file[64];
static int library = -1; /* a sealed memfd */
static pid_t host;       /* of the worker; of the same user at its start */
static uid_t users[2];
static size_t users_count;

/* ---- acts: each returns 0, or errno ---- */

static int result(long returned)
{
    return returned < 0 ? errno : 0;
}

static int open_close(const char *path, int flags)
{
    int descriptor = open(path, flags, 0600);
    if (descriptor < 0)
        return errno;
    close(descriptor);
    return 0;
}

static int read_password(void)
{
    return open_close("/etc/passwd", O_RDONLY);
}

static int read_file(void)
{
    return open_close(file, O_RDONLY);
}

static int read_other_file(void)
{
    return open_close(other_file, O_RDONLY);
}

static int write_file(void)
{
    return open_close(file, O_WRONLY);
}

static int truncate_file(void)
{
    return result(truncate(file, 0));
}

static int create_file(void)
{
    char path[96];
    snprintf(path, sizeof path, "%s/new-%d-%d", directory, getuid(), getpid());
    int error = open_close(path, O_WRONLY | O_CREAT);
    if (!error)
        unlink(path);
    return error;
}

static int read_memory_file(void)
{
    return open_close("/proc/self/mem", O_RDWR);
}

static int remove_file(void)
{
    char path[96];
    snprintf(path, sizeof path, "%s/old-%d", directory, getuid());
    return result(unlink(path));
}

static int list_directory(void)
{
    return open_close(directory, O_RDONLY | O_DIRECTORY);
}

static int stat_file(void)
{
    struct stat status;
    return result(syscall(__NR_stat, file, &status));
}

static int current_directory(void)
{
    char path[4096];
    return getcwd(path, sizeof path) ? 0 : errno;
}

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

static int make_memory_file(void)
{
    return result(memfd_create("memory", 0));
}

static int make_shared_segment(void)
{
    int segment = shmget(IPC_PRIVATE, 4096, 0600);
    int error = result(segment);
    shmctl(segment, IPC_RMID, NULL);
    return error;
}

static int change_personality(void)
{
    return result(personality(READ_IMPLIES_EXEC));
}

static int map_executable(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? errno : 0;
}

static int make_executable(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return result(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

static int make_executable_by_key(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return result(syscall(__NR_pkey_mprotect, memory, 4096, PROT_READ | PROT_EXEC, -1));
}

static int map(size_t size, int flags)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? errno : 0;
}

static int take_little_memory(void)
{
    void *memory = malloc(LIMIT / 4);
    if (memory)
        memset(memory, 1, LIMIT / 4);
    return memory ? 0 : errno;
}

/* Takes it, though nobody uses it. */
static void *take(size_t size)
{
    void *volatile memory = malloc(size);
    return memory;
}

static int take_much_memory(void)
{
    return take(2 * LIMIT) ? 0 : errno;
}

static int take_much_memory_in_parts(void)
{
    for (size_t taken = 0; taken < 2 * LIMIT; taken += 4096) {
        char *memory = take(4096);
        if (!memory)
            return errno;
        *memory = 1;
    }
    return 0;
}

static int take_shared_memory(void)
{
    return map(2 * LIMIT, MAP_SHARED);
}

static int take_stack(void)
{
    return map(2 * LIMIT, MAP_PRIVATE | MAP_GROWSDOWN);
}

static int punch_hole(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, PREPARED_FILES, 0);
    return result(madvise(memory, 4096, MADV_REMOVE));
}

static int seal_file(void)
{
    return result(fcntl(PREPARED_FILES, F_ADD_SEALS, F_SEAL_GROW));
}

static int change_flags(void)
{
    return result(fcntl(PREPARED_FILES, F_SETFL, O_NONBLOCK));
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

static void *rest(void *argument)
{
    for (;;)
        pause(); /* glibc interrupts it, to change the user of all threads */
    return argument;
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

static int open_library(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", library);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int (*tiny)(void) = handle ? (int (*)(void))dlsym(handle, "tiny") : NULL;
    return !tiny ? EACCES : tiny() == 42 ? 0 : EINVAL;
}

static int open_system_library(void)
{
    return dlopen("libanl.so.1", RTLD_NOW) || dlopen("libgcc_s.so.1", RTLD_NOW) ? 0 : EACCES;
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

/* ---- the worker ---- */

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

static void enter(enum stage stage, const struct sandbox *sandbox)
{
    catch_traps();
    if (stage >= ENTERED)
        outcome->held = sandbox_enter(sandbox, outcome->why, sizeof outcome->why);
    if (stage == CLOSED)
        outcome->held = sandbox_close(sandbox, outcome->held, outcome->why_not_closed,
                                      sizeof outcome->why_not_closed);
}

static void be_worker(enum stage stage, const struct sandbox *sandbox, int (*act)(void))
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
static void run(uid_t user, enum stage stage, const struct sandbox *sandbox, int (*act)(void))
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

/* ---- what this kernel has ---- */

static int try_namespace(void)
{
    return result(unshare(CLONE_NEWUSER | CLONE_NEWNET));
}

static long landlock_abi(void)
{
    return syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static bool has_namespaces(uid_t user)
{
    run(user, OUTSIDE, NULL, try_namespace);
    return outcome->error == 0;
}

static bool has_seccomp(void)
{
    uint32_t action = SECCOMP_RET_TRAP;
    return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* Of a user; found without the library's help. */
static unsigned available(uid_t user)
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

/* ---- attacks ---- */

/* What comes of an act: 0, an errno, or a trap of a system call. */
#define TRAP(call) (-1 - __NR_##call)

struct attack {
    const char *name;
    int (*act)(void);
    int entered, closed; /* results */
    unsigned needs;      /* bits, without which it is not tried */
    unsigned without;    /* what the sandbox is entered without */
};

enum {
    CALLS = PLUGIN_ISOLATION_SYSTEM_CALLS,
    FILES = PLUGIN_ISOLATION_FILES,
    MEMORY = PLUGIN_ISOLATION_MEMORY,
    CODE = PLUGIN_ISOLATION_NO_NEW_CODE,
};

#define SAME(result) (result), (result)

static const struct attack attacks[] = {
    {"read /etc/passwd", read_password, SAME(EACCES), FILES, 0},
    {"read what read_only does not name", read_other_file, SAME(EACCES), FILES, 0},
    {"write a file", write_file, SAME(EACCES), CALLS, 0},
    {"write a file, without filter", write_file, SAME(EACCES), FILES, CALLS},
    {"truncate a file", truncate_file, SAME(TRAP(truncate)), CALLS, 0},
    {"create a file", create_file, SAME(EACCES), CALLS, 0},
    {"create a file, without filter", create_file, SAME(EACCES), FILES, CALLS},
    {"remove a file", remove_file, SAME(TRAP(unlink)), CALLS, 0},
    {"write its own memory's file", read_memory_file, SAME(EACCES), CALLS, 0},
    {"ask for the directory", current_directory, SAME(EACCES), CALLS, 0},
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
    {"make a file of memory", make_memory_file, SAME(TRAP(memfd_create)), CALLS, 0},
    {"make a shared segment", make_shared_segment, SAME(TRAP(shmget)), CALLS, 0},
    {"change the personality", change_personality, SAME(TRAP(personality)), CALLS, 0},
    {"map executable memory", map_executable, 0, EACCES, CODE, 0},
    {"make memory executable", make_executable, 0, EACCES, CODE, 0},
    {"make it so by pkey_mprotect", make_executable_by_key, SAME(TRAP(pkey_mprotect)), CALLS, 0},
    {"open a library", open_library, 0, EACCES, CODE, 0},
    {"take much memory", take_much_memory, SAME(ENOMEM), MEMORY, 0},
    {"take it in parts", take_much_memory_in_parts, SAME(ENOMEM), MEMORY, 0},
    {"take shared memory", take_shared_memory, SAME(EPERM), MEMORY, 0},
    {"take a stack", take_stack, SAME(EPERM), MEMORY, 0},
    {"punch a hole into shared memory", punch_hole, SAME(EINVAL), CALLS, 0},
    {"seal a file of the host", seal_file, SAME(EACCES), CALLS, 0},
    {"change flags that the host shares", change_flags, SAME(EACCES), CALLS, 0},
};

/* What a plugin may do. */
static const struct attack uses[] = {
    {"read a file of read_only", read_file, SAME(0), FILES, 0},
    {"list a directory of read_only", list_directory, SAME(0), FILES, 0},
    {"learn a file's status", stat_file, SAME(0), FILES, 0},
    {"open a library of the system", open_system_library, 0, EACCES, CODE, 0},
    {"take little memory", take_little_memory, SAME(0), 0, 0},
    {"make a thread", make_thread, SAME(0), 0, 0},
    {"clocks, random bytes, its own signals", use_the_rest, SAME(0), 0, 0},
};

static int result_of_run(void)
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

static void check_results(const struct attack *table, size_t count)
{
    const char *read_only[] = {directory, NULL};
    for (size_t i = 0; i < users_count; i++) {
        unsigned bits = available(users[i]);
        for (const struct attack *attack = table; attack < table + count; attack++) {
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

static void attacks_fail_in_the_sandbox_only(void **state)
{
    (void)state;
    check_results(attacks, COUNT(attacks));
}

static void what_a_plugin_needs_works(void **state)
{
    (void)state;
    check_results(uses, COUNT(uses));
}

/* ---- what holds, and what does not ---- */

static int nothing(void)
{
    return 0;
}

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

/* A kernel without a call, or one that refuses it: a filter of the host answers in its place. */
static void refuse_call(uint32_t number)
{
    static struct filter_rules rules;
    static struct filter filter;
    struct filter_rule rule = {number, SECCOMP_RET_ERRNO | ENOSYS, {{0}}};
    filter_rules_add(&rules, &rule, 1);
    if (!filter_build(&filter, AUDIT_ARCH_X86_64, &rules, SECCOMP_RET_ALLOW))
        _exit(2);
    struct sock_fprog program = {(unsigned short)filter.length, filter.code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
        _exit(2);
}

static uint32_t refused;
static const struct sandbox refused_sandbox = {.memory = LIMIT, .socket = -1};

static int enter_without_call(void)
{
    refuse_call(refused);
    enter(CLOSED, &refused_sandbox);
    return 0;
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

/* ---- what others see of it ---- */

static int show_and_wait(void)
{
    outcome->error = 0;
    pause();
    return 0;
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

static pid_t start_resting(const struct sandbox *sandbox)
{
    *outcome = (struct outcome){.error = -1};
    pid_t worker = fork();
    if (worker == 0)
        be_worker(CLOSED, sandbox, show_and_wait);
    while (__atomic_load_n(&outcome->error, __ATOMIC_ACQUIRE) < 0)
        sched_yield();
    return worker;
}

static void end(pid_t worker)
{
    kill(worker, SIGKILL);
    waitpid(worker, NULL, 0);
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
    end(worker);
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
    end(worker);
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

/* ---- threads ---- */

static int thread_maps_executable;

static void *map_when_told(void *told)
{
    while (!__atomic_load_n((int *)told, __ATOMIC_ACQUIRE))
        sched_yield();
    thread_maps_executable = map_executable();
    return NULL;
}

static int close_with_thread(void)
{
    struct sandbox sandbox = {.memory = LIMIT, .socket = -1};
    enter(ENTERED, &sandbox);
    int told = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, map_when_told, &told))
        return EAGAIN;
    outcome->held = sandbox_close(&sandbox, outcome->held, outcome->why, sizeof outcome->why);
    __atomic_store_n(&told, 1, __ATOMIC_RELEASE);
    pthread_join(thread, NULL);
    return thread_maps_executable;
}

static int denies_executable_memory(void)
{
    return prctl(66 /* PR_GET_MDWE */, 0, 0, 0, 0);
}

/* A second guard of the same. */
static void closing_asks_the_kernel_for_no_new_code(void **state)
{
    (void)state;
    if (prctl(66, 0, 0, 0, 0) < 0)
        skip();
    struct sandbox sandbox = {.socket = -1, .without = CALLS};
    run(users[0], ENTERED, &sandbox, denies_executable_memory);
    assert_int_equal(result_of_run(), 0);
    run(users[0], CLOSED, &sandbox, denies_executable_memory);
    assert_int_equal(result_of_run(), 1);
}

static void closing_reaches_all_threads(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    run(users[0], OUTSIDE, NULL, close_with_thread);
    assert_int_equal(result_of_run(), EACCES);
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

/* ---- the rest ---- */

static void without_read_only_nothing_is_opened_after_closing(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    struct sandbox sandbox = {.socket = -1, .without = FILES};
    run(users[0], ENTERED, &sandbox, read_password);
    assert_int_equal(result_of_run(), 0); /* libraries must be opened */
    run(users[0], CLOSED, &sandbox, read_password);
    assert_int_equal(result_of_run(), EACCES);
    run(users[0], CLOSED, &sandbox, stat_file);
    assert_int_equal(result_of_run(), EACCES);
}

/* Without Landlock, read_only cannot be kept: nothing is opened. */
static void read_only_without_landlock_opens_nothing(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    const char *read_only[] = {directory, NULL};
    struct sandbox sandbox = {.socket = -1, .read_only = read_only, .without = FILES};
    run(users[0], CLOSED, &sandbox, read_file);
    assert_int_equal(result_of_run(), EACCES);
}

static void read_only_names_single_files(void **state)
{
    (void)state;
    if (landlock_abi() < 1)
        skip();
    const char *read_only[] = {"/nonexistent", file, NULL};
    struct sandbox sandbox = {.socket = -1, .read_only = read_only};
    run(users[0], CLOSED, &sandbox, read_file);
    assert_int_equal(result_of_run(), 0);
    run(users[0], CLOSED, &sandbox, list_directory);
    assert_int_equal(result_of_run(), EACCES);
}

static void landlock_alone_denies_truncating(void **state)
{
    (void)state;
    if (landlock_abi() < 3)
        skip();
    struct sandbox sandbox = {.socket = -1, .without = CALLS};
    run(users[0], OUTSIDE, NULL, truncate_file);
    assert_int_equal(result_of_run(), 0);
    run(users[0], ENTERED, &sandbox, truncate_file);
    assert_int_equal(result_of_run(), EACCES);
}

/* Of descriptors, and of the first thread's stack. */
static int has_limits(void)
{
    struct rlimit files, stack, core;
    getrlimit(RLIMIT_NOFILE, &files);
    getrlimit(RLIMIT_STACK, &stack);
    getrlimit(RLIMIT_CORE, &core);
    return files.rlim_max <= 256 && stack.rlim_max <= 8 * MIB && core.rlim_max == 0 ? 0 : ERANGE;
}

static void other_limits_are_low(void **state)
{
    (void)state;
    struct sandbox sandbox = {.socket = -1};
    run(users[0], ENTERED, &sandbox, has_limits);
    assert_int_equal(result_of_run(), 0);
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

static void make_file(char *path, size_t size, const char *where, const char *name)
{
    snprintf(path, size, "%s%s", where, name);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(descriptor >= 0);
    close(descriptor);
    chmod(path, 0666);
}

static void load_library(void)
{
    static char bytes[MIB];
    int from = open(getenv("TINY"), O_RDONLY | O_CLOEXEC);
    ssize_t size = read(from, bytes, sizeof bytes);
    library = memfd_create("library", MFD_ALLOW_SEALING);
    assert_true(size > 0 && library >= 0 && write(library, bytes, (size_t)size) == size);
    assert_int_equal(
        fcntl(library, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL), 0);
    close(from);
}

static int set_up(void **state)
{
    (void)state;
    umask(0);
    outcome =
        mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_non_null(mkdtemp(directory));
    chmod(directory, 0777);
    make_file(file, sizeof file, directory, "/file");
    make_file(other_file, sizeof other_file, directory, ".other");
    load_library();
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

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s %s", directory, other_file);
    return system(command);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(attacks_fail_in_the_sandbox_only),
        cmocka_unit_test(what_a_plugin_needs_works),
        cmocka_unit_test(all_that_the_kernel_has_holds),
        cmocka_unit_test(what_the_kernel_refuses_is_not_reported),
        cmocka_unit_test(root_that_stays_is_reported),
        cmocka_unit_test(root_that_can_come_back_is_reported),
        cmocka_unit_test(the_kernel_says_the_same),
        cmocka_unit_test(nobody_traces_it),
        cmocka_unit_test(nobody_gets_a_core),
        cmocka_unit_test(it_ends_with_its_parent),
        cmocka_unit_test(a_parent_that_ended_before_ends_it),
        cmocka_unit_test(closing_asks_the_kernel_for_no_new_code),
        cmocka_unit_test(closing_reaches_all_threads),
        cmocka_unit_test(a_thread_that_the_filter_does_not_reach_is_reported),
        cmocka_unit_test(threads_have_a_limit),
        cmocka_unit_test(without_read_only_nothing_is_opened_after_closing),
        cmocka_unit_test(read_only_without_landlock_opens_nothing),
        cmocka_unit_test(a_reason_is_cut_to_its_room),
        cmocka_unit_test(read_only_names_single_files),
        cmocka_unit_test(landlock_alone_denies_truncating),
        cmocka_unit_test(other_limits_are_low),
        cmocka_unit_test(signals_by_thread_reach_no_other_process),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
