/* SPDX-License-Identifier: MIT */
/* Which namespaces a worker starts in; user_namespaces(7), capabilities(7). */
#include "isolated/namespaces.h"

#include "base/valgrind.h"

#include <plugin.h>

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has_landlock(void)
{
    /* Valgrind, which does not know the call, has no namespaces either. */
    return is_under_valgrind() || syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

int namespaces_wanted(unsigned require)
{
    int wanted = CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
    if (require & PLUGIN_ISOLATION_NETWORK)
        wanted |= CLONE_NEWNET;
    if (require & PLUGIN_ISOLATION_ROOT || !has_landlock())
        wanted |= CLONE_NEWNS;
    return wanted;
}

static bool write_file(const char *path, const char *content)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t written = file < 0 ? -1 : write(file, content, strlen(content));
    if (file >= 0)
        close(file);
    return written >= 0;
}

/* The same number inside as outside. */
static bool map(const char *path, unsigned number)
{
    char line[48];
    snprintf(line, sizeof line, "%u %u 1", number, number);
    return write_file(path, line);
}

/* Only who is mapped makes files. A program that a user executes has the capabilities that are
 * ambient. */
bool namespaces_let_mount(uid_t user, gid_t group)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
    uint32_t mount = 1U << CAP_SYS_ADMIN;
    sets[0] = (struct __user_cap_data_struct){mount, mount, mount};
    return write_file("/proc/self/setgroups", "deny") && map("/proc/self/uid_map", user) &&
           map("/proc/self/gid_map", group) && syscall(SYS_capset, &header, sets) == 0 &&
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0) == 0;
}
