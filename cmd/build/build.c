/* `plugin build`: compile, link and stamp in one command, in the manner of mpicc. Flags that it
 * does not know go to the compiler. */
#include "build/archive.h"
#include "build/compile.h"
#include "common/cmd.h"
#include "stamp/stamp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: plugin build [-buildmode=plugin|archive|exe] [-o FILE] [--cc=COMPILER]\n"
    "                    [--with=PLUGIN.a]... [FLAG...] FILE...\n"
    "\n"
    "Compiles and links the files, sources or objects, and stamps the result.\n"
    "\n"
    "  -buildmode=exe     a program that opens plugins, with libplugin (default)\n"
    "  -buildmode=plugin  a plugin\n"
    "  -buildmode=archive a built-in plugin: FILE.a, to be linked into programs,\n"
    "                     where plugin_open finds it as FILE.so\n"
    "  --with=PLUGIN.a    a built-in plugin that the program gets\n"
    "  -o FILE            the output; default: the first source's name without its\n"
    "                     extension, in this directory, and .so for a plugin\n"
    "  --cc=COMPILER      the compiler, with flags if any\n"
    "  -s                 strip the output, after the stamp\n"
    "  -v                 print the commands; the compiler prints its own, too\n"
    "  FLAG...            all other flags go to the compiler, in order\n"
    "\n"
    "The compiler gets -g first, so that the stamp finds the types. If anything\n"
    "fails, an old output stays as it was.\n"
    "\n"
    "environment: CC (default: cc), for C++ sources CXX (default: c++), and STRIP\n"
    "exit status: 0 done, 1 failed, 2 wrong usage, or else the compiler's\n"
    "example: plugin build -buildmode=plugin -O2 -o hello.so hello.c\n";

/* Stamps what was linked; the libraries are where the link found them. */
static int stamp(const struct build *build, const struct scratch *scratch)
{
    WORDS_AUTO directories = {0};
    compile_add_library_directories(&directories, build);
    if (directories.failed) {
        ERROR_AUTO error = {0};
        error_set_no_memory(&error);
        return cmd_failed(&error);
    }
    const struct stamp_options options = {(const char *const *)directories.items};
    return cmd_stamp_file(text_chars(&scratch->path), build->output, &options);
}

static int strip(const struct build *build, const struct scratch *scratch)
{
    WORDS_AUTO command = {0};
    const char *variable = getenv("STRIP");
    words_add_split(&command, variable ? variable : "");
    if (!command.count)
        words_add(&command, "strip");
    /* Others than binutils' strip remove what is not loaded. */
    words_add(&command, "--keep-section=.BTF");
    words_add(&command, "--keep-section=.plugin");
    words_add(&command, "%s", text_chars(&scratch->path));
    return compile_step(build, scratch, "program", &command);
}

/* Makes the output in the scratch directory, and puts it in place once it is whole. */
static int produce(const struct build *build, const struct scratch *scratch)
{
    int status = compile_link(build, scratch, NULL);
    if (status == EXIT_DONE && build->plugin)
        status = compile_share_packages(build, scratch);
    if (status == EXIT_DONE)
        status = stamp(build, scratch);
    if (status == EXIT_DONE && build->strip)
        status = strip(build, scratch);
    if (status != EXIT_DONE)
        return status;
    if (interrupts_arrived(&scratch->interrupts))
        return EXIT_FAILED;
    ERROR_AUTO error = {0};
    return scratch_keep(scratch, build->output, &error) ? EXIT_DONE : cmd_failed(&error);
}

static int build_output(const struct build *build)
{
    ERROR_AUTO error = {0};
    struct scratch scratch;
    int status = scratch_open(&scratch, build->output, &error) ? produce(build, &scratch)
                                                               : cmd_failed(&error);
    scratch_close(&scratch);
    return status;
}

/* The same for a program with built-in plugins, which are bundled first. */
static int bundle_and_build(const struct build *build, const struct scratch *work)
{
    ERROR_AUTO error = {0};
    WORDS_AUTO flags = {0};
    TEXT_AUTO object = {0};
    text_add(&object, "%s/plugins.o", text_chars(&work->directory));
    int status = bundle_make(build, work, build->archives, build->archive_count,
                             text_chars(&object), &flags);
    if (status != EXIT_DONE)
        return status;
    struct build program = *build;
    program.arguments = calloc(build->count + flags.count + 3, sizeof *program.arguments);
    if (!program.arguments || flags.failed || object.failed) {
        free(program.arguments);
        error_set_no_memory(&error);
        return cmd_failed(&error);
    }
    memcpy(program.arguments, build->arguments, build->count * sizeof *build->arguments);
    if (build->language) {
        program.arguments[program.count++] = (struct argument){"-x", FLAG};
        program.arguments[program.count++] = (struct argument){"none", FLAG};
    }
    program.arguments[program.count++] = (struct argument){text_chars(&object), INPUT};
    for (size_t i = 0; i < flags.count; i++)
        program.arguments[program.count++] = (struct argument){flags.items[i], FLAG};
    status = build_output(&program);
    free(program.arguments);
    return status;
}

static int build_with_plugins(const struct build *build)
{
    ERROR_AUTO error = {0};
    struct scratch work;
    int status = scratch_open(&work, build->output, &error) ? bundle_and_build(build, &work)
                                                            : cmd_failed(&error);
    scratch_close(&work);
    return status;
}

/* Does what the arguments say, once they are understood. */
static int carry_out(struct build *build)
{
    if (build->help) {
        fputs(help, stdout);
        return cmd_finish_output();
    }
    TEXT_AUTO name = {0};
    int status = build_check(build);
    if (status == EXIT_DONE && !build->output) {
        build_add_default_output(&name, build);
        build->output = text_chars(&name);
    }
    if (status == EXIT_DONE)
        status = build_check_output(build);
    if (status != EXIT_DONE)
        return status;
    return build->is_archive      ? archive_build(build)
           : build->archive_count ? build_with_plugins(build)
                                  : build_output(build);
}

int cmd_build(int count, char **arguments)
{
    struct build build = {.mode = "exe"};
    build.arguments = calloc((size_t)count, sizeof *build.arguments);
    build.archives = calloc((size_t)count, sizeof *build.archives);
    if (!build.arguments || !build.archives) {
        free(build.arguments);
        free(build.archives);
        ERROR_AUTO error = {0};
        error_set_no_memory(&error);
        return cmd_failed(&error);
    }
    build_parse(&build, count, arguments);
    int status = carry_out(&build);
    free(build.arguments);
    free(build.archives);
    return status;
}
