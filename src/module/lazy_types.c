/* Parts of files that are read later. */
#include "module/lazy_types.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool deferred_begin(struct deferred *deferred, const struct file *file, uint64_t offset,
                    size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), before = (size_t)(offset % page);
    void *mapping = mmap(NULL, before + size, PROT_READ, MAP_PRIVATE, file->descriptor,
                         (off_t)(offset - before));
    *deferred = (struct deferred){0};
    if (mapping == MAP_FAILED)
        return false;
    *deferred = (struct deferred){mapping, before, size};
    return true;
}

static bool set_failed(struct error *error, const char *call)
{
    return error_set(error, PLUGIN_SYSTEM, "%s: %s", call, strerror(errno));
}

/* The system copies the part, which it does without SIGBUS when another process has truncated the
 * file: then it says EFAULT, or that it copied less. */
static bool copy_out(int descriptor, const struct deferred *deferred, struct error *error)
{
    const char *from = (const char *)deferred->mapping + deferred->before;
    for (size_t done = 0; done < deferred->size;) {
        ssize_t count = write(descriptor, from + done, deferred->size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EFAULT)
            return set_failed(error, "write");
        if (count <= 0)
            return error_set(error, PLUGIN_SYSTEM, "its file became shorter since it was opened");
        done += (size_t)count;
    }
    return true;
}

bool deferred_read(const struct deferred *deferred, void *buffer, struct error *error)
{
    FILE_AUTO copy = {.descriptor = memfd_create("plugin", MFD_CLOEXEC)};
    if (!file_is_open(&copy))
        return set_failed(error, "memfd_create");
    return copy_out(copy.descriptor, deferred, error) &&
           file_read(&copy, 0, deferred->size, buffer, error);
}

void deferred_free(struct deferred *deferred)
{
    if (deferred->mapping)
        munmap(deferred->mapping, deferred->before + deferred->size);
    *deferred = (struct deferred){0};
}
