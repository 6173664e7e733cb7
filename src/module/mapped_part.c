/* SPDX-License-Identifier: MIT */
/* Parts of a file that stay in it until they are needed. */
#include "module/mapped_part_p.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct bytes mapped_part_bytes(const struct mapped_part *part)
{
    const uint8_t *mapping = part->mapping;
    return (struct bytes){mapping ? mapping + part->before : NULL, part->size};
}

bool mapped_part_init(struct mapped_part *part, const struct file *file, uint64_t offset,
                      size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), before = (size_t)(offset % page);
    void *mapping = mmap(NULL, before + size, PROT_READ, MAP_PRIVATE, file->descriptor,
                         (off_t)(offset - before));
    *part = (struct mapped_part){0};
    if (mapping == MAP_FAILED)
        return false;
    *part = (struct mapped_part){mapping, before + size, before, size};
    return true;
}

static bool mapped_part_set_failed(struct error *error, const char *call)
{
    return error_set(error, PLUGIN_SYSTEM, "%s: %s", call, strerror(errno));
}

/* Copies the part by write(2): after another process has truncated the file, that fails with EFAULT
 * or writes less, where a read of the mapping would raise SIGBUS. */
static bool mapped_part_copy(int descriptor, const struct mapped_part *part, struct error *error)
{
    struct bytes from = mapped_part_bytes(part);
    for (size_t done = 0; done < from.size;) {
        ssize_t count = write(descriptor, from.data + done, from.size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EFAULT)
            return mapped_part_set_failed(error, "write");
        if (count <= 0)
            return error_set(error, PLUGIN_SYSTEM, "its file was truncated after it was opened");
        done += (size_t)count;
    }
    return true;
}

bool mapped_part_read(const struct mapped_part *part, void *buffer, struct error *error)
{
    FILE_AUTO copy = {.descriptor = memfd_create("plugin", MFD_CLOEXEC)};
    if (!file_is_open(&copy))
        return mapped_part_set_failed(error, "memfd_create");
    return mapped_part_copy(copy.descriptor, part, error) &&
           file_read(&copy, 0, part->size, buffer, error);
}

void mapped_part_deinit(struct mapped_part *part)
{
    if (part->mapping)
        munmap(part->mapping, part->length);
    *part = (struct mapped_part){0};
}
