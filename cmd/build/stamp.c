/* plugin stamp: records the types of linked modules in them. */
#include "build/stamp_p.h"

#include "common/cmd.h"
#include "common/options.h"
#include "common/progress.h"
#include "stamp/stamp.h"

static const char stamp_help[] =
    "usage: plugin stamp [-L DIRECTORY]... [--grows=TYPE]... FILE...\n"
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
    "\n"
    "A file is replaced as a whole or not at all. Stamping it again gives the same\n"
    "bytes.\n"
    "\n"
    "exit status: 0 success, 1 failure, 2 usage error\n";

int stamp_module(const char *path, const char *name, const struct words *library_directories,
                 const struct words *grows, const char *source_directory)
{
    if (library_directories->failed || (grows && grows->failed))
        return cmd_failed_no_memory();
    ERROR_AUTO error = {0};
    struct stamp_report report = {0};
    const struct stamp_options options = {(const char *const *)library_directories->items,
                                          source_directory,
                                          grows ? (const char *const *)grows->items : NULL};
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
    WORDS_AUTO directories = {0}, grows = {0};
    const struct option options[] = {{"-L", .values = &directories, .needs = "a directory"},
                                     {"--grows=", .values = &grows, .needs = "a type"},
                                     {0}};
    char **files = arguments + 1;
    int status = EXIT_DONE;
    if (!options_parse(stamp_help, options, arguments, &status))
        return status;
    if (!*files)
        return cmd_usage_error("stamp", "no file given");
    for (; *files; files++)
        if (stamp_module(*files, *files, &directories, &grows, NULL) != EXIT_DONE)
            status = EXIT_FAILED;
    return status;
}
