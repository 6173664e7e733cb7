/* stamps FILE STAMPED DIRECTORY: makes each allocation of `plugin stamp` fail, once alone, and once
 * with all that follow. Each case stamps a copy of FILE in the directory. It must end in STAMPED,
 * or in a message and the unchanged FILE, and leave no other file.
 *
 * This is the command itself, linked with -Wl,--wrap for main and for each allocating function:
 * only allocations of its own code fail, not those of libdw, libelf and libbpf, which do not
 * survive it. Prints a summary, then the complaints. */
#include "files.h"
#include "tests/common/starve_calls.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- allocation ---- */

static long calls, first_failing = 1, last_failing;

static bool starve_fails(const void *place)
{
    (void)place;
    calls++;
    if (calls < first_failing || calls > last_failing)
        return false;
    errno = ENOMEM;
    return true;
}

/* ---- the cases ---- */

int __real_main(int argc, char **argv);
int __wrap_main(int argc, char **argv);

static struct bytes plain, stamped;
static const char *directory;
static char path[PATH_MAX];
static long *allocations; /* of a case; shared with its process */
static long cases, failed, wrong;

static void fail(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

static void stamp(int output, long first, long last)
{
    char *arguments[] = {"plugin", "stamp", path, NULL};
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        _exit(3);
    alarm(600); /* ends a case that hangs */
    calls = 0;
    first_failing = first;
    last_failing = last;
    int status = __real_main(3, arguments);
    *allocations = calls;
    last_failing = 0;
    exit(status);
}

static void complain(const char *name, void *context)
{
    const char *where = context;
    printf("%s: a file is left: %s\n", where, name);
    wrong++;
}

static const char *judge(int status, const char *said)
{
    if (!WIFEXITED(status))
        return "it crashed, or hung";
    if (WEXITSTATUS(status) == 0)
        return file_holds(path, stamped) ? NULL : "it succeeded, and the file is not as stamped";
    if (WEXITSTATUS(status) != 1)
        return "the exit status is neither 0 nor 1";
    if (strncmp(said, "plugin: ", 8) != 0 || strlen(said) < 12)
        return "it failed without a message";
    failed++;
    return file_holds(path, plain) ? NULL : "it failed, and the file has changed";
}

static void run_case(long first, long last)
{
    int status, output = memfd_create("output", MFD_CLOEXEC);
    char said[1024] = "", where[64];
    file_store(path, plain);
    fflush(stdout);
    pid_t child = fork();
    if (output < 0 || child < 0)
        fail("fork");
    if (!child)
        stamp(output, first, last);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
    ssize_t size = pread(output, said, sizeof said - 1, 0);
    close(output);
    said[size > 0 ? size : 0] = '\0';
    snprintf(where, sizeof where, "allocation %ld%s", first, last > first ? " and all after" : "");
    const char *what = judge(status, said);
    cases++;
    wrong += what != NULL;
    if (what)
        printf("%s: %s: status %#x: %s\n", where, what, (unsigned)status, said);
    if (getenv("FAULTS_SHOW"))
        printf("%s: status %#x: %s\n", where, (unsigned)status, said);
    file_list_others(directory, "stamped.so", complain, where);
}

int __wrap_main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    plain = file_load(argv[1]);
    stamped = file_load(argv[2]);
    directory = argv[3];
    snprintf(path, sizeof path, "%s/stamped.so", directory);
    allocations =
        mmap(NULL, sizeof *allocations, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (allocations == MAP_FAILED)
        fail("mmap");
    run_case(1, 0);
    long count = *allocations;
    cases = 0;
    if (failed || !file_holds(path, stamped))
        complain("without a failure: not stamped", "");
    for (long number = 1; number <= count; number++) {
        run_case(number, number);
        run_case(number, LONG_MAX);
    }
    printf("%ld allocations, %ld cases: %ld fail\n", count, cases, failed);
    return wrong || !failed;
}
