/* `plugin build`: compile, link and stamp in one command, in the manner of mpicc. Flags that it
 * does not know go to the compiler. */
#include "../stamp/stamp.h"
#include "build_arguments.h"
#include "cmd.h"
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: plugin build [-buildmode=plugin|exe] [-o FILE] [--cc=COMPILER]\n"
    "                    [FLAG...] FILE...\n"
    "\n"
    "Compiles and links the files, sources or objects, and stamps the result.\n"
    "\n"
    "  -buildmode=exe     a program that opens plugins, with libplugin (default)\n"
    "  -buildmode=plugin  a plugin\n"
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

/* Does the loader look there anyway? In /lib, /usr/lib64, /usr/lib/x86_64-linux-gnu it does. */
static bool is_system_library_directory(const char *path)
{
    path += !strncmp(path, "/usr/", 5) ? 4 : 0;
    if (strncmp(path, "/lib", 4) != 0)
        return false;
    path += 4;
    path += strspn(path, "x3264");
    return !*path || *path == '/';
}

/* Adds the compiler itself: what the user says, or else the environment, or else the usual name. */
static void add_compiler(struct words *command, const struct build *build)
{
    const char *variable = getenv(build->cplusplus ? "CXX" : "CC");
    if (build->compiler)
        words_add_split(command, build->compiler);
    else if (variable)
        words_add_split(command, variable);
    if (!command->count)
        words_add(command, build->cplusplus ? "c++" : "cc");
}

/* Adds what the user gave. A C++ compiler takes .c files for C++, too, unless it is told. */
static void add_users_arguments(struct words *command, const struct build *build)
{
    for (size_t i = 0; i < build->count; i++) {
        const struct argument *argument = &build->arguments[i];
        bool told = build->cplusplus && argument->kind == C_SOURCE;
        if (told) {
            words_add(command, "-x");
            words_add(command, "c");
        }
        words_add(command, "%s", argument->string);
        if (told) {
            words_add(command, "-x");
            words_add(command, "none");
        }
    }
}

/* Was the linker gold asked for? */
static bool links_by_gold(const struct words *command)
{
    const char *linker = "";
    for (size_t i = 0; i < command->count; i++)
        if (!strncmp(command->items[i], "-fuse-ld=", 9))
            linker = command->items[i] + 9;
    return !strcmp(linker, "gold");
}

/* Adds how the plugin's references to its own symbols bind: to itself, whatever the host exports,
 * but for the packages' symbols, which the dynamic list names: to the live copy in the process. */
static void add_binding(struct words *command, const char *shared)
{
    /* For gold, the list does not say how all others bind; for lld, who asks for both wants no
     * exceptions when it is loaded. */
    if (!shared || links_by_gold(command))
        words_add(command, "-Wl,-Bsymbolic");
    if (!shared)
        return;
    words_add(command, "-Wl,--dynamic-list=%s", shared);
    /* What is bound elsewhere must not be inlined, as clang would. */
    words_add(command, "-fsemantic-interposition");
    /* All that the compiler has to say, it has said the first time. */
    words_add(command, "-w");
}

/* Adds where the header is, and what makes a plugin or a host. */
static void add_mode(struct words *command, const struct build *build, const char *shared)
{
    TEXT_AUTO root = {0}, libraries = {0}, headers = {0};
    cmd_add_root(&root);
    cmd_add_library_directory(&libraries);
    text_add(&headers, "%s%s", text_chars(&root), PLUGIN_INCLUDEDIR);
    /* The compiler looks there by itself; earlier, it would break C++'s #include_next. */
    if (strcmp(text_chars(&headers), "/usr/include") != 0)
        words_add(command, "-I%s", text_chars(&headers));
    if (build->plugin) {
        words_add(command, "-fPIC");
        words_add(command, "-shared");
        add_binding(command, shared);
        /* A plugin that never calls it uses the one that its host has. */
        words_add(command, "-Wl,--push-state,--as-needed");
    } else {
        /* Plugins may use what the host defines. */
        words_add(command, "-rdynamic");
    }
    words_add(command, "-L%s", text_chars(&libraries));
    if (!build->is_static && !is_system_library_directory(text_chars(&libraries)))
        words_add(command, "-Wl,-rpath,%s", text_chars(&libraries));
    words_add(command, "-lplugin");
    if (build->plugin)
        words_add(command, "-Wl,--pop-state");
    command->failed |= root.failed || libraries.failed || headers.failed;
}

/* Runs a command. Its failure is its own to explain, unless it cannot be run. */
static int run_step(const struct build *build, const struct scratch *scratch, const char *what,
                    const struct words *command)
{
    ERROR_AUTO error = {0};
    int status;
    if (build->verbose)
        run_print(command);
    if (run(scratch, command, &status, &error))
        return status;
    error_prefix(&error, "cannot run the %s %s: ", what, command->count ? command->items[0] : "");
    return cmd_failed(&error);
}

/* Does the compiler take this flag? One that cannot be run will be told of when it is to compile.
 */
static bool takes(const struct build *build, const struct scratch *scratch, const char *flag)
{
    ERROR_AUTO ignored = {0};
    WORDS_AUTO command = {0};
    int status;
    add_compiler(&command, build);
    words_add(&command, "%s", flag);
    words_add(&command, "-E");
    words_add(&command, "-xc++");
    words_add(&command, "/dev/null");
    return run_silently(scratch, &command, &status, &ignored) && status == 0;
}

/* g++ has all modules of a process share, by name, the variables of inline functions and of
 * templates, however they were linked and opened. Those of two plugins may be different ones. */
static void add_uniqueness(struct words *command, const struct build *build,
                           const struct scratch *scratch)
{
    if (!build->plugin || command->failed)
        return;
    bool is_cplusplus = build->cplusplus || strstr(run_base_name(command->items[0]), "++");
    if (is_cplusplus && takes(build, scratch, "-fno-gnu-unique"))
        words_add(command, "-fno-gnu-unique");
}

/* Compiles and links. `shared` is the dynamic list of the packages' symbols, NULL if there are
 * none, as far as is known. */
static int compile(const struct build *build, const struct scratch *scratch, const char *shared)
{
    WORDS_AUTO command = {0};
    add_compiler(&command, build);
    add_uniqueness(&command, build, scratch);
    words_add(&command, "-g"); /* early, so that a -g of the user's wins */
    add_users_arguments(&command, build);
    add_mode(&command, build, shared);
    if (build->writes_rules && !build->names_targets) {
        words_add(&command, "-MQ");
        words_add(&command, "%s", build->output);
    }
    words_add(&command, "-o");
    words_add(&command, "%s", text_chars(&scratch->path));
    int status = run_step(build, scratch, "compiler", &command);
    if (status != EXIT_DONE || access(text_chars(&scratch->path), F_OK) == 0)
        return status;
    ERROR_AUTO error = {0};
    error_set(&error, PLUGIN_NOT_FOUND, "the compiler %s did not write %s", command.items[0],
              build->output);
    return cmd_failed(&error);
}

/* Stamps what was linked; the libraries are where the link found them. */
static int stamp(const struct build *build, const struct scratch *scratch)
{
    WORDS_AUTO directories = {0};
    for (size_t i = 0; i < build->count; i++) {
        const char *flag = build->arguments[i].string;
        if (build->arguments[i].kind != FLAG || strncmp(flag, "-L", 2) != 0)
            continue;
        if (flag[2])
            words_add(&directories, "%s", flag + 2);
        else if (i + 1 < build->count)
            words_add(&directories, "%s", build->arguments[i + 1].string);
    }
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
    return run_step(build, scratch, "program", &command);
}

/* Writes the names, one a line, as a dynamic list for the linker. */
static bool write_dynamic_list(const char *path, const char *names, struct error *error)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return error_set(error, PLUGIN_SYSTEM, "cannot write %s: %s", path, strerror(errno));
    fputs("{\n", file);
    while (*names) {
        int length = (int)strcspn(names, "\n");
        fprintf(file, "\"%.*s\";\n", length, names);
        names += length + (names[length] == '\n');
    }
    fputs("};\n", file);
    bool done = !ferror(file);
    if (fclose(file) != 0 || !done)
        return error_set(error, PLUGIN_SYSTEM, "cannot write %s: %s", path, strerror(errno));
    return true;
}

/* Which symbols are those of packages, the debug information of the linked plugin tells: if there
 * are some, it is linked again, so that their references bind to the live copy. */
static int share_packages(const struct build *build, const struct scratch *scratch)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO names = {0}, list = {0};
    if (!stamp_package_symbols(text_chars(&scratch->path), &names, &error)) {
        error_prefix(&error, "cannot stamp %s: ", build->output);
        return cmd_failed(&error);
    }
    if (!names.length)
        return EXIT_DONE;
    text_add(&list, "%s/.dynamic-list", text_chars(&scratch->directory));
    if (names.failed || list.failed) {
        error_set_no_memory(&error);
        return cmd_failed(&error);
    }
    if (!write_dynamic_list(text_chars(&list), text_chars(&names), &error))
        return cmd_failed(&error);
    int status = compile(build, scratch, text_chars(&list));
    unlink(text_chars(&list));
    return status;
}

/* Makes the output in the scratch directory, and puts it in place once it is whole. */
static int produce(const struct build *build, const struct scratch *scratch)
{
    int status = compile(build, scratch, NULL);
    if (status == EXIT_DONE && build->plugin)
        status = share_packages(build, scratch);
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
    return status == EXIT_DONE ? build_output(build) : status;
}

int cmd_build(int count, char **arguments)
{
    struct build build = {.mode = "exe"};
    build.arguments = calloc((size_t)count, sizeof *build.arguments);
    if (!build.arguments) {
        ERROR_AUTO error = {0};
        error_set_no_memory(&error);
        return cmd_failed(&error);
    }
    build_parse(&build, count, arguments);
    int status = carry_out(&build);
    free(build.arguments);
    return status;
}
