/* Reading regular files. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool check_is_regular(mode_t mode, struct error *error)
{
    if (S_ISREG(mode))
        return true;
    const char *what = S_ISDIR(mode)    ? "a directory"
                       : S_ISFIFO(mode) ? "a FIFO"
                       : S_ISSOCK(mode) ? "a socket"
                                        : "a device";
    return error_set(error, PLUGIN_NOT_PLUGIN, "it is %s", what);
}

bool file_open(struct file *file, const char *path, struct error *error)
{
    *file = (struct file)FILE_NONE;
    /* O_NONBLOCK: opening a FIFO must not wait for somebody who writes to it. */
    file->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->descriptor < 0) {
        if (errno == ENXIO)
            return error_set(error, PLUGIN_NOT_PLUGIN, "it is a socket or a device");
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
            return error_set(error, PLUGIN_SYSTEM, "open: %s", strerror(errno));
        return error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    }
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    else if (check_is_regular(status.st_mode, error)) {
        file->size = (uint64_t)status.st_size;
        file->device = status.st_dev;
        file->inode = status.st_ino;
        file->changed = status.st_ctim;
        return true;
    }
    file_close(file);
    return false;
}

bool file_read(const struct file *file, uint64_t offset, size_t size, void *buffer,
               struct error *error)
{
    char *at = buffer;
    while (size) {
        ssize_t count = pread(file->descriptor, at, size, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_set(error, PLUGIN_SYSTEM, "read: %s", strerror(errno));
        if (count == 0)
            return error_set(error, PLUGIN_NOT_PLUGIN, "it became shorter while it was read");
        at += count;
        offset += (uint64_t)count;
        size -= (size_t)count;
    }
    return true;
}

bool file_is_still(const struct file *file, const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && status.st_dev == file->device &&
           status.st_ino == file->inode && (uint64_t)status.st_size == file->size &&
           status.st_ctim.tv_sec == file->changed.tv_sec &&
           status.st_ctim.tv_nsec == file->changed.tv_nsec;
}

void file_close(struct file *file)
{
    if (file->descriptor >= 0 && !file->is_kept)
        close(file->descriptor);
    file->descriptor = -1;
}
