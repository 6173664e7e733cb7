/* Stamps a file: reads the module, writes its sections into a copy, and renames the copy. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static void stamp_free(struct stamp *stamp)
{
    for (size_t i = 0; i < stamp->constructor_count; i++)
        free(stamp->constructors[i].name);
    for (size_t i = 0; i < stamp->compiler_count; i++) {
        free(stamp->compilers[i].name);
        free(stamp->compilers[i].flags);
    }
    free(stamp->constructors);
    free(stamp->compilers);
    free(stamp->symbols);
    free(stamp->probes);
    dwarf_end(stamp->dwarf);
    elf_end(stamp->elf);
}

void stamp_report_free(struct stamp_report *report)
{
    text_free(&report->warnings);
}

/* Each use of plugin_as in C leaves a pointer in a section of its own: are they all described? */
static bool check_probes(struct stamp *stamp, struct error *error)
{
    size_t names;
    Elf_Scn *section = NULL;
    if (elf_getshdrstrndx(stamp->elf, &names) != 0)
        return set_libelf_error(error, "cannot read its sections");
    while ((section = elf_nextscn(stamp->elf, section))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return set_libelf_error(error, "cannot read its sections");
        const char *name = elf_strptr(stamp->elf, names, header.sh_name);
        if (!name || strcmp(name, "plugin_probes") != 0)
            continue;
        size_t uses = header.sh_size / stamp->pointer_size, described = 0;
        for (size_t i = 0; i < stamp->probe_count; i++)
            described += stamp->probes[i].address >= header.sh_addr &&
                         stamp->probes[i].address - header.sh_addr < header.sh_size;
        if (described < uses)
            return error_set(error, PLUGIN_NOT_PLUGIN,
                             "%zu of its %zu uses of plugin_as have no debug information, which "
                             "says what type they ask for; compile every file with -g",
                             uses - described, uses);
    }
    return true;
}

static bool copy(int from, int to, off_t size, struct error *error)
{
    off_t offset = 0;
    while (offset < size) {
        ssize_t count = sendfile(to, from, &offset, (size_t)(size - offset));
        if (count < 0 && errno != EINTR)
            return error_set(error, PLUGIN_SYSTEM, "cannot copy it: %s", strerror(errno));
        if (count == 0)
            return error_set(error, PLUGIN_SYSTEM, "it became shorter while it was copied");
    }
    return true;
}

/* Reads the module, and writes its two sections into the copy. */
static bool stamp_copy(struct stamp *stamp, int output, struct error *error)
{
    void *btf = NULL, *meta = NULL;
    size_t btf_size = 0, meta_size = 0;
    bool done = stamp_read_elf(stamp, error) && stamp_read_dwarf(stamp, error) &&
                check_probes(stamp, error) && stamp_write_types(stamp, &btf, &btf_size, error);
    struct bytes btf_bytes = {btf, btf_size};
    done = done && stamp_write_meta(stamp, btf_bytes, &meta, &meta_size, error);
    struct bytes meta_bytes = {meta, meta_size};
    if (done) {
        /* A second handle, because libdw decompresses sections in the first one's memory. */
        Elf *elf = elf_begin(output, ELF_C_READ, NULL);
        done = elf ? stamp_write_elf(elf, output, btf_bytes, meta_bytes, error)
                   : set_libelf_error(error, "cannot read the copy");
        elf_end(elf);
    }
    free(btf);
    free(meta);
    return done;
}

/* Gives the copy the owner and permissions of the file that it replaces. If it cannot have the
 * owner, it must not have the owner's rights either. */
static bool copy_permissions(int output, const struct stat *status, struct error *error)
{
    mode_t mode = status->st_mode & 07777;
    if (fchown(output, status->st_uid, status->st_gid) != 0)
        mode &= ~(mode_t)(S_ISUID | S_ISGID);
    if (fchmod(output, mode) != 0)
        return error_set(error, PLUGIN_SYSTEM, "cannot set the copy's permissions: %s",
                         strerror(errno));
    return true;
}

/* Writes the stamped copy to an open, empty file. */
static bool write_copy(int input, int output, const struct stat *status,
                       struct stamp_report *report, struct error *error)
{
    struct stamp stamp = {.report = report};
    stamp.elf = elf_begin(input, ELF_C_READ_MMAP_PRIVATE, NULL);
    bool done = stamp.elf != NULL || set_libelf_error(error, "cannot read it");
    done = done && copy(input, output, status->st_size, error) &&
           stamp_copy(&stamp, output, error) && copy_permissions(output, status, error);
    stamp_free(&stamp);
    if (done && fsync(output) != 0)
        done = error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
    return done;
}

/* Opens an empty file beside the path, to be renamed to it. *name is newly allocated. */
static int open_beside(const char *path, char **name, struct error *error)
{
    if (asprintf(name, "%s.XXXXXX", path) < 0) {
        *name = NULL;
        error_set_no_memory(error);
        return -1;
    }
    int descriptor = mkostemp(*name, O_CLOEXEC);
    if (descriptor < 0)
        error_set(error, PLUGIN_SYSTEM, "cannot create %s: %s", *name, strerror(errno));
    return descriptor;
}

static bool stamp_open(int input, const char *output, struct stamp_report *report,
                       struct error *error)
{
    struct stat status;
    if (fstat(input, &status) != 0)
        return error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not a regular file");
    char *beside;
    int descriptor = open_beside(output, &beside, error);
    bool done = descriptor >= 0 && write_copy(input, descriptor, &status, report, error);
    if (descriptor >= 0 && close(descriptor) != 0 && done)
        done = error_set(error, PLUGIN_SYSTEM, "cannot write the copy: %s", strerror(errno));
    if (done && rename(beside, output) != 0)
        done = error_set(error, PLUGIN_SYSTEM, "cannot rename the copy: %s", strerror(errno));
    if (!done && descriptor >= 0)
        unlink(beside);
    free(beside);
    return done;
}

bool stamp_file(const char *input, const char *output, struct stamp_report *report,
                struct error *error)
{
    if (elf_version(EV_CURRENT) == EV_NONE)
        return set_libelf_error(error, "libelf is too old");
    /* A symbolic link stays one: what it leads to is what is written. */
    char *target = realpath(output, NULL);
    int descriptor = open(input, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool done = descriptor >= 0 ? stamp_open(descriptor, target ? target : output, report, error)
                                : error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    free(target);
    return done;
}
