/* plugin stamp: records the types of linked modules in them. */
#include "cmd.h"

#include <stdio.h>

static const char help[] =
    "usage: plugin stamp FILE...\n"
    "\n"
    "Reads the debug information (DWARF 4 or 5) of each linked ELF file, whoever\n"
    "compiled and linked it, and records in it the types of its exported symbols, and\n"
    "of the places that use plugin_as, as the sections .BTF and .plugin. Compile with\n"
    "-g; strip only after the stamp.\n"
    "\n"
    "Each file is replaced as a whole or not at all. Stamping again gives the same\n"
    "bytes.\n"
    "\n"
    "exit status: 0 all are stamped, 1 one is not, 2 wrong usage\n";

int cmd_stamp(int count, char **arguments)
{
    if (count > 1 && cmd_is_help(arguments[1])) {
        fputs(help, stdout);
        return cmd_finish_output();
    }
    bool only_files = false;
    int files = 0, status = EXIT_DONE;
    for (int i = 1; i < count; i++) {
        if (cmd_is_option(&arguments[i], &only_files))
            return cmd_usage_error("stamp", "no such option: %s", arguments[i]);
        files += arguments[i] != NULL;
    }
    if (!files)
        return cmd_usage_error("stamp", "no file given");
    for (int i = 1; i < count; i++)
        if (arguments[i] && cmd_stamp_file(arguments[i], arguments[i]) != EXIT_DONE)
            status = EXIT_FAILED;
    return status;
}
