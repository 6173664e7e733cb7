/* SPDX-License-Identifier: MIT */
/* Reading regular files. */
#include "base/file.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/path.h"
#include "base/text.h"
#include "base/valgrind.h"

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

static bool read_bytes(const struct file *file, uint64_t offset, size_t size, void *buffer,
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
            return error_set(error, PLUGIN_NOT_PLUGIN, "it was truncated while being read");
        at += count;
        offset += (uint64_t)count;
        size -= (size_t)count;
    }
    return true;
}

static bool read_part(const struct file *file, uint64_t offset, size_t size, struct file_part *part,
                      struct arena *arena, struct error *error)
{
    uint8_t *bytes = arena_alloc(arena, size);
    if (!bytes)
        return error_set_no_memory(error);
    if (!read_bytes(file, offset, size, bytes, error))
        return false;
    *part = (struct file_part){offset, size, bytes};
    return true;
}

/* The headers are at the start; the section header table and the stamp are at the end. A system
 * call costs as much as a copy of several KiB. */
bool file_read_ahead(struct file *file, struct arena *arena, struct error *error)
{
    enum { WHOLE_MAX = 32768, START = 4096, END = 8192 };
    if (file->start.bytes)
        return true;
    if (file->size <= WHOLE_MAX)
        return read_part(file, 0, (size_t)file->size, &file->start, arena, error);
    return read_part(file, 0, START, &file->start, arena, error) &&
           read_part(file, file->size - END, END, &file->end, arena, error);
}

bool file_take(struct file *file, int descriptor, struct error *error)
{
    struct stat status;
    *file = (struct file){.descriptor = descriptor};
    if (fstat(descriptor, &status) != 0)
        error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    else if (check_is_regular(status.st_mode, error)) {
        file->size = (uint64_t)status.st_size;
        file->device = status.st_dev;
        file->inode = status.st_ino;
        file->changed = status.st_ctim;
        file->owner = status.st_uid;
        return true;
    }
    file_close(file);
    return false;
}

bool file_open(struct file *file, const char *path, struct error *error)
{
    *file = (struct file)FILE_NONE;
    int descriptor = open(path, FILE_OPEN_FLAGS | O_CLOEXEC);
    if (descriptor < 0) {
        if (errno == ENXIO)
            return error_set(error, PLUGIN_NOT_PLUGIN, "it is a socket or a device");
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
            return error_set(error, PLUGIN_SYSTEM, "open: %s", strerror(errno));
        return error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    }
    return file_take(file, descriptor, error);
}

/* openat2 and RESOLVE_NO_SYMLINKS (Linux 5.6), which the C library's headers may lack. */
enum { NUMBER_OF_OPENAT2 = 437, NO_SYMBOLIC_LINKS = 0x04 };

struct how_to_open {
    uint64_t flags, mode, resolve;
};

int file_open_direct(const char *path)
{
#ifdef __alpha__
    (void)path;
    return -1; /* Alpha numbers its system calls differently */
#else
    if (is_under_valgrind())
        return -1; /* it does not know the call, and warns */
    struct how_to_open how = {.flags = FILE_OPEN_FLAGS | O_CLOEXEC | O_LARGEFILE,
                              .resolve = NO_SYMBOLIC_LINKS};
    return (int)syscall(NUMBER_OF_OPENAT2, AT_FDCWD, path, &how, sizeof how);
#endif
}

bool file_is_open(const struct file *file)
{
    return file->descriptor >= 0;
}

static bool copy_part(const struct file_part *part, uint64_t offset, size_t size, void *buffer)
{
    if (!part->bytes || offset < part->offset ||
        !range_is_within(offset - part->offset, size, 1, part->size))
        return false;
    memcpy(buffer, part->bytes + (offset - part->offset), size);
    return true;
}

bool file_read(const struct file *file, uint64_t offset, size_t size, void *buffer,
               struct error *error)
{
    return copy_part(&file->start, offset, size, buffer) ||
           copy_part(&file->end, offset, size, buffer) ||
           read_bytes(file, offset, size, buffer, error);
}

bool file_is_still(const struct file *file, const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && status.st_dev == file->device &&
           status.st_ino == file->inode && (uint64_t)status.st_size == file->size &&
           status.st_ctim.tv_sec == file->changed.tv_sec &&
           status.st_ctim.tv_nsec == file->changed.tv_nsec;
}

/* Adds slashes that are not in a path so far. */
static void file_add_slashes(struct text *path)
{
    static uint32_t count; /* of paths so far; atomic */
    /* Each bit of the count is one of two spellings of the same directory. */
    for (uint32_t bits = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED); bits; bits >>= 1)
        text_add(path, bits & 1 ? "/./" : "//");
    text_add(path, "/");
}

static char *file_end_path(struct text *path)
{
    if (!path->failed)
        return path->chars;
    text_free(path);
    return NULL;
}

/* Adds the directory of this process's descriptors. By the number that this /proc has for the
 * process, debuggers find the file, too; /proc/self is their own there. musl opens the path again
 * to know a module, also in a child that outlives its parent, where only /proc/self leads to it. */
static void file_add_descriptors(struct text *path)
{
    char number[16] = "self";
#ifdef __GLIBC__
    ssize_t length = readlink("/proc/self", number, sizeof number - 1);
    if (length > 0)
        number[length] = '\0';
#endif
    text_add(path, "/proc/%s/fd", number);
}

char *file_descriptor_path(int descriptor, const char *name)
{
    struct text path = {0};
    file_add_descriptors(&path);
    file_add_slashes(&path);
    text_add(&path, name ? "%d/%s" : "%d", descriptor, name);
    return file_end_path(&path);
}

char *file_other_path(const char *path)
{
    const char *name = path_base_name(path);
    struct text other = {0};
    text_add_bytes(&other, path, (size_t)(name - path));
    file_add_slashes(&other);
    text_add(&other, "%s", name);
    return file_end_path(&other);
}

void file_close(struct file *file)
{
    if (file->descriptor >= 0 && !file->is_kept)
        close(file->descriptor);
    *file = (struct file)FILE_NONE;
}
