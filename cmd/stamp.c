/* plugin stamp: records the types of linked modules in them. */
#include "common/cmd.h"
#include "common/run.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: plugin stamp [-L DIRECTORY]... FILE...\n"
    "\n"
    "Reads the debug information (DWARF 4 or 5) of each linked ELF file, whoever\n"
    "compiled and linked it, and records in it the types of its exported symbols, and\n"
    "of the places that use plugin_as, as the sections .BTF and .plugin. Compile with\n"
    "-g; strip only after the stamp.\n"
    "\n"
    "  -L DIRECTORY  where the libraries are that the file needs, besides the\n"
    "                system's directories: they may carry packages that it imports\n"
    "\n"
    "Each file is replaced as a whole or not at all. Stamping again gives the same\n"
    "bytes.\n"
    "\n"
    "exit status: 0 all are stamped, 1 one is not, 2 wrong usage\n";

/* Takes a -L and its value out of the arguments. Returns 1 if it was one, -1 if its value lacks. */
static int take_directory(char **arguments, int *index, struct words *directories)
{
    char **argument = &arguments[*index];
    if (strncmp(*argument, "-L", 2) != 0)
        return 0;
    const char *value = *argument + 2;
    *argument = NULL;
    if (!*value && !(value = arguments[++*index]))
        return -1;
    words_add(directories, "%s", value);
    arguments[*index] = NULL;
    return 1;
}

/* Reads the options, which become NULL among the arguments. Returns EXIT_DONE or EXIT_USAGE. */
static int parse(int count, char **arguments, struct words *directories)
{
    bool only_files = false;
    int files = 0;
    for (int i = 1; i < count; i++) {
        int taken = only_files ? 0 : take_directory(arguments, &i, directories);
        if (taken < 0)
            return cmd_usage_error("stamp", "-L needs a directory");
        if (taken)
            continue;
        if (cmd_is_option(&arguments[i], &only_files))
            return cmd_usage_error("stamp", "no such option: %s", arguments[i]);
        files += arguments[i] != NULL;
    }
    return files ? EXIT_DONE : cmd_usage_error("stamp", "no file given");
}

int cmd_stamp(int count, char **arguments)
{
    if (count > 1 && cmd_is_help(arguments[1])) {
        fputs(help, stdout);
        return cmd_finish_output();
    }
    WORDS_AUTO directories = {0};
    int status = parse(count, arguments, &directories);
    if (status != EXIT_DONE)
        return status;
    if (directories.failed) {
        ERROR_AUTO error = {0};
        error_set_no_memory(&error);
        return cmd_failed(&error);
    }
    const struct stamp_options options = {(const char *const *)directories.items};
    for (int i = 1; i < count; i++)
        if (arguments[i] && cmd_stamp_file(arguments[i], arguments[i], &options) != EXIT_DONE)
            status = EXIT_FAILED;
    return status;
}
