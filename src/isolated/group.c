/* SPDX-License-Identifier: MIT */
/* Makes and removes control groups; docs.kernel.org/admin-guide/cgroup-v2.html. */
#include "isolated/group.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define PREFIX "plugin-"

static bool set_unable(struct error *error, const char *what, const char *path)
{
    return error_set(error, PLUGIN_UNSUPPORTED,
                     "options.isolation.require: this system does not have all of it: control "
                     "group: %s %s: %s",
                     what, path, strerror(errno));
}

/* Reads a file of one of the kernel's directories; false if it cannot, or it is too long. */
static bool read_file(const char *directory, const char *name, char *content, size_t size)
{
    TEXT_AUTO path = {0};
    text_add(&path, "%s/%s", directory, name);
    int file = open(text_chars(&path), O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, content, size - 1);
    if (file >= 0)
        close(file);
    content[length > 0 ? length : 0] = '\0';
    return length >= 0 && (size_t)length < size - 1;
}

/* Does the group at `path` give its inner groups limits of memory? */
static bool limits_memory(const char *path)
{
    char controllers[256];
    char *rest = controllers;
    if (!read_file(path, "cgroup.subtree_control", controllers, sizeof controllers))
        return false;
    for (const char *name; (name = strsep(&rest, " \n"));)
        if (!strcmp(name, "memory"))
            return true;
    return false;
}

/* Where systemd mounts them. */
static const char *find_mount(void)
{
    static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
        struct statfs status;
        if (statfs(mounts[i], &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC)
            return mounts[i];
    }
    return NULL;
}

/* The group of this process: the line "0::/PATH". */
static bool add_own(struct text *path)
{
    char groups[8192];
    char *rest = groups;
    if (!read_file("/proc/self", "cgroup", groups, sizeof groups))
        return false;
    for (const char *line; (line = strsep(&rest, "\n"));)
        if (!strncmp(line, "0::/", 4) && strncmp(line, "0::/..", 6) != 0) {
            text_add(path, "%s", line[4] ? line + 3 : "");
            return !path->failed;
        }
    return false;
}

/* Finds the group in which those of workers are made. One that has processes gives its inner groups
 * no limits, unless it is the root of all: so it is the one around that of this process. */
static bool find_parent(struct text *path, struct error *error)
{
    const char *mount = find_mount();
    errno = ENOENT;
    if (!mount)
        return set_unable(error, "no cgroup2 is mounted at", "/sys/fs/cgroup");
    text_add(path, "%s", mount);
    if (!add_own(path))
        return set_unable(error, "cannot find that of this process in", "/proc/self/cgroup");
    if (limits_memory(text_chars(path)))
        return true;
    char *last = strrchr(path->chars, '/');
    if ((size_t)(last - path->chars) >= strlen(mount)) {
        path->length = (size_t)(last - path->chars);
        *last = '\0';
        if (limits_memory(path->chars))
            return true;
    }
    errno = EOPNOTSUPP;
    return set_unable(error, "no memory in cgroup.subtree_control of", text_chars(path));
}

static bool write_file(int directory, const char *name, const char *value)
{
    int file = openat(directory, name, O_WRONLY | O_CLOEXEC);
    bool done = file >= 0 && write(file, value, strlen(value)) == (ssize_t)strlen(value);
    int why = errno;
    if (file >= 0)
        close(file);
    errno = why;
    return done;
}

/* No limit of memory without one of swap, where there is swap; that of threads only where the group
 * has it. */
static bool set_limits(const struct group *group, size_t memory)
{
    char bytes[32], threads[16];
    snprintf(bytes, sizeof bytes, "%zu", memory + GROUP_ROOM);
    snprintf(threads, sizeof threads, "%d", GROUP_THREADS);
    write_file(group->directory, "pids.max", threads);
    return write_file(group->directory, "memory.max", bytes) &&
           (write_file(group->directory, "memory.swap.max", "0") || errno == ENOENT);
}

/* Opens and locks it. */
static bool take(struct group *group)
{
    group->directory = open(group->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (group->directory < 0 || flock(group->directory, LOCK_EX | LOCK_NB) != 0)
        return false;
    group->processes = openat(group->directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    return group->processes >= 0;
}

/* A group that nobody has locked is one of a host that was killed, and with it its worker. */
static void remove_left(const char *path)
{
    DIR *parent = opendir(path);
    for (const struct dirent *entry; parent && (entry = readdir(parent));) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        int group = openat(dirfd(parent), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (group < 0)
            continue;
        if (flock(group, LOCK_EX | LOCK_NB) == 0)
            unlinkat(dirfd(parent), entry->d_name, AT_REMOVEDIR);
        close(group);
    }
    if (parent)
        closedir(parent);
}

bool group_make(struct group *group, size_t memory, struct error *error)
{
    static unsigned count; /* atomic */
    TEXT_AUTO path = {0};
    if (!find_parent(&path, error))
        return false;
    remove_left(text_chars(&path));
    text_add(&path, "/" PREFIX "%d-%u", (int)getpid(),
             __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED));
    if (path.failed)
        return error_set_no_memory(error);
    if (mkdir(path.chars, 0755) != 0)
        return set_unable(error, "cannot make", path.chars);
    group->path = path.chars;
    path = (struct text){0};
    if (take(group) && set_limits(group, memory))
        return true;
    set_unable(error, "cannot use", group->path);
    group_remove(group);
    return false;
}

bool group_was_full(const struct group *group)
{
    char events[512];
    if (!group->path || !read_file(group->path, "memory.events", events, sizeof events))
        return false;
    const char *kills = strstr(events, "oom_kill ");
    return kills && kills[strlen("oom_kill ")] != '0';
}

void group_forget(struct group *group)
{
    if (group->directory >= 0)
        close(group->directory);
    if (group->processes >= 0)
        close(group->processes);
    free(group->path);
    *group = (struct group)GROUP_NONE;
}

void group_remove(struct group *group)
{
    if (group->path)
        rmdir(group->path);
    group_forget(group);
}
