/* Which files a worker reads, and that it changes none. */
#include "tests/worker/sandbox/trial.h"

#include <asm/unistd.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int library = -1; /* a sealed memfd */

/* ---- acts ---- */

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
    return result(unlinkat(AT_FDCWD, path, 0));
}

static int list_directory(void)
{
    return open_close(directory, O_RDONLY | O_DIRECTORY);
}

static int stat_file(void)
{
    return result(syscall(__NR_faccessat, AT_FDCWD, file, R_OK));
}

static int current_directory(void)
{
    char path[4096];
    return getcwd(path, sizeof path) ? 0 : errno;
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

static int seal_file(void)
{
    return result(fcntl(PREPARED_FILES, F_ADD_SEALS, F_SEAL_GROW));
}

static int change_flags(void)
{
    return result(fcntl(PREPARED_FILES, F_SETFL, O_NONBLOCK));
}

/* ---- attacks ---- */

static const struct attack attacks[] = {
    {"read /etc/passwd", read_password, SAME(EACCES), FILES, 0},
    {"read what read_only does not name", read_other_file, SAME(EACCES), FILES, 0},
    {"write a file", write_file, SAME(EACCES), CALLS, 0},
    {"write a file, without filter", write_file, SAME(EACCES), FILES, CALLS},
    {"truncate a file", truncate_file, SAME(TRAP(truncate)), CALLS, 0},
    {"create a file", create_file, SAME(EACCES), CALLS, 0},
    {"create a file, without filter", create_file, SAME(EACCES), FILES, CALLS},
    {"remove a file", remove_file, SAME(TRAP(unlinkat)), CALLS, 0},
    {"write its own memory's file", read_memory_file, SAME(EACCES), CALLS, 0},
    {"ask for the directory", current_directory, SAME(EACCES), CALLS, 0},
    {"open a library", open_library, 0, EACCES, CODE, 0},
    {"seal a file of the host", seal_file, SAME(EACCES), CALLS, 0},
    {"change flags that the host shares", change_flags, SAME(EACCES), CALLS, 0},
};

/* What a plugin may do. */
static const struct attack uses[] = {
    {"read a file of read_only", read_file, SAME(0), FILES, 0},
    {"list a directory of read_only", list_directory, SAME(0), FILES, 0},
    {"learn a file's status", stat_file, SAME(0), FILES, 0},
    {"open a library of the system", open_system_library, 0, EACCES, CODE, 0},
};

static void files_are_read_as_read_only_says(void **state)
{
    (void)state;
    check_attacks(attacks, COUNT(attacks));
}

static void what_a_plugin_reads_can_be_read(void **state)
{
    (void)state;
    check_attacks(uses, COUNT(uses));
}

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
    load_library();
    return trial_set_up(state);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_as_read_only_says),
        cmocka_unit_test(what_a_plugin_reads_can_be_read),
        cmocka_unit_test(without_read_only_nothing_is_opened_after_closing),
        cmocka_unit_test(read_only_without_landlock_opens_nothing),
        cmocka_unit_test(read_only_names_single_files),
        cmocka_unit_test(landlock_alone_denies_truncating),
    };
    return cmocka_run_group_tests(tests, set_up, trial_tear_down);
}
