/* SPDX-License-Identifier: MIT */
/* Opens the module's debug information: in the module itself or, if that was stripped, in its debug
 * file, which libdwfl finds by its build ID or its .gnu_debuglink. */
#include "dwarf/debug_file.h"

#include "dwarf/die.h"
#include "elf/elf_file.h"
#include "model/image.h"

#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* Of newer <elf.h>s. */
enum { COMPRESSED_BY_ZSTD = 2 };

/* Returns the section ".NAME", or ".zNAME", the older name of a compressed one. */
static Elf_Scn *debug_section(Elf *elf, const char *name)
{
    char full[32];
    snprintf(full, sizeof full, ".%s", name);
    Elf_Scn *section = section_next_named(elf, NULL, full);
    snprintf(full, sizeof full, ".z%s", name);
    return section ? section : section_next_named(elf, NULL, full);
}

bool debug_file_is_needed(const struct stamp *stamp)
{
    return !debug_section(stamp->elf, "debug_info");
}

/* ---- a debug file ---- */

/* Opens the debug file of a stripped module; leaves stamp->dwarf NULL if there is none. */
static bool debug_file_find(struct stamp *stamp, struct error *error)
{
    static char *directories; /* NULL: libdwfl's default, ":.debug:/usr/lib/debug" */
    static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf,
                                             .find_debuginfo = dwfl_standard_find_debuginfo,
                                             .section_address = dwfl_offline_section_address,
                                             .debuginfo_path = &directories};
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", stamp->image->file.descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    int descriptor = length > 0 ? fcntl(stamp->image->file.descriptor, F_DUPFD_CLOEXEC, 0) : -1;
    if (descriptor < 0)
        return true;
    path[length] = '\0';
    stamp->debug_file = dwfl_begin(&callbacks);
    if (!stamp->debug_file) {
        close(descriptor);
        return error_set_no_memory(error);
    }
    Dwfl_Module *module = dwfl_report_offline(stamp->debug_file, path, path, descriptor);
    if (!module)
        close(descriptor);
    dwfl_report_end(stamp->debug_file, NULL, NULL);
    Dwarf_Addr bias;
    Dwarf *dwarf = module ? dwfl_module_getdwarf(module, &bias) : NULL;
    /* The module itself may have line tables alone. */
    stamp->dwarf = dwarf && debug_section(dwarf_getelf(dwarf), "debug_info") ? dwarf : NULL;
    return true;
}

/* ---- what cannot be read ---- */

/* Is the section compressed by zstd, which elfutils before 0.189, or built without it, lacks? */
static bool is_unread(Elf_Scn *section)
{
    GElf_Shdr header;
    uint32_t how = 0; /* ch_type, the first field of an Elf_Chdr */
    if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_COMPRESSED))
        return false;
    Elf_Data *data = elf_rawdata(section, NULL);
    if (data && data->d_buf && data->d_size >= sizeof how)
        memcpy(&how, data->d_buf, sizeof how);
    return how == COMPRESSED_BY_ZSTD && elf_compress(section, 0, 0) < 0;
}

static bool check_compression(Elf *elf, struct error *error)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(elf, section)))
        if (is_unread(section))
            return error_set(
                error, PLUGIN_UNSUPPORTED,
                "its debug information is compressed by zstd, which this version of elfutils does "
                "not read; link with -Wl,--compress-debug-sections=zlib, or run: objcopy "
                "--decompress-debug-sections FILE");
    return true;
}

/* Refuses a module of whose debug information `dwz -m` has moved a part into a file that is not
 * there. */
static bool check_alternate(const struct stamp *stamp, struct error *error)
{
    const char *name;
    const void *build_id;
    ssize_t size = dwelf_dwarf_gnu_debugaltlink(stamp->dwarf, &name, &build_id);
    return size <= 0 || dwarf_getalt(stamp->dwarf) ||
           error_set(error, PLUGIN_NOT_PLUGIN,
                     "dwz has moved a part of its debug information into %s, which cannot be "
                     "found; stamp it where that file is, or before dwz",
                     name);
}

/* libdw does not always check that a string ends within its section. If the section does not end
 * with a NUL, it gets one behind it. */
static bool terminate_section(struct stamp *stamp, Dwarf *dwarf, const char *name,
                              struct error *error)
{
    Elf_Scn *section = debug_section(dwarf_getelf(dwarf), name);
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL; /* which libdw reads, too */
    const char *bytes = data ? data->d_buf : NULL;
    if (!bytes || !data->d_size || !bytes[data->d_size - 1])
        return true;
    char *copy = arena_alloc(&stamp->arena, data->d_size + 1);
    if (!copy)
        return error_set_no_memory(error);
    memcpy(copy, bytes, data->d_size);
    copy[data->d_size] = '\0';
    data->d_buf = copy;
    return true;
}

static bool terminate_strings(struct stamp *stamp, Dwarf *dwarf, struct error *error)
{
    static const char *const names[] = {"debug_info", "debug_types", "debug_str", "debug_line_str"};
    bool done = true;
    for (size_t i = 0; dwarf && done && i < sizeof names / sizeof *names; i++)
        done = terminate_section(stamp, dwarf, names[i], error);
    return done;
}

static bool open_own(struct stamp *stamp, struct error *error)
{
    if (!check_compression(stamp->elf, error))
        return false;
    stamp->dwarf = dwarf_begin_elf(stamp->elf, DWARF_C_READ, NULL);
    return stamp->dwarf || error_set_libdw(error, "cannot read its debug information");
}

static bool open_other(struct stamp *stamp, struct error *error)
{
    if (!debug_file_find(stamp, error))
        return false;
    if (!stamp->dwarf)
        return error_set(
            error, PLUGIN_NOT_PLUGIN,
            "it has no debug information to read the types from, and no debug file of its build ID "
            "or .gnu_debuglink was found; compile it with -g, and strip it only after the stamp "
            "(eu-strip and llvm-strip remove the stamp, too, unless they are given "
            "--keep-section=.plugin --keep-section=.BTF)");
    return check_compression(dwarf_getelf(stamp->dwarf), error);
}

bool debug_file_open(struct stamp *stamp, struct error *error)
{
    bool is_open = debug_file_is_needed(stamp) ? open_other(stamp, error) : open_own(stamp, error);
    return is_open && check_alternate(stamp, error) &&
           terminate_strings(stamp, stamp->dwarf, error) &&
           terminate_strings(stamp, dwarf_getalt(stamp->dwarf), error);
}

static bool section_holds(Dwarf *dwarf, const char *name, const char *string)
{
    Elf *elf = dwarf ? dwarf_getelf(dwarf) : NULL;
    Elf_Scn *section = elf ? debug_section(elf, name) : NULL;
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL; /* libdw has decompressed it */
    return data && data->d_buf && memmem(data->d_buf, data->d_size, string, strlen(string) + 1);
}

bool debug_file_holds(const struct stamp *stamp, const char *string)
{
    return section_holds(stamp->dwarf, "debug_str", string) ||
           section_holds(stamp->dwarf, "debug_info", string) ||
           section_holds(dwarf_getalt(stamp->dwarf), "debug_str", string);
}
