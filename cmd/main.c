/* The `plugin` command: finds the verb and runs it. */
#include "common/cmd.h"

#include <stdio.h>
#include <string.h>

static const char main_help[] =
    "plugin - build, stamp, inspect and check plugins\n"
    "\n"
    "usage:\n"
    "  plugin build [-buildmode=plugin|archive|exe] [-o FILE] [FLAG...] FILE...\n"
    "      compile, link and stamp; flags that it does not know go to the compiler\n"
    "  plugin bundle -o FILE.o PLUGIN.a...\n"
    "      make one object of built-in plugins, for a program to be linked with\n"
    "  plugin stamp FILE...\n"
    "      record types in a linked module, from its debug information\n"
    "  plugin inspect [--json] FILE...\n"
    "      show a module's symbols with their types, its build, its constructors\n"
    "  plugin header [--check] FILE\n"
    "      print a C header for a plugin\n"
    "  plugin check [--json] [--strict] HOST PLUGIN...\n"
    "      say whether plugins fit a host, and if not, every reason\n"
    "  plugin sign -s KEY [--version=N] FILE...; plugin verify --key=KEY FILE...\n"
    "      sign plugins; say whether they are signed\n"
    "  plugin go-bridge [-o FILE] [--go=GO] [--for=PLUGIN] [FLAG...]\n"
    "      build what opens Go plugins\n"
    "\n"
    "  plugin VERB --help    more about one verb\n"
    "  plugin --version      the version\n"
    "\n"
    "exit status: 0 done, 1 failed, 2 wrong usage; `build` passes on the compiler's\n";

static const struct {
    const char *name;
    int (*run)(char **arguments);
} verbs[] = {
    {"build", cmd_build},     {"bundle", cmd_bundle}, {"stamp", cmd_stamp},
    {"inspect", cmd_inspect}, {"header", cmd_header}, {"check", cmd_check},
    {"sign", cmd_sign},       {"verify", cmd_verify}, {"go-bridge", cmd_go_bridge},
};

int main(int argc, char **argv)
{
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
    error_set(&error, PLUGIN_OK, "no such verb: %s; see `plugin --help`", argv[1]);
    cmd_failed(&error);
    return EXIT_USAGE;
}
