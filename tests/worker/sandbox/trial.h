/* What the tests of the sandbox share: a plugin's attempt in a process of its own, as root and as
 * another user; before the sandbox, in it, and when it is closed. */
#ifndef TESTS_WORKER_SANDBOX_TRIAL_H
#define TESTS_WORKER_SANDBOX_TRIAL_H

#include "worker/sandbox.h"

#include "tests/common/check.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    OTHER_USER = 65534,
    LIMIT = 32 * MIB,
    PREPARED_FILES = 5, /* the descriptor of a file that a host would share */
};

enum stage { OUTSIDE, ENTERED, CLOSED };

/* What happened in the worker, in memory that it shares with the test. */
extern struct outcome {
    int error;     /* of the act; 0: it succeeded */
    int trapped;   /* the number of a system call */
    int status;    /* of waitpid */
    unsigned held; /* enum plugin_isolation_part */
    char why[512], why_not_closed[64];
} * outcome;

extern char directory[], file[64], other_file[64];
extern pid_t host; /* of the worker; of the same user at its start */
extern uid_t users[2];
extern size_t users_count;

/* For acts, which return 0, or errno. */
int result(long returned);
int open_close(const char *path, int flags);
int nothing(void);
void *rest(void *argument); /* of a thread */

/* Enters the sandbox, and closes it, as far as the stage says. */
void enter(enum stage stage, const struct sandbox *sandbox);

/* Does so, acts, and ends. */
_Noreturn void be_worker(enum stage stage, const struct sandbox *sandbox, int (*act)(void));

/* Lets a worker act whose host is of this user; the outcome says what came of it. */
void run(uid_t user, enum stage stage, const struct sandbox *sandbox, int (*act)(void));

/* Starts a worker of this process that closes the sandbox and rests; ends it. */
pid_t start_resting(const struct sandbox *sandbox);
void end_resting(pid_t worker);

/* Of the last run. 0, errno, or TRAP(call); less: it was killed. */
int result_of_run(void);
#define TRAP(call) (-1 - __NR_##call)

/* What this kernel has, found without the library's help. */
long landlock_abi(void);
bool has_namespaces(uid_t user);
bool has_seccomp(void);
unsigned available(uid_t user); /* enum plugin_isolation_part */

/* From now on, the kernel does not have this system call. */
void refuse_call(uint32_t number);

/* An act: enters and closes a sandbox without the call `refused`. */
extern uint32_t refused;
extern const struct sandbox refused_sandbox;
int enter_without_call(void);

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

/* Tries each by each user, in all stages. Outside of the sandbox each succeeds. */
void check_attacks(const struct attack *attacks, size_t count);

/* Of each group of tests. */
int trial_set_up(void **state);
int trial_tear_down(void **state);

#endif
