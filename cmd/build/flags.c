/* SPDX-License-Identifier: MIT */
/* plugin flags: prints what a compilation or a link by other means needs. */
#include "build/compile_p.h"
#include "build/compiler_p.h"
#include "common/cmd.h"
#include "common/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char flags_help[] =
    "usage: plugin flags --cflags [--plugin] [--cc=COMPILER] [FLAG...]\n"
    "       plugin flags --plugin [--list=FILE] [--cc=COMPILER] [FLAG...] [OBJECT...]\n"
    "       plugin flags --host|--libs [--static] [--cc=COMPILER] [FLAG...]\n"
    "\n"
    "Print, quoted for a shell, the flags that `plugin build` adds, to compile and\n"
    "link by other means, before plugin stamp.\n"
    "\n"
    "  --cflags       to compile a file of a host; with --plugin, of a plugin\n"
    "  --plugin       to link a plugin\n"
    "  --list=FILE    for a plugin with packages: link these objects for a try, write\n"
    "                 the names that they share to FILE, and let the link use it\n"
    "  --host         to link a program that opens plugins\n"
    "  --libs         to link with the library alone\n"
    "  --static       for a link with -static: the library is libplugin-static\n"
    "  --cc=COMPILER  the compiler, with flags if any (default: $CC, else cc)\n"
    "  FLAG           what the link gets besides; -fuse-ld= matters\n"
    "\n"
    "exit status: 0 success, 1 failure, 2 usage error, or else the compiler's\n"
    "example: cc -o a.so a.o b.o $(plugin flags --plugin --list=a.list a.o b.o)\n";

/* What is asked for. */
struct flags {
    bool compiles, makes_plugin, makes_host, is_library;
    const char *list; /* NULL: none */
};

/* Takes the verb's own options out of the arguments. */
static void flags_take_own(struct flags *flags, char **arguments)
{
    char **kept = arguments + 1;
    const struct {
        const char *name;
        bool *flag;
    } options[] = {{"--cflags", &flags->compiles},
                   {"--plugin", &flags->makes_plugin},
                   {"--host", &flags->makes_host},
                   {"--libs", &flags->is_library}};
    for (int i = 1; arguments[i]; i++) {
        size_t k = 0;
        const char *value = option_value("--list", arguments, &i);
        while (k < 4 && strcmp(arguments[i], options[k].name) != 0)
            k++;
        if (value)
            flags->list = value;
        else if (k < 4)
            *options[k].flag = true;
        else
            *kept++ = arguments[i];
    }
    *kept = NULL;
}

static int flags_check(const struct flags *flags, const struct build *build)
{
    int links = flags->makes_plugin + flags->makes_host + flags->is_library;
    if (!flags->compiles && !links)
        return cmd_usage_error("flags", "flags of what? give --cflags, --plugin, --host or --libs");
    if (links > 1)
        return cmd_usage_error("flags", "give one of --plugin, --host and --libs");
    if (flags->compiles && flags->is_library)
        return cmd_usage_error("flags", "--cflags and --libs go to different commands; ask twice");
    if (strcmp(build->mode, "exe") != 0 || build->archive_count)
        return cmd_usage_error("flags", "-buildmode and --with are options of plugin build");
    if (flags->list && (flags->compiles || !flags->makes_plugin))
        return cmd_usage_error("flags", "--list needs --plugin, for a link");
    if (flags->list && !*flags->list)
        return cmd_usage_error("flags", "--list needs a file");
    if (flags->list && !build->has_input)
        return cmd_usage_error("flags", "--list needs the objects that are linked");
    if (!flags->list && build->has_input)
        return cmd_usage_error("flags", "objects need --list=FILE, for which they are linked");
    return EXIT_DONE;
}

/* Writes the list of the packages' symbols. Sets *is_used if there are any. */
static int flags_write_list(const struct build *build, const struct scratch *scratch, bool *is_used)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO names = {0};
    const char *path = text_chars(&scratch->path);
    int status = compile_find_shared(build, scratch, &names);
    if (status != EXIT_DONE)
        return status;
    if (interrupts_arrived(&scratch->interrupts))
        return EXIT_FAILED;
    unlink(path);
    *is_used = names.length > 0;
    return compile_write_dynamic_list(path, text_chars(&names), &error) &&
                   scratch_commit(scratch, build->output, &error)
               ? EXIT_DONE
               : cmd_failed(&error);
}

/* Prints the flags that are added to the compiler and the user's own. */
static int flags_print(const struct flags *flags, const struct build *build,
                       const struct scratch *scratch, const char *list)
{
    WORDS_AUTO command = {0};
    TEXT_AUTO line = {0};
    compiler_add(&command, build);
    for (size_t i = 0; i < build->count; i++)
        words_add(&command, "%s", build->arguments[i].string);
    size_t first = command.count;
    if (flags->compiles) {
        compiler_add_defaults(&command, build, scratch);
        compiler_add_headers(&command);
        if (build->is_plugin)
            compiler_add_code(&command);
    } else if (flags->is_library) {
        compiler_add_library(&command, build);
    } else {
        compiler_add_link(&command, build, list);
    }
    words_quote(&line, &command, first);
    if (command.failed || line.failed)
        return cmd_failed_no_memory();
    puts(text_chars(&line));
    return cmd_finish_output(EXIT_DONE);
}

static int flags_run(const struct flags *flags, struct build *build)
{
    if (build->help) {
        fputs(flags_help, stdout);
        return cmd_finish_output(EXIT_DONE);
    }
    ERROR_AUTO error = {0};
    struct scratch scratch = {0};
    bool uses_list = false;
    int status = flags_check(flags, build);
    if (status != EXIT_DONE)
        return status;
    build->is_plugin = flags->makes_plugin;
    build->output = flags->list;
    if (!flags->list)
        interrupts_hold(&scratch.interrupts);
    else if (!scratch_open(&scratch, flags->list, &error))
        status = cmd_failed(&error);
    else
        status = flags_write_list(build, &scratch, &uses_list);
    if (status == EXIT_DONE)
        status = flags_print(flags, build, &scratch, uses_list ? flags->list : NULL);
    scratch_close(&scratch);
    return status;
}

int cmd_flags(char **arguments)
{
    struct build build;
    struct flags flags = {0};
    flags_take_own(&flags, arguments);
    int status = build_init(&build, arguments) ? flags_run(&flags, &build) : cmd_failed_no_memory();
    build_deinit(&build);
    return status;
}
