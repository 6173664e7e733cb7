/* Running the compiler. */
#include "build/compile_p.h"

#include "build/standard_input_p.h"
#include "common/cmd.h"
#include "src/base/path.h"
#include "stamp/stamp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is this a directory that the dynamic loader searches by default, such as /lib, /usr/lib64 or
 * /usr/lib/x86_64-linux-gnu? */
static bool compile_is_system_directory(const char *path)
{
    path += !strncmp(path, "/usr/", 5) ? 4 : 0;
    if (strncmp(path, "/lib", 4) != 0)
        return false;
    path += 4;
    path += strspn(path, "x3264");
    return !*path || *path == '/';
}

void compile_add_compiler(struct words *command, const struct build *build)
{
    const char *variable = getenv(build->is_cplusplus ? "CXX" : "CC");
    words_add_split(command, build->compiler ? build->compiler : variable);
    if (!command->count)
        words_add(command, build->is_cplusplus ? "c++" : "cc");
}

bool compile_is_cplusplus(const struct build *build)
{
    WORDS_AUTO command = {0};
    compile_add_compiler(&command, build);
    return build->is_cplusplus ||
           (!command.failed && strstr(path_base_name(command.items[0]), "++"));
}

int compile_step(const struct build *build, const struct scratch *scratch, const char *what,
                 const struct words *command)
{
    ERROR_AUTO error = {0};
    int status;
    if (build->verbose)
        run_print(command);
    if (build->reads_standard_input)
        standard_input_rewind();
    if (run(scratch, command, &status, &error))
        return status;
    error_prefix(&error, "cannot run the %s %s: ", what, command->count ? command->items[0] : "");
    return cmd_failed(&error);
}

/* ---- flags ---- */

/* Does the compiler accept this flag? A compiler that cannot be run fails later, with a message. */
static bool compile_accepts(const struct build *build, const struct scratch *scratch,
                            const char *flag)
{
    ERROR_AUTO ignored = {0};
    WORDS_AUTO command = {0};
    int status;
    compile_add_compiler(&command, build);
    words_add_list(&command, flag, "-E", "-xc++", "/dev/null", NULL);
    return run_silently(scratch, &command, &status, &ignored) && status == 0;
}

/* g++ makes the variables of inline functions and templates STB_GNU_UNIQUE: one for each name in
 * the process, however its modules were linked and opened. Those of two plugins may differ. */
static void compile_add_uniqueness(struct words *command, const struct build *build,
                                   const struct scratch *scratch)
{
    if ((build->is_plugin || build->is_archive) && compile_is_cplusplus(build) &&
        compile_accepts(build, scratch, "-fno-gnu-unique"))
        words_add(command, "-fno-gnu-unique");
}

/* Adds -g, and what makes C++ compilers describe a class in each file that uses it: else only in
 * that of a constructor or virtual function. The user's flags follow and may override these. */
static void compile_add_debug(struct words *command, const struct build *build,
                              const struct scratch *scratch)
{
    static const char *const flags[] = {"-fstandalone-debug", "-femit-class-debug-always"};
    words_add(command, "-g");
    for (size_t i = 0; i < 2 && compile_is_cplusplus(build); i++)
        if (compile_accepts(build, scratch, flags[i])) {
            words_add(command, "%s", flags[i]);
            return;
        }
}

/* Adds the directory of <plugin.h>. */
static void compile_add_headers(struct words *command)
{
    TEXT_AUTO headers = {0};
    cmd_add_root(&headers);
    text_add(&headers, "%s", PLUGIN_INCLUDEDIR);
    /* The compiler searches it by default, and -I would break C++'s #include_next. */
    if (strcmp(text_chars(&headers), "/usr/include") != 0)
        words_add(command, "-I%s", text_chars(&headers));
    command->failed |= headers.failed;
}

/* The compiler's rules for make must name the output, not a scratch file. */
static void compile_add_rule_target(struct words *command, const struct build *build)
{
    if (build->writes_rules && !build->names_targets)
        words_add_list(command, "-MQ", build->output, NULL);
}

void compile_add_library_directories(struct words *directories, const struct build *build)
{
    for (size_t i = 0; i < build->count; i++) {
        const char *flag = build->arguments[i].string;
        if (build->arguments[i].kind != ARGUMENT_FLAG || strncmp(flag, "-L", 2) != 0)
            continue;
        if (flag[2])
            words_add(directories, "%s", flag + 2);
        else if (i + 1 < build->count)
            words_add(directories, "%s", build->arguments[i + 1].string);
    }
}

/* ---- compiling one source ---- */

/* Is the flag for the linker only? Compilers warn of such flags when they do not link. */
static bool compile_is_linker_flag(const char *flag)
{
    static const char *const starts[] = {"-l", "-L", "-Wl,", "-Xlinker", "-T",
                                         "-u", "-z", "-e",   "-rpath",   "-fuse-ld="};
    static const char *const whole[] = {"-static",        "-static-pie",      "-pie",
                                        "-no-pie",        "-rdynamic",        "-shared",
                                        "-static-libgcc", "-static-libstdc++"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (!strncmp(flag, starts[i], strlen(starts[i])))
            return true;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (!strcmp(flag, whole[i]))
            return true;
    return false;
}

/* Adds the user's flags and, of the files, only this source. An -x after it is for other files. */
static void compile_add_source(struct words *command, const struct build *build, size_t source)
{
    for (size_t i = 0; i < build->count; i++) {
        const struct argument *argument = &build->arguments[i];
        bool is_flag = argument->kind == ARGUMENT_FLAG;
        bool takes_value = is_flag && build_takes_value(argument->string);
        bool is_of_others = i > source && !strncmp(argument->string, "-x", 2);
        if (is_flag && !compile_is_linker_flag(argument->string) && !is_of_others) {
            words_add(command, "%s", argument->string);
            if (takes_value && i + 1 < build->count)
                words_add(command, "%s", build->arguments[i + 1].string);
        } else if (i == source) {
            if (build->is_cplusplus && argument->kind == ARGUMENT_C_SOURCE)
                words_add(command, "-xc");
            words_add(command, "%s", argument->string);
        }
        i += takes_value;
    }
}

int compile_object(const struct build *build, const struct scratch *scratch, size_t index,
                   const char *object)
{
    WORDS_AUTO command = {0};
    compile_add_compiler(&command, build);
    compile_add_uniqueness(&command, build, scratch);
    compile_add_debug(&command, build, scratch);
    compile_add_source(&command, build, index);
    compile_add_rule_target(&command, build);
    if (build->writes_rules && !build->names_rules) {
        words_add(&command, "-MF");
        words_add(&command, "%.*s.d", (int)(strlen(build->output) - strlen(".a")), build->output);
    }
    compile_add_headers(&command);
    /* Another copy of the package may be the live one: its functions must not be inlined. */
    words_add_list(&command, "-fPIC", "-fno-lto", "-fsemantic-interposition", "-c", "-o", object,
                   NULL);
    return compile_step(build, scratch, "compiler", &command);
}

/* ---- linking ---- */

static bool compile_has_input_after(const struct build *build, size_t index)
{
    for (size_t i = index + 1; i < build->count; i++)
        if (build->arguments[i].kind != ARGUMENT_FLAG)
            return true;
    return false;
}

/* Adds the user's arguments. A C++ compiler compiles .c files as C++ without -x; newer clangs warn
 * of an -x after the last file. */
static void compile_add_arguments(struct words *command, const struct build *build)
{
    for (size_t i = 0; i < build->count; i++) {
        const struct argument *argument = &build->arguments[i];
        bool needs_language = build->is_cplusplus && argument->kind == ARGUMENT_C_SOURCE;
        if (needs_language)
            words_add_list(command, "-x", "c", NULL);
        words_add(command, "%s", argument->string);
        if (needs_language && compile_has_input_after(build, i))
            words_add_list(command, "-x", "none", NULL);
    }
}

static bool compile_links_with_gold(const struct words *command)
{
    const char *linker = "";
    for (size_t i = 0; i < command->count; i++)
        if (!strncmp(command->items[i], "-fuse-ld=", 9))
            linker = command->items[i] + 9;
    return !strcmp(linker, "gold");
}

/* Binds the plugin's references to its own symbols to itself, whatever the host exports, except
 * those to packages' symbols, which the dynamic list names: they bind to the live copy. */
static void compile_add_binding(struct words *command, const char *dynamic_list)
{
    /* With gold, --dynamic-list does not imply -Bsymbolic for the other symbols; with lld,
     * -Bsymbolic overrides the list. */
    if (!dynamic_list || compile_links_with_gold(command))
        words_add(command, "-Wl,-Bsymbolic");
    if (!dynamic_list)
        return;
    words_add(command, "-Wl,--dynamic-list=%s", dynamic_list);
    /* Without -fsemantic-interposition, clang would inline functions that bind elsewhere. The first
     * link has printed the warnings. */
    words_add_list(command, "-fsemantic-interposition", "-w", NULL);
}

/* Adds the flags for the header and the library, and those that make a plugin or a host. */
static void compile_add_mode(struct words *command, const struct build *build,
                             const char *dynamic_list)
{
    TEXT_AUTO libraries = {0};
    cmd_add_library_directory(&libraries);
    compile_add_headers(command);
    if (build->is_plugin) {
        words_add_list(command, "-fPIC", "-shared", NULL);
        compile_add_binding(command, dynamic_list);
        /* A plugin that never calls libplugin does not depend on it. */
        words_add(command, "-Wl,--push-state,--as-needed");
    } else if (!build->is_static) {
        /* Exports to plugins. glibc's static-pie start code does not survive it. */
        words_add(command, "-rdynamic");
    }
    words_add(command, "-L%s", text_chars(&libraries));
    if (!build->is_static && !compile_is_system_directory(text_chars(&libraries)))
        words_add(command, "-Wl,-rpath,%s", text_chars(&libraries));
    words_add(command, build->is_static ? "-lplugin-static" : "-lplugin");
    if (build->is_plugin)
        words_add(command, "-Wl,--pop-state");
    command->failed |= libraries.failed;
}

/* Compiles and links once; dynamic_list may be NULL. */
static int compile_link_once(const struct build *build, const struct scratch *scratch,
                             const char *dynamic_list)
{
    WORDS_AUTO command = {0};
    const char *path = text_chars(&scratch->path);
    compile_add_compiler(&command, build);
    compile_add_uniqueness(&command, build, scratch);
    compile_add_debug(&command, build, scratch);
    compile_add_arguments(&command, build);
    compile_add_mode(&command, build, dynamic_list);
    compile_add_rule_target(&command, build);
    words_add_list(&command, "-o", path, NULL);
    int status = compile_step(build, scratch, "compiler", &command);
    if (status != EXIT_DONE || access(path, F_OK) == 0)
        return status;
    ERROR_AUTO error = {0};
    error_set(&error, PLUGIN_NOT_FOUND, "the compiler %s did not write %s", command.items[0],
              build->output);
    return cmd_failed(&error);
}

bool compile_write_dynamic_list(const char *path, const char *names, struct error *error)
{
    TEXT_AUTO list = {0};
    text_add(&list, "{\n");
    while (*names) {
        int length = (int)strcspn(names, "\n");
        text_add(&list, "\"%.*s\";\n", length, names);
        names += length + (names[length] == '\n');
    }
    text_add(&list, "};\n");
    return cmd_write_file(path, &list, error);
}

int compile_link(const struct build *build, const struct scratch *scratch)
{
    int status = compile_link_once(build, scratch, NULL);
    if (status != EXIT_DONE || !build->is_plugin)
        return status;
    ERROR_AUTO error = {0};
    TEXT_AUTO names = {0}, list = {0};
    if (!stamp_package_symbols(text_chars(&scratch->path), &names, &error)) {
        error_prefix(&error, "cannot stamp %s: ", build->output);
        return cmd_failed(&error);
    }
    if (!names.length)
        return EXIT_DONE;
    text_add(&list, "%s/.dynamic-list", text_chars(&scratch->directory));
    if (names.failed || list.failed)
        return cmd_failed_no_memory();
    if (!compile_write_dynamic_list(text_chars(&list), text_chars(&names), &error))
        return cmd_failed(&error);
    status = compile_link_once(build, scratch, text_chars(&list));
    unlink(text_chars(&list));
    return status;
}
