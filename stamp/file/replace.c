/* SPDX-License-Identifier: MIT */
/* Replaces a file by its stamped copy, atomically. */
#include "file/replace.h"
#include "elf/elf_file.h"
#include "file/attributes_p.h"
#include "file/interrupts.h"
#include "src/module/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <unistd.h>

/* Copies bytes to the copy's offset. */
static bool replace_copy_bytes(int from, off_t start, off_t end, int copy, struct error *error)
{
    while (start < end) {
        ssize_t count = sendfile(copy, from, &start, (size_t)(end - start));
        if (count < 0 && errno != EINTR)
            return error_set(error, PLUGIN_SYSTEM, "cannot copy it: %s", strerror(errno));
        if (count == 0)
            return error_set(error, PLUGIN_SYSTEM, "it was truncated while being copied");
    }
    return true;
}

/* Copies a part of the file to an offset of the copy, which then ends with it. Holes stay holes
 * (lseek(2)). */
static bool replace_copy_part(int from, off_t start, off_t end, int copy, off_t target,
                              struct error *error)
{
    for (off_t at = start; at < end;) {
        off_t data = lseek(from, at, SEEK_DATA);
        if (data >= end || (data < 0 && errno == ENXIO))
            break;
        data = data < 0 ? at : data; /* the file system knows no holes */
        off_t hole = lseek(from, data, SEEK_HOLE);
        hole = hole < 0 || hole > end ? end : hole;
        if (lseek(copy, target + (data - start), SEEK_SET) < 0)
            return error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
        if (!replace_copy_bytes(from, data, hole, copy, error))
            return false;
        at = hole;
    }
    return ftruncate(copy, target + (end - start)) == 0 ||
           error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
}

/* Writes the stamped ELF part, and behind it what follows it in the input: the payload of a
 * self-extracting program, which finds it at the end of its ELF part or of its file. */
static bool replace_write_parts(int input, off_t size, int copy,
                                const struct stamp_sections *sections, struct error *error)
{
    uint64_t elf_end;
    if (!stamp_find_elf_end(input, &elf_end, error) ||
        !replace_copy_part(input, 0, (off_t)elf_end, copy, 0, error) ||
        !stamp_write_elf(copy, sections->btf, sections->meta, error))
        return false;
    off_t end = lseek(copy, 0, SEEK_END);
    return end < 0 ? error_set(error, PLUGIN_SYSTEM, "lseek: %s", strerror(errno))
                   : replace_copy_part(input, (off_t)elf_end, size, copy, end, error);
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
                               const struct stamp_sections *sections, struct text *warnings,
                               struct error *error)
{
    if (!replace_write_parts(input, status->st_size, copy, sections, error) ||
        !replace_read_back(copy, error) ||
        !stamp_copy_attributes(input, copy, status, warnings, error))
        return false;
    if (fsync(copy) != 0)
        return error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
    return true;
}

/* Writes the copy to a new file beside the output, and renames it. */
static bool replace_write_and_rename(int input, const struct stat *status, char *beside,
                                     const char *output, const struct stamp_sections *sections,
                                     struct text *warnings, struct error *error)
{
    int copy = mkostemp(beside, O_CLOEXEC);
    if (copy < 0)
        return error_set(error, PLUGIN_SYSTEM, "cannot create %s: %s", beside, strerror(errno));
    bool done = replace_write_copy(input, status, copy, sections, warnings, error);
    if (close(copy) != 0 && done)
        done = error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
    if (done && rename(beside, output) != 0)
        done = error_set(error, PLUGIN_SYSTEM, "cannot rename the copy: %s", strerror(errno));
    if (!done)
        unlink(beside);
    return done;
}

bool stamp_replace(int input, const struct stat *status, const char *output,
                   const struct stamp_sections *sections, struct text *warnings,
                   struct error *error)
{
    char *beside;
    struct interrupts interrupts;
    if (asprintf(&beside, "%s.XXXXXX", output) < 0)
        return error_set_no_memory(error);
    interrupts_hold(&interrupts);
    bool done = replace_write_and_rename(input, status, beside, output, sections, warnings, error);
    interrupts_release(&interrupts);
    free(beside);
    return done;
}
