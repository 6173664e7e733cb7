/* SPDX-License-Identifier: MIT */
/* plugin stamp: records the types of linked modules in them. */
#include "build/stamp_p.h"

#include "common/cmd.h"
#include "common/options.h"
#include "common/progress.h"
#include "src/fit/waiver.h"
#include "stamp/stamp.h"

#include <stdlib.h>
#include <string.h>

static const char stamp_help[] =
    "usage: plugin stamp [-L DIRECTORY]... [--grows=TYPE]... [--alias=OWN=OUTSIDE]...\n"
    "                    [--waive=WAIVERS]... FILE...\n"
    "\n"
    "Read the debug information (DWARF 4 or 5) of each linked ELF FILE, and record\n"
    "the types of its exported symbols and of its uses of plugin_as in its sections\n"
    ".BTF and .plugin. Compile with -g, and strip only after the stamp.\n"
    "\n"
    "  -L DIRECTORY  search DIRECTORY for the libraries that FILE needs, besides the\n"
    "                system's directories: they may carry packages that it imports\n"
    "  --grows=TYPE  for a host: the struct or enum grows as PLUGIN_GROWS(TYPE)\n"
    "                promises, also for plugins whose headers do not promise it;\n"
    "                with ,sized=MEMBER or ,versioned=MEMBER or ,until=ENUMERATOR:\n"
    "                as PLUGIN_GROWS_SIZED, _VERSIONED and _UNTIL promise\n"
    "  --alias=OWN=OUTSIDE  for a host: its headers for plugins call its struct OWN\n"
    "                OUTSIDE, as PLUGIN_ALIAS(OWN, OUTSIDE) says\n"
    "  --waive=WAIVERS  for a host: accept the differences that this file lists, in\n"
    "                lines that plugin check --verbose prints, each with a reason\n"
    "\n"
    "A file is replaced as a whole or not at all. Stamping it again gives the same\n"
    "bytes.\n"
    "\n"
    "exit status: 0 success, 1 failure, 2 usage error\n";

/* Adds the waivers of a file: lines that are neither empty nor a comment. */
static bool read_waivers(const char *path, struct words *waivers, struct error *error)
{
    enum { WAIVERS_MAX = 1 << 20 };
    size_t size, number = 0;
    char *text = (char *)cmd_read_file(path, WAIVERS_MAX, &size, error), *line = text;
    bool is_valid = true;
    if (!text)
        return error_prefix(error, "cannot read %s: ", path);
    text[size] = '\0';
    while (is_valid && line < text + size) {
        char *end = line + strcspn(line, "\n");
        *end = '\0';
        number++;
        if (*line && *line != '#') {
            is_valid = waiver_is_valid(line);
            words_add(waivers, "%s", line);
        }
        line = end + 1;
    }
    free(text);
    return is_valid || error_set(error, PLUGIN_SYSTEM,
                                 "%s:%zu: not a waiver, as plugin check --verbose prints it: "
                                 "SYMBOL | PATH | HASH HASH | REASON",
                                 path, number);
}

int concessions_read(struct concessions *concessions)
{
    ERROR_AUTO error = {0};
    for (size_t i = 0; i < concessions->waiver_files.count; i++)
        if (!read_waivers(concessions->waiver_files.items[i], &concessions->waivers, &error))
            return cmd_failed(&error);
    return EXIT_DONE;
}

void concessions_deinit(struct concessions *concessions)
{
    words_deinit(&concessions->grows);
    words_deinit(&concessions->aliases);
    words_deinit(&concessions->waiver_files);
    words_deinit(&concessions->waivers);
}

int stamp_module(const char *path, const char *name, const struct words *library_directories,
                 const struct concessions *concessions, const char *source_directory)
{
    if (library_directories->failed || concessions->grows.failed || concessions->aliases.failed ||
        concessions->waivers.failed)
        return cmd_failed_no_memory();
    ERROR_AUTO error = {0};
    struct stamp_report report = {0};
    const struct stamp_options options = {(const char *const *)library_directories->items,
                                          source_directory,
                                          (const char *const *)concessions->grows.items,
                                          (const char *const *)concessions->aliases.items,
                                          (const char *const *)concessions->waivers.items};
    int status = EXIT_DONE;
    progress_start("stamping", name);
    bool is_stamped = stamp_file(path, path, &options, &report, &error);
    progress_stop();
    if (is_stamped) {
        cmd_warn(name, &report.warnings);
    } else {
        error_prefix(&error, "cannot stamp %s: ", name);
        status = cmd_failed(&error);
    }
    stamp_report_free(&report);
    return status;
}

int cmd_stamp(char **arguments)
{
    WORDS_AUTO directories = {0};
    __attribute__((cleanup(concessions_deinit))) struct concessions concessions = {0};
    const struct option options[] = {
        {"-L", .values = &directories, .needs = "a directory"},
        {"--grows=", .values = &concessions.grows, .needs = "a type"},
        {"--alias=", .values = &concessions.aliases, .needs = "two types"},
        {"--waive=", .values = &concessions.waiver_files, .needs = "a file"},
        {0}};
    char **files = arguments + 1;
    int status = EXIT_DONE;
    bool failed = false;
    if (!options_parse(stamp_help, options, arguments, &status))
        return status;
    if (!*files)
        return cmd_usage_error("stamp", "no file given");
    status = concessions_read(&concessions);
    for (; *files && status == EXIT_DONE; files++)
        if (stamp_module(*files, *files, &directories, &concessions, NULL) != EXIT_DONE)
            failed = true;
    return failed ? EXIT_FAILED : status;
}
