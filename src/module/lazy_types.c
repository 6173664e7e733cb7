/* Types that stay in the module's file until they are needed. */
#include "module/lazy_types_p.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool lazy_types_init(struct mapped_part *types, const struct file *file, uint64_t offset,
                     size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), before = (size_t)(offset % page);
    void *mapping = mmap(NULL, before + size, PROT_READ, MAP_PRIVATE, file->descriptor,
                         (off_t)(offset - before));
    *types = (struct mapped_part){0};
    if (mapping == MAP_FAILED)
        return false;
    *types = (struct mapped_part){mapping, before, size};
    return true;
}

static bool lazy_types_set_failed(struct error *error, const char *call)
{
    return error_set(error, PLUGIN_SYSTEM, "%s: %s", call, strerror(errno));
}

/* Copies the part by write(2): after another process has truncated the file, that fails with EFAULT
 * or writes less, where a read of the mapping would raise SIGBUS. */
static bool lazy_types_copy(int descriptor, const struct mapped_part *types, struct error *error)
{
    const char *from = (const char *)types->mapping + types->before;
    for (size_t done = 0; done < types->size;) {
        ssize_t count = write(descriptor, from + done, types->size - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EFAULT)
            return lazy_types_set_failed(error, "write");
        if (count <= 0)
            return error_set(error, PLUGIN_SYSTEM, "its file was truncated after it was opened");
        done += (size_t)count;
    }
    return true;
}

bool lazy_types_read(const struct mapped_part *types, void *buffer, struct error *error)
{
    FILE_AUTO copy = {.descriptor = memfd_create("plugin", MFD_CLOEXEC)};
    if (!file_is_open(&copy))
        return lazy_types_set_failed(error, "memfd_create");
    return lazy_types_copy(copy.descriptor, types, error) &&
           file_read(&copy, 0, types->size, buffer, error);
}

void lazy_types_deinit(struct mapped_part *types)
{
    if (types->mapping)
        munmap(types->mapping, types->before + types->size);
    *types = (struct mapped_part){0};
}
