/* SPDX-License-Identifier: MIT */
/* plugin build: compiles, links and stamps in one command, in the manner of mpicc. Unknown flags go
 * to the compiler. */
#include "build/archive_p.h"
#include "build/compile_p.h"
#include "build/standard_input_p.h"
#include "common/cmd.h"

#include <stdlib.h>
#include <string.h>

static const char build_help[] =
    "usage: plugin build [-buildmode=exe|plugin|archive|interface] [-o FILE]\n"
    "           [--cc=COMPILER] [--with=ARCHIVE]... [--grows=TYPE]... [-s] [-v]\n"
    "           [--alias=OWN=OUTSIDE]... [--waive=WAIVERS]... [FLAG...] FILE...\n"
    "\n"
    "Compile and link sources, objects and libraries, and stamp the result.\n"
    "\n"
    "  -buildmode=exe      build a program that opens plugins (default)\n"
    "  -buildmode=plugin   build a plugin\n"
    "  -buildmode=archive  build a built-in plugin, FILE.a, which --with links\n"
    "  -buildmode=interface  build what plugin check --interface reads\n"
    "  --with=ARCHIVE      link a built-in plugin into the program\n"
    "  -o FILE             write to FILE (default: the first source's name without\n"
    "                      extension; with .so, .a or .expects)\n"
    "  --cc=COMPILER       use this compiler, with flags if any\n"
    "  --grows, --alias, --waive  for a host: as the options of plugin stamp\n"
    "  -s                  strip the output after the stamp\n"
    "  -v                  print the commands; also passed to the compiler\n"
    "  FLAG                any other flag is passed to the compiler\n"
    "\n"
    "The compiler gets -g first. On failure, an existing output stays unchanged.\n"
    "\n"
    "environment: CC (default: cc), CXX for C++ (default: c++), STRIP, OBJCOPY, AR\n"
    "exit status: 0 success, 1 failure, 2 usage error, or else the compiler's\n"
    "example: plugin build -buildmode=plugin -O2 -o hello.so hello.c\n";

static int build_stamp(const struct build *build, const struct scratch *scratch)
{
    WORDS_AUTO directories = {0};
    compile_add_library_directories(&directories, build);
    return stamp_module(text_chars(&scratch->path), build->output, &directories,
                        &build->concessions, build_source_directory(build));
}

static int build_strip(const struct build *build, const struct scratch *scratch)
{
    WORDS_AUTO command = {0};
    words_add_split(&command, getenv("STRIP"));
    if (!command.count)
        words_add(&command, "strip");
    /* Other strip programs than binutils' remove sections that are not loaded. */
    words_add_list(&command, "--keep-section=.BTF", "--keep-section=.plugin",
                   text_chars(&scratch->path), NULL);
    return compile_step(build, scratch, "program", &command);
}

static int build_in_scratch(const struct build *build, const struct scratch *scratch)
{
    int status = compile_link(build, scratch);
    if (status == EXIT_DONE)
        status = build_stamp(build, scratch);
    if (status == EXIT_DONE && build->strip)
        status = build_strip(build, scratch);
    if (status != EXIT_DONE)
        return status;
    if (interrupts_arrived(&scratch->interrupts))
        return EXIT_FAILED;
    ERROR_AUTO error = {0};
    return scratch_commit(scratch, build->output, &error) ? EXIT_DONE : cmd_failed(&error);
}

/* Builds a plugin or a program. */
static int build_output(const struct build *build)
{
    ERROR_AUTO error = {0};
    struct scratch scratch;
    int status = scratch_open(&scratch, build->output, &error) ? build_in_scratch(build, &scratch)
                                                               : cmd_failed(&error);
    scratch_close(&scratch);
    return status;
}

/* Builds a program with the built-in plugins of --with, bundled in the directory `work`. */
static int build_with_bundle(const struct build *build, const struct scratch *work)
{
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
        return cmd_failed_no_memory();
    }
    memcpy(program.arguments, build->arguments, build->count * sizeof *build->arguments);
    if (build->language) {
        program.arguments[program.count++] = (struct argument){"-x", ARGUMENT_FLAG};
        program.arguments[program.count++] = (struct argument){"none", ARGUMENT_FLAG};
    }
    program.arguments[program.count++] = (struct argument){text_chars(&object), ARGUMENT_INPUT};
    for (size_t i = 0; i < flags.count; i++)
        program.arguments[program.count++] = (struct argument){flags.items[i], ARGUMENT_FLAG};
    status = build_output(&program);
    free(program.arguments);
    return status;
}

static int build_with_plugins(const struct build *build)
{
    ERROR_AUTO error = {0};
    struct scratch work;
    int status = scratch_open(&work, build->output, &error) ? build_with_bundle(build, &work)
                                                            : cmd_failed(&error);
    scratch_close(&work);
    return status;
}

static int build_run(struct build *build)
{
    if (build->help) {
        fputs(build_help, stdout);
        return cmd_finish_output(EXIT_DONE);
    }
    TEXT_AUTO name = {0};
    int status = build_check(build);
    if (status == EXIT_DONE && !build->output) {
        build_add_default_output(&name, build);
        build->output = text_chars(&name);
    }
    if (status == EXIT_DONE)
        status = build_check_output(build);
    if (status == EXIT_DONE)
        status = concessions_read(&build->concessions);
    if (status != EXIT_DONE)
        return status;
    ERROR_AUTO error = {0};
    if (build->reads_standard_input && !standard_input_keep(&error))
        return cmd_failed(&error);
    if (build->is_archive)
        return archive_build(build);
    return build->archive_count ? build_with_plugins(build) : build_output(build);
}

int cmd_build(char **arguments)
{
    struct build build;
    int status = build_init(&build, arguments) ? build_run(&build) : cmd_failed_no_memory();
    build_deinit(&build);
    return status;
}
