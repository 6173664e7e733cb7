/* Replaces a file by its stamped copy, atomically. */
#include "elf/elf_file.h"
#include "interrupts.h"
#include "src/module/module.h"
#include "stamp_p.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <unistd.h>

static bool replace_copy_bytes(int from, int to, off_t size, struct error *error)
{
    off_t offset = 0;
    while (offset < size) {
        ssize_t count = sendfile(to, from, &offset, (size_t)(size - offset));
        if (count < 0 && errno != EINTR)
            return error_set(error, PLUGIN_SYSTEM, "cannot copy it: %s", strerror(errno));
        if (count == 0)
            return error_set(error, PLUGIN_SYSTEM, "it was truncated while being copied");
    }
    return true;
}

/* Gives the copy the owner and permissions of the file that it replaces. If the owner cannot be
 * set, neither are set-user-ID and set-group-ID. */
static bool replace_copy_permissions(int copy, const struct stat *status, struct error *error)
{
    mode_t mode = status->st_mode & 07777;
    if (fchown(copy, status->st_uid, status->st_gid) != 0)
        mode &= ~(mode_t)(S_ISUID | S_ISGID);
    if (fchmod(copy, mode) != 0)
        return error_set(error, PLUGIN_SYSTEM, "cannot set the copy's permissions: %s",
                         strerror(errno));
    return true;
}

/* Reads the copy as the library will. libelf and libdw accept files that the library refuses: with
 * headers of odd sizes, or contradictory types. */
static bool replace_read_back(int copy, struct error *error)
{
    struct stat status;
    struct module module;
    ARENA_AUTO arena = {0};
    if (fstat(copy, &status) != 0)
        return error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    struct file file = {.descriptor = copy, .size = (uint64_t)status.st_size};
    bool is_good = module_read(&module, &file, &arena, error);
    if (is_good) {
        is_good = module_types(&module, error);
        module_deinit(&module);
    }
    return is_good || error_prefix_damaged(error);
}

/* Fills the open, empty copy. */
static bool replace_write_copy(int input, const struct stat *status, int copy,
                               const struct stamp_sections *sections, struct error *error)
{
    if (!replace_copy_bytes(input, copy, status->st_size, error) ||
        !stamp_write_elf(copy, sections->btf, sections->meta, error) ||
        !replace_read_back(copy, error) || !replace_copy_permissions(copy, status, error))
        return false;
    if (fsync(copy) != 0)
        return error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
    return true;
}

/* Writes the copy to a new file beside the output, and renames it. */
static bool replace_write_and_rename(int input, const struct stat *status, char *beside,
                                     const char *output, const struct stamp_sections *sections,
                                     struct error *error)
{
    int copy = mkostemp(beside, O_CLOEXEC);
    if (copy < 0)
        return error_set(error, PLUGIN_SYSTEM, "cannot create %s: %s", beside, strerror(errno));
    bool done = replace_write_copy(input, status, copy, sections, error);
    if (close(copy) != 0 && done)
        done = error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
    if (done && rename(beside, output) != 0)
        done = error_set(error, PLUGIN_SYSTEM, "cannot rename the copy: %s", strerror(errno));
    if (!done)
        unlink(beside);
    return done;
}

bool stamp_replace(int input, const struct stat *status, const char *output,
                   const struct stamp_sections *sections, struct error *error)
{
    char *beside;
    struct interrupts interrupts;
    if (asprintf(&beside, "%s.XXXXXX", output) < 0)
        return error_set_no_memory(error);
    interrupts_hold(&interrupts);
    bool done = replace_write_and_rename(input, status, beside, output, sections, error);
    interrupts_release(&interrupts);
    free(beside);
    return done;
}
