/* SPDX-License-Identifier: MIT */
/* Enters and closes the sandbox. The order matters: limits of the user after its namespace, or they
 * would count the host's processes; capabilities after namespaces, which give new ones; filters
 * last, since they deny all of this. */
#include "worker/sandbox.h"

#include "worker/landlock.h"
#include "worker/root.h"
#include "worker/rules.h"

#include <asm/unistd.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Newer than the headers of older systems. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE              65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

enum {
    /* A user for each worker, so that none has files, or can reach another one. Nobody hands these
     * out: systemd.io/UIDS-GIDS. Numbers of processes are below 1 << 22. */
    FIRST_USER = 0x7f000000,
    NOBODY = 65534, /* for a container without those */
    MAX_THREADS = 256,
    MAX_DESCRIPTORS = 256,
    MAX_STACK = 8 << 20,
};

/* One entry into the sandbox. */
struct entry {
    const struct sandbox *sandbox;
    unsigned held;
    char *why;
    size_t size, length;
    bool signals_are_scoped, has_own_user;
};

static bool is_wanted(const struct entry *entry, unsigned bit)
{
    return !(entry->sandbox->without & bit);
}

static void add_why(struct entry *entry, const char *what, const char *why)
{
    size_t room = entry->size - entry->length;
    if (!entry->size)
        return;
    int length = snprintf(entry->why + entry->length, room, "%s%s: %s", entry->length ? "; " : "",
                          what, why);
    if (length > 0)
        entry->length += (size_t)length < room ? (size_t)length : room - 1;
}

/* Notes whether a mechanism holds; errno is why not. */
static void hold(struct entry *entry, unsigned bit, bool holds, const char *what)
{
    if (holds)
        entry->held |= bit;
    else
        add_why(entry, what, strerror(errno));
}

static struct entry entry_start(const struct sandbox *sandbox, unsigned held, char *why,
                                size_t size)
{
    if (size)
        *why = '\0';
    return (struct entry){.sandbox = sandbox, .held = held, .why = why, .size = size};
}

/* Lowers a limit for good; one that is lower stays. The functions of glibc and musl take different
 * types. */
static bool limit(int resource, rlim_t value)
{
    struct rlimit now;
    if (syscall(__NR_prlimit64, 0, resource, NULL, &now) != 0)
        return false;
    rlim_t most = now.rlim_max < value ? now.rlim_max : value;
    struct rlimit lower = {now.rlim_cur < most ? now.rlim_cur : most, most};
    return syscall(__NR_prlimit64, 0, resource, &lower, NULL) == 0;
}

/* Of all processes: in a namespace, getpid() gives each worker the same one. */
static uid_t process_number(void)
{
    char number[16] = "";
    return readlink("/proc/self", number, sizeof number - 1) > 0 ? (uid_t)atoi(number)
                                                                 : (uid_t)getpid();
}

/* Root becomes a user that owns nothing. It keeps its capabilities, which make namespaces where
 * users may not, and are dropped later. */
static bool leave_root(void)
{
    prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
    if (setgroups(0, NULL) != 0)
        return false;
    uid_t user = FIRST_USER + process_number();
    if (setresgid(user, user, user) == 0 && setresuid(user, user, user) == 0)
        return true;
    return setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

/* The namespaces that it does not have yet. */
static bool leave(const struct entry *entry, int namespaces)
{
    int missing = namespaces & ~entry->sandbox->namespaces;
    return !missing || unshare(missing) == 0;
}

/* A user namespace gives the capability that the others need. It comes after the change of the
 * user, whom it does not map. */
static void leave_namespaces(struct entry *entry)
{
    if (is_wanted(entry, PLUGIN_ISOLATION_NAMESPACES)) {
        bool is_left = leave(entry, CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWUTS);
        entry->has_own_user |= is_left;
        hold(entry, PLUGIN_ISOLATION_NAMESPACES, is_left, "namespaces");
    }
    if (is_wanted(entry, PLUGIN_ISOLATION_NETWORK))
        hold(entry, PLUGIN_ISOLATION_NETWORK, leave(entry, CLONE_NEWNET), "network namespace");
    if (is_wanted(entry, PLUGIN_ISOLATION_PROCESSES)) {
        errno = entry->sandbox->why_no_more;
        hold(entry, PLUGIN_ISOLATION_PROCESSES, entry->sandbox->namespaces & CLONE_NEWPID,
             "namespace of processes");
    }
}

/* The bounding set and the secure bits need a capability; without it they mean nothing, as nothing
 * is executed. The ambient set empties itself with the permitted one. */
static bool drop_capabilities(void)
{
    for (unsigned long capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0;)
        capability++;
    prctl(PR_SET_SECUREBITS,
          SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
              SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
              SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
          0, 0, 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    return syscall(__NR_capset, &header, none) == 0;
}

/* Or can become it again. */
static bool is_root(void)
{
    uid_t real, effective, saved;
    return getresuid(&real, &effective, &saved) != 0 || !real || !effective || !saved;
}

/* Needs the right to mount, which root has before it leaves its namespace of users. */
static void enter_root(struct entry *entry)
{
    const struct sandbox *sandbox = entry->sandbox;
    if (!(sandbox->namespaces & CLONE_NEWNS)) {
        errno = sandbox->why_no_more;
        hold(entry, PLUGIN_ISOLATION_ROOT, false, "root directory");
        return;
    }
    hold(entry, PLUGIN_ISOLATION_ROOT, root_enter(sandbox->read_only), "root directory");
}

static void enter_users(struct entry *entry)
{
    bool is_wanted_user = is_wanted(entry, PLUGIN_ISOLATION_CAPABILITIES);
    if (is_wanted_user && is_root()) {
        entry->has_own_user = leave_root();
        if (!entry->has_own_user)
            add_why(entry, "another user", strerror(errno));
    }
    bool stays_root = is_root(); /* a namespace hides it */
    if (is_wanted(entry, PLUGIN_ISOLATION_ROOT))
        enter_root(entry);
    leave_namespaces(entry);
    if (is_wanted_user)
        hold(entry, PLUGIN_ISOLATION_CAPABILITIES, drop_capabilities() && !stays_root,
             "capabilities");
}

/* No core, by whatever way; nobody without a capability reads its memory, or traces it. A change of
 * the user has cleared the signal. */
static void enter_process(const struct sandbox *sandbox)
{
    prctl(PR_SET_DUMPABLE, sandbox->is_debugged, 0, 0, 0);
    if (sandbox->is_debugged)
        prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0); /* where Yama would want a parent */
    if (!sandbox->death_signal)
        return;
    prctl(PR_SET_PDEATHSIG, sandbox->death_signal, 0, 0, 0);
    if (getppid() != sandbox->parent)
        kill(getpid(), sandbox->death_signal); /* it ended before */
}

static void enter_limits(struct entry *entry)
{
    size_t memory = entry->sandbox->memory;
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, MAX_DESCRIPTORS);
    limit(RLIMIT_STACK, MAX_STACK);
    if (entry->has_own_user) /* or it would count all threads of the host's user */
        limit(RLIMIT_NPROC, MAX_THREADS);
    if (memory && is_wanted(entry, PLUGIN_ISOLATION_MEMORY))
        hold(entry, PLUGIN_ISOLATION_MEMORY, limit(RLIMIT_DATA, memory), "memory");
}

static void enter_files(struct entry *entry)
{
    if (!is_wanted(entry, PLUGIN_ISOLATION_FILES))
        return;
    struct landlock landlock = landlock_enter(entry->sandbox->read_only);
    entry->signals_are_scoped = landlock.signals;
    hold(entry, PLUGIN_ISOLATION_FILES, landlock.files || entry->held & PLUGIN_ISOLATION_ROOT,
         "files");
}

static struct rules_for rules_for(const struct sandbox *sandbox, unsigned held)
{
    return (struct rules_for){
        .pid = (uint32_t)getpid(),
        .socket = sandbox->socket,
        .runs_go = sandbox->runs_go,
        .reads_files = (held & PLUGIN_ISOLATION_FILES) && sandbox->read_only && *sandbox->read_only,
    };
}

/* A thread whose filters differ makes it fail: its number is the result. */
static bool install(const struct filter *filter)
{
    struct sock_fprog program = {(unsigned short)filter->length,
                                 (struct sock_filter *)filter->code};
    long result =
        syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (result > 0)
        errno = ESRCH;
    return result == 0;
}

static void enter_calls(struct entry *entry)
{
    if (!is_wanted(entry, PLUGIN_ISOLATION_SYSTEM_CALLS))
        return;
    struct rules_for rules = rules_for(entry->sandbox, entry->held);
    rules.signals_are_scoped = entry->signals_are_scoped;
    struct filter filter;
    errno = E2BIG;
    hold(entry, PLUGIN_ISOLATION_SYSTEM_CALLS, rules_of_start(&filter, &rules) && install(&filter),
         "system calls");
}

unsigned sandbox_enter(const struct sandbox *sandbox, char *why, size_t size)
{
    struct entry entry = entry_start(sandbox, 0, why, size);
    hold(&entry, PLUGIN_ISOLATION_NO_NEW_PRIVILEGES, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0,
         "no new privileges");
    enter_users(&entry);
    enter_process(sandbox);
    enter_limits(&entry);
    enter_files(&entry);
    enter_calls(&entry);
    if (!(entry.held & PLUGIN_ISOLATION_SYSTEM_CALLS)) /* shared memory is without a limit */
        entry.held &= ~(unsigned)PLUGIN_ISOLATION_MEMORY;
    return entry.held;
}

unsigned sandbox_close(const struct sandbox *sandbox, unsigned held, char *why, size_t size)
{
    struct entry entry = entry_start(sandbox, held, why, size);
    if (!is_wanted(&entry, PLUGIN_ISOLATION_NO_NEW_CODE))
        return held;
    prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0,
          0); /* the same again, where there is such a thing */
    struct rules_for rules = rules_for(sandbox, held);
    struct filter filter;
    errno = E2BIG;
    hold(&entry, PLUGIN_ISOLATION_NO_NEW_CODE, rules_of_close(&filter, &rules) && install(&filter),
         "no new code");
    return entry.held;
}
