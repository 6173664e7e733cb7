/* How much memory a worker gets, and that none of it becomes executable. */
#include "tests/worker/sandbox/trial.h"

#include <asm/unistd.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <unistd.h>

/* ---- acts ---- */

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

/* ---- attacks ---- */

static const struct attack attacks[] = {
    {"make a file of memory", make_memory_file, SAME(TRAP(memfd_create)), CALLS, 0},
    {"make a shared segment", make_shared_segment, SAME(TRAP(shmget)), CALLS, 0},
    {"change the personality", change_personality, SAME(TRAP(personality)), CALLS, 0},
    {"map executable memory", map_executable, 0, EACCES, CODE, 0},
    {"make memory executable", make_executable, 0, EACCES, CODE, 0},
    {"make it so by pkey_mprotect", make_executable_by_key, SAME(TRAP(pkey_mprotect)), CALLS, 0},
    {"take much memory", take_much_memory, SAME(ENOMEM), MEMORY, 0},
    {"take it in parts", take_much_memory_in_parts, SAME(ENOMEM), MEMORY, 0},
    {"take shared memory", take_shared_memory, SAME(EPERM), MEMORY, 0},
    {"take a stack", take_stack, SAME(EPERM), MEMORY, 0},
    {"punch a hole into shared memory", punch_hole, SAME(EINVAL), CALLS, 0},
};

/* What a plugin may do. */
static const struct attack uses[] = {
    {"take little memory", take_little_memory, SAME(0), 0, 0},
};

static void memory_is_limited_and_not_code(void **state)
{
    (void)state;
    check_attacks(attacks, COUNT(attacks));
}

static void a_plugin_has_memory(void **state)
{
    (void)state;
    check_attacks(uses, COUNT(uses));
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

static void closing_reaches_all_threads(void **state)
{
    (void)state;
    if (!has_seccomp())
        skip();
    run(users[0], OUTSIDE, NULL, close_with_thread);
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_limited_and_not_code),
        cmocka_unit_test(a_plugin_has_memory),
        cmocka_unit_test(closing_asks_the_kernel_for_no_new_code),
        cmocka_unit_test(closing_reaches_all_threads),
        cmocka_unit_test(other_limits_are_low),
    };
    return cmocka_run_group_tests(tests, trial_set_up, trial_tear_down);
}
