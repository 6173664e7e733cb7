/* SPDX-License-Identifier: MIT */
/* The `plugin` command: finds the verb and runs it. */
#include "common/cmd.h"
#include "src/base/path.h"

#include <stdio.h>
#include <string.h>

static const char main_help[] =
    "usage: plugin VERB [ARGUMENT...]\n"
    "\n"
    "Build, stamp, inspect and check plugins for C programs.\n"
    "\n"
    "  build      compile, link and stamp a plugin, or a program that opens plugins\n"
    "  bundle     link built-in plugins into one object for a program\n"
    "  flags      print what a compilation or a link by other means needs\n"
    "  stamp      record the types of a linked module in it\n"
    "  inspect    show what a module records: symbols, packages, imports, build\n"
    "  header     print a C header for a plugin\n"
    "  check      tell whether plugins fit a host, and if not, every reason\n"
    "  new        write the source of a plugin that meets a host's interface\n"
    "  call       call a plugin's functions, show and set its variables\n"
    "  graph      draw a host, its plugins, and what they use of each other\n"
    "  ls         list a directory: which files are plugins, and which fit a host\n"
    "  sign       sign files with a minisign key\n"
    "  verify     verify the signatures of files\n"
    "  go-bridge  build the library that opens Go plugins\n"
    "\n"
    "  --help     print this help; `plugin VERB --help` describes a verb\n"
    "  --version  print the version\n"
    "\n"
    "exit status: 0 success, 1 failure, 2 usage error; `plugin build` and `plugin\n"
    "bundle` pass on the compiler's\n";

static const struct {
    const char *name;
    int (*run)(char **arguments);
} verbs[] = {
    {"build", cmd_build}, {"bundle", cmd_bundle},   {"flags", cmd_flags},
    {"stamp", cmd_stamp}, {"inspect", cmd_inspect}, {"header", cmd_header},
    {"check", cmd_check}, {"graph", cmd_graph},     {"ls", cmd_ls},
    {"sign", cmd_sign},   {"verify", cmd_verify},   {"go-bridge", cmd_go_bridge},
    {"new", cmd_new},     {"call", cmd_call},       {"complete", cmd_complete},
};

int main(int argc, char **argv)
{
    if (argc && linker_is_name(path_base_name(argv[0])))
        return cmd_linker(argv);
    if (argc < 2) {
        fputs(main_help, stderr);
        return EXIT_USAGE;
    }
    if (cmd_is_help(argv[1]) || !strcmp(argv[1], "help")) {
        fputs(main_help, stdout);
        return cmd_finish_output(EXIT_DONE);
    }
    if (!strcmp(argv[1], "--version")) {
        puts("plugin " PLUGIN_VERSION);
        return cmd_finish_output(EXIT_DONE);
    }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (!strcmp(argv[1], verbs[i].name))
            return verbs[i].run(argv + 1);
    ERROR_AUTO error = {0};
    error_set(&error, PLUGIN_OK, "unknown verb: %s; see `plugin --help`", argv[1]);
    cmd_failed(&error);
    return EXIT_USAGE;
}
