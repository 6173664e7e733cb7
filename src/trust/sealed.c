/* SPDX-License-Identifier: MIT */
/* Sealed copies of files. */
#include "trust/sealed.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

static bool write_all(int descriptor, const uint8_t *bytes, size_t size, struct error *error)
{
    while (size) {
        ssize_t count = write(descriptor, bytes, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_set(error, PLUGIN_SYSTEM, "cannot copy it: write: %s", strerror(errno));
        bytes += count;
        size -= (size_t)count;
    }
    return true;
}

static bool copy_start(int descriptor, const struct file *file, uint64_t whole, struct error *error)
{
    uint8_t *chunk = malloc(CHUNK);
    bool done = chunk || error_set_no_memory(error);
    for (uint64_t at = 0; done && at < whole;) {
        size_t size = whole - at < CHUNK ? (size_t)(whole - at) : CHUNK;
        done = file_read(file, at, size, chunk, error) && write_all(descriptor, chunk, size, error);
        at += size;
    }
    free(chunk);
    return done;
}

bool sealed_copy(struct file *copy, const struct file *file, uint64_t size, struct error *error)
{
    struct stat status;
    *copy = (struct file)FILE_NONE;
    copy->descriptor = memfd_create("plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (copy->descriptor < 0)
        return error_set(error, PLUGIN_SYSTEM, "memfd_create: %s", strerror(errno));
    const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    bool done = copy_start(copy->descriptor, file, size, error);
    if (done &&
        (fcntl(copy->descriptor, F_ADD_SEALS, seals) != 0 || fstat(copy->descriptor, &status) != 0))
        done = error_set(error, PLUGIN_SYSTEM, "cannot seal the copy: %s", strerror(errno));
    if (done) {
        copy->size = (uint64_t)status.st_size;
        copy->device = status.st_dev;
        copy->inode = status.st_ino;
        copy->changed = status.st_ctim;
    } else {
        file_close(copy);
    }
    return done;
}

void *sealed_pin(const struct file *file, struct error *error)
{
    /* A mapping that nobody can read: it needs no descriptor. */
    void *pin = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE, file->descriptor, 0);
    if (pin != MAP_FAILED)
        return pin;
    error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
    return NULL;
}

void sealed_unpin(void *pin)
{
    if (pin)
        munmap(pin, 1);
}

bool sealed_map(const struct file *copy, struct bytes *bytes, struct error *error)
{
    *bytes = (struct bytes){NULL, 0};
    if (!copy->size)
        return true;
    /* A sealed file cannot be truncated, so the mapping stays valid. */
    void *address = mmap(NULL, (size_t)copy->size, PROT_READ, MAP_PRIVATE, copy->descriptor, 0);
    if (address == MAP_FAILED)
        return error_set(error, PLUGIN_SYSTEM, "mmap: %s", strerror(errno));
    *bytes = (struct bytes){address, (size_t)copy->size};
    return true;
}

void sealed_unmap(struct bytes bytes)
{
    if (bytes.size)
        munmap((void *)bytes.data, bytes.size);
}
