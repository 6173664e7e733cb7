/* SPDX-License-Identifier: MIT */
/* Makes a root directory of a file system in memory, onto which paths of the old one are mounted.
 */
#include "worker/root.h"

#include "worker/landlock.h"

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* In linux/mount.h, which some C libraries' sys/mount.h does not bear. */
enum { ATTRIBUTE_READ_ONLY = 1, ATTRIBUTE_NO_SUID = 2, RECURSIVE = 0x8000 };
struct attributes {
    uint64_t set, clear, propagation, users;
};

/* Makes the directories of a path, which is relative, and its last part. */
static void make_place(char *path, bool is_directory)
{
    for (char *end = strchr(path, '/'); end; end = strchr(end + 1, '/')) {
        *end = '\0';
        mkdir(path, 0755);
        *end = '/';
    }
    if (is_directory)
        mkdir(path, 0755);
    else
        close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444));
}

/* Shows a file of the old root by its path, in the working directory. What cannot be shown, is not:
 * it cannot be opened then. */
static void show(const char *path, int source)
{
    char link[32], place[4096];
    struct stat status;
    if (source < 0 || fstat(source, &status) != 0 ||
        snprintf(place, sizeof place, "%s", path + strspn(path, "/")) >= (int)sizeof place)
        return;
    make_place(place, S_ISDIR(status.st_mode));
    snprintf(link, sizeof link, "/proc/self/fd/%d", source);
    mount(link, place, NULL, MS_BIND | MS_REC, NULL);
}

static size_t count_paths(const char *const *paths)
{
    size_t count = 0;
    while (paths && paths[count])
        count++;
    return count;
}

/* Lists the paths to show, and opens them. */
static size_t open_paths(const char *const *read_only, const char **paths, int *sources)
{
    size_t count = count_paths(system_libraries), more = count_paths(read_only);
    memcpy(paths, system_libraries, count * sizeof *paths);
    if (more)
        memcpy(paths + count, read_only, more * sizeof *paths);
    count += more;
    paths[count++] = "/proc/self/fd";
    for (size_t i = 0; i < count; i++)
        sources[i] = open(paths[i], O_PATH | O_CLOEXEC);
    return count;
}

/* Any directory will do for the new root: what it hides is open already. */
static bool make_root(const char *const *paths, const int *sources, size_t count)
{
    static const char on[] = "/etc";
    struct attributes attributes = {.set = ATTRIBUTE_READ_ONLY | ATTRIBUTE_NO_SUID};
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("root", on, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0 || chdir(on) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        show(paths[i], sources[i]);
    /* Both become the same directory, the old one on top. */
    return syscall(__NR_mount_setattr, AT_FDCWD, ".", RECURSIVE, &attributes, sizeof attributes) ==
               0 &&
           syscall(__NR_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
           chdir("/") == 0;
}

bool root_enter(const char *const *read_only)
{
    size_t most = count_paths(system_libraries) + count_paths(read_only) + 1;
    const char **paths = calloc(most, sizeof *paths);
    int *sources = calloc(most, sizeof *sources);
    bool done = false;
    if (paths && sources) {
        size_t count = open_paths(read_only, paths, sources);
        done = make_root(paths, sources, count);
        int why = errno;
        for (size_t i = 0; i < count; i++)
            if (sources[i] >= 0)
                close(sources[i]);
        errno = why;
    }
    free(paths);
    free(sources);
    return done;
}
