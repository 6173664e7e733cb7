/* SPDX-License-Identifier: MIT */
/* A regular file, open for reading. It is read, not mapped: another process may truncate it, and a
 * mapping would then raise SIGBUS. */
#ifndef PLUGIN_FILE_H
#define PLUGIN_FILE_H

#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct arena;

/* A part of a file that was read ahead. */
struct file_part {
    uint64_t offset;
    size_t size;
    uint8_t *bytes; /* in an arena; NULL: nothing was read ahead */
};

struct file {
    int descriptor;
    uint64_t size;
    dev_t device; /* with inode: the file's identity */
    ino_t inode;
    uid_t owner;
    struct timespec changed; /* time of the last change of contents or status */
    bool is_kept; /* file_close leaves it open: the descriptor is in a mapped module's name */
    struct file_part start, end;
};

/* Flags of open(2). O_NONBLOCK: to open a FIFO must not wait for a writer. */
#define FILE_OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY)

/* Opens a regular file; refuses anything else by its kind, without waiting for a FIFO. */
bool file_open(struct file *file, const char *path, struct error *error);

/* Opens the path if it contains no symbolic link. Returns the descriptor; -1 if it contains one, if
 * the file does not exist, or if the system lacks openat2. */
int file_open_direct(const char *path);

/* The same as file_open for a descriptor, which the file owns from then on; closes it on failure.
 */
bool file_take(struct file *file, int descriptor, struct error *error);

/* Reads what the readers of modules need, unless that was done: all of a small file, the start and
 * the end of a large one. file_read then copies from the arena. */
bool file_read_ahead(struct file *file, struct arena *arena, struct error *error);

bool file_is_open(const struct file *file);

/* Reads exactly this part. */
bool file_read(const struct file *file, uint64_t offset, size_t size, void *buffer,
               struct error *error);

/* Is the file at this path still the one that was opened, and unchanged? */
bool file_is_still(const struct file *file, const char *path);

/* Return another path to a file, to be freed; NULL without memory. No two calls give the same path:
 * the dynamic loader takes a file with a known path for the known file. The first leads through a
 * descriptor, which may be reused later; `name` is a name in the directory that is open there, or
 * NULL. */
char *file_descriptor_path(int descriptor, const char *name);
char *file_other_path(const char *path);

void file_close(struct file *file);

#define FILE_AUTO __attribute__((cleanup(file_close))) struct file
#define FILE_NONE                                                                                  \
    {                                                                                              \
        .descriptor = -1                                                                           \
    }

#endif
