/* SPDX-License-Identifier: MIT */
/* Restricts which files the process opens, by Landlock;
 * docs.kernel.org/userspace-api/landlock.html. No right to execute is given: mapping code needs
 * only that to read. */
#include "worker/landlock.h"

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/* The kernel's structure, which older headers know a shorter one of. Longer than that of the
 * kernel, it is accepted if the rest is zero. */
struct ruleset {
    uint64_t files, network, scoped;
};

enum {
    FILES_1 = (1 << 13) - 1,   /* the rights of the first ABI */
    FILES_REFER = 1 << 13,     /* since ABI 2 */
    FILES_TRUNCATE = 1 << 14,  /* 3 */
    FILES_IOCTL_DEV = 1 << 15, /* 5 */
    NETWORK_TCP = 3,           /* 4: to bind and to connect */
    SCOPED_ABSTRACT_UNIX = 1,  /* 6 */
    SCOPED_SIGNALS = 2,        /* 6 */
};

/* The system's libraries, glibc's cache and musl's path. */
const char *const system_libraries[] = {
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/ld-musl-x86_64.path",
    "/etc/ld-musl-aarch64.path",
    NULL,
};

static struct ruleset ruleset_of(long abi)
{
    struct ruleset ruleset = {.files = FILES_1};
    if (abi >= 2)
        ruleset.files |= FILES_REFER;
    if (abi >= 3)
        ruleset.files |= FILES_TRUNCATE;
    if (abi >= 4)
        ruleset.network = NETWORK_TCP;
    if (abi >= 5)
        ruleset.files |= FILES_IOCTL_DEV;
    if (abi >= 6)
        ruleset.scoped = SCOPED_ABSTRACT_UNIX | SCOPED_SIGNALS;
    return ruleset;
}

static void allow_path(int ruleset, const char *path)
{
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0)
        return;
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = file,
    };
    long failed = syscall(__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    if (failed && errno == EINVAL) { /* what is not a directory has no rights of directories */
        rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
        syscall(__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    close(file);
}

static void allow_paths(int ruleset, const char *const *paths)
{
    for (; paths && *paths; paths++)
        allow_path(ruleset, *paths);
}

struct landlock landlock_enter(const char *const *read_only)
{
    struct landlock nothing = {false, false};
    long abi = syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return nothing;
    struct ruleset attributes = ruleset_of(abi);
    int ruleset = (int)syscall(__NR_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0)
        return nothing;
    allow_paths(ruleset, system_libraries);
    allow_paths(ruleset, read_only);
    bool failed = syscall(__NR_landlock_restrict_self, ruleset, 0) != 0;
    int why = errno;
    close(ruleset);
    errno = why;
    return failed ? nothing : (struct landlock){true, attributes.scoped != 0};
}
