/* Running the compiler. */
#include "build/compile.h"

#include "common/cmd.h"
#include "stamp/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

void compile_add_compiler(struct words *command, const struct build *build)
{
    const char *variable = getenv(build->cplusplus ? "CXX" : "CC");
    if (build->compiler)
        words_add_split(command, build->compiler);
    else if (variable)
        words_add_split(command, variable);
    if (!command->count)
        words_add(command, build->cplusplus ? "c++" : "cc");
}

static bool has_input_after(const struct build *build, size_t index)
{
    for (size_t i = index + 1; i < build->count; i++)
        if (build->arguments[i].kind != FLAG)
            return true;
    return false;
}

/* Adds what the user gave. A C++ compiler takes .c files for C++, too, unless it is told. After the
 * last file, it is told nothing more: newer clangs warn of that. */
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
        if (told && has_input_after(build, i)) {
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

void compile_add_headers(struct words *command)
{
    TEXT_AUTO root = {0}, headers = {0};
    cmd_add_root(&root);
    text_add(&headers, "%s%s", text_chars(&root), PLUGIN_INCLUDEDIR);
    /* The compiler looks there by itself; earlier, it would break C++'s #include_next. */
    if (strcmp(text_chars(&headers), "/usr/include") != 0)
        words_add(command, "-I%s", text_chars(&headers));
    command->failed |= root.failed || headers.failed;
}

/* Adds where the header is, and what makes a plugin or a host. */
static void add_mode(struct words *command, const struct build *build, const char *shared)
{
    TEXT_AUTO libraries = {0};
    cmd_add_library_directory(&libraries);
    compile_add_headers(command);
    if (build->plugin) {
        words_add(command, "-fPIC");
        words_add(command, "-shared");
        add_binding(command, shared);
        /* A plugin that never calls it uses the one that its host has. */
        words_add(command, "-Wl,--push-state,--as-needed");
    } else if (!build->is_static) {
        /* Plugins may use what the host defines. Of a static one, glibc's static-pie start does not
         * survive it. */
        words_add(command, "-rdynamic");
    }
    words_add(command, "-L%s", text_chars(&libraries));
    if (!build->is_static && !is_system_library_directory(text_chars(&libraries)))
        words_add(command, "-Wl,-rpath,%s", text_chars(&libraries));
    words_add(command, build->is_static ? "-lplugin-static" : "-lplugin");
    if (build->plugin)
        words_add(command, "-Wl,--pop-state");
    command->failed |= libraries.failed;
}

int compile_step(const struct build *build, const struct scratch *scratch, const char *what,
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
    compile_add_compiler(&command, build);
    words_add(&command, "%s", flag);
    words_add(&command, "-E");
    words_add(&command, "-xc++");
    words_add(&command, "/dev/null");
    return run_silently(scratch, &command, &status, &ignored) && status == 0;
}

bool compile_is_cplusplus(const struct build *build)
{
    WORDS_AUTO command = {0};
    compile_add_compiler(&command, build);
    return build->cplusplus || (!command.failed && strstr(run_base_name(command.items[0]), "++"));
}

void compile_add_uniqueness(struct words *command, const struct build *build,
                            const struct scratch *scratch)
{
    bool is_plugin = build->plugin || build->is_archive;
    if (is_plugin && compile_is_cplusplus(build) && takes(build, scratch, "-fno-gnu-unique"))
        words_add(command, "-fno-gnu-unique");
}

int compile_link(const struct build *build, const struct scratch *scratch, const char *shared)
{
    WORDS_AUTO command = {0};
    compile_add_compiler(&command, build);
    compile_add_uniqueness(&command, build, scratch);
    words_add(&command, "-g"); /* early, so that a -g of the user's wins */
    add_users_arguments(&command, build);
    add_mode(&command, build, shared);
    if (build->writes_rules && !build->names_targets) {
        words_add(&command, "-MQ");
        words_add(&command, "%s", build->output);
    }
    words_add(&command, "-o");
    words_add(&command, "%s", text_chars(&scratch->path));
    int status = compile_step(build, scratch, "compiler", &command);
    if (status != EXIT_DONE || access(text_chars(&scratch->path), F_OK) == 0)
        return status;
    ERROR_AUTO error = {0};
    error_set(&error, PLUGIN_NOT_FOUND, "the compiler %s did not write %s", command.items[0],
              build->output);
    return cmd_failed(&error);
}

/* Writes the names, one a line, as a dynamic list for the linker. */
static bool write_dynamic_list(const char *path, const char *names, struct error *error)
{
    FILE *file = cmd_create(path, error);
    if (!file)
        return false;
    fputs("{\n", file);
    while (*names) {
        int length = (int)strcspn(names, "\n");
        fprintf(file, "\"%.*s\";\n", length, names);
        names += length + (names[length] == '\n');
    }
    fputs("};\n", file);
    return cmd_close(file, path, error);
}

int compile_share_packages(const struct build *build, const struct scratch *scratch)
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
    int status = compile_link(build, scratch, text_chars(&list));
    unlink(text_chars(&list));
    return status;
}

void compile_add_library_directories(struct words *directories, const struct build *build)
{
    for (size_t i = 0; i < build->count; i++) {
        const char *flag = build->arguments[i].string;
        if (build->arguments[i].kind != FLAG || strncmp(flag, "-L", 2) != 0)
            continue;
        if (flag[2])
            words_add(directories, "%s", flag + 2);
        else if (i + 1 < build->count)
            words_add(directories, "%s", build->arguments[i + 1].string);
    }
}
