/* SPDX-License-Identifier: MIT */
/* The stamp's interface: from paths to descriptors, and back to a file. */
#include "stamp.h"
#include "elf/elf_file.h"
#include "file/replace.h"
#include "sections/sections.h"
#include "src/gofile/go_module.h"
#include "src/module/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Returns a descriptor; -1 with the error set. */
static int open_input(const char *path, struct error *error)
{
    if (elf_version(EV_CURRENT) == EV_NONE) {
        error_set_libelf(error, "libelf is too old");
        return -1;
    }
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        error_set(error, PLUGIN_NOT_FOUND, "%s", strerror(errno));
    return descriptor;
}

/* Go's linker records all types that a Go plugin has; it needs no stamp. */
static bool check_language(const char *path, struct error *error)
{
    FILE_AUTO file = FILE_NONE;
    ERROR_AUTO unread = {0}; /* the stamp replaces a damaged one */
    ARENA_AUTO arena = {0};
    struct module module;
    if (!file_open(&file, path, &unread) || !module_read(&module, &file, &arena, &unread))
        return unread.code != PLUGIN_NO_MEMORY || error_set_no_memory(error);
    bool is_go = module.go && module.go->is_plugin;
    module_deinit(&module);
    return !is_go || error_set(error, PLUGIN_NOT_PLUGIN,
                               "it is a Go plugin; plugin_open opens it without a stamp");
}

static bool stamp_descriptor(int input, const char *path, const char *output,
                             const struct stamp_options *options, struct stamp_report *report,
                             struct error *error)
{
    struct stat status;
    if (fstat(input, &status) != 0)
        return error_set(error, PLUGIN_SYSTEM, "fstat: %s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, PLUGIN_NOT_PLUGIN, "it is not a regular file");
    struct stamp_sections sections = {0};
    /* Reading takes long, and may be interrupted; the replacement is short. */
    bool done = sections_make(input, path, options, false, report, &sections, error) &&
                stamp_check_built_ins(input, path, options, error) &&
                stamp_replace(input, &status, output, &sections, &report->warnings, error);
    stamp_sections_free(&sections);
    return done;
}

bool stamp_file(const char *input, const char *output, const struct stamp_options *options,
                struct stamp_report *report, struct error *error)
{
    if (!check_language(input, error))
        return false;
    /* A symbolic link stays one: its target is replaced. */
    char *target = realpath(output, NULL);
    if (!target && errno == ENOMEM)
        return error_set_no_memory(error);
    int descriptor = open_input(input, error);
    bool done = descriptor >= 0 && stamp_descriptor(descriptor, input, target ? target : output,
                                                    options, report, error);
    if (descriptor >= 0)
        close(descriptor);
    free(target);
    return done;
}

bool stamp_built_in(const char *path, const struct stamp_options *options,
                    struct stamp_report *report, struct stamp_sections *sections,
                    struct error *error)
{
    *sections = (struct stamp_sections){0};
    int descriptor = open_input(path, error);
    if (descriptor < 0)
        return false;
    bool done = sections_make(descriptor, path, options, true, report, sections, error);
    close(descriptor);
    return done;
}

bool stamp_package_symbols(const char *path, struct text *names, struct error *error)
{
    int descriptor = open_input(path, error);
    if (descriptor < 0)
        return false;
    bool done = sections_list_package_symbols(descriptor, names, error);
    close(descriptor);
    return done;
}
