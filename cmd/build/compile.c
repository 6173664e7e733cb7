/* SPDX-License-Identifier: MIT */
/* Running the compiler. */
#include "build/compile_p.h"

#include "build/compiler_p.h"
#include "build/standard_input_p.h"
#include "common/cmd.h"
#include "src/base/path.h"
#include "stamp/stamp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* ---- the user's flags ---- */

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
    compiler_add(&command, build);
    compiler_add_defaults(&command, build, scratch);
    compile_add_source(&command, build, index);
    compile_add_rule_target(&command, build);
    if (build->writes_rules && !build->names_rules) {
        words_add(&command, "-MF");
        words_add(&command, "%.*s.d", (int)(strlen(build->output) - strlen(".a")), build->output);
    }
    compiler_add_headers(&command);
    compiler_add_code(&command);
    words_add_list(&command, "-fno-lto", "-c", "-o", object, NULL);
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

/* Compiles and links once; dynamic_list may be NULL. */
static int compile_link_once(const struct build *build, const struct scratch *scratch,
                             const char *dynamic_list)
{
    WORDS_AUTO command = {0};
    const char *path = text_chars(&scratch->path);
    compiler_add(&command, build);
    compiler_add_defaults(&command, build, scratch);
    compile_add_arguments(&command, build);
    compiler_add_headers(&command);
    if (dynamic_list) {
        compiler_add_code(&command);
        words_add(&command, "-w"); /* the first link has printed the warnings */
    }
    compiler_add_link(&command, build, dynamic_list);
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

int compile_read_shared(const char *linked, const char *output, struct text *names)
{
    ERROR_AUTO error = {0};
    if (!stamp_package_symbols(linked, names, &error)) {
        error_prefix(&error, "cannot stamp %s: ", output);
        return cmd_failed(&error);
    }
    return names->failed ? cmd_failed_no_memory() : EXIT_DONE;
}

int compile_find_shared(const struct build *build, const struct scratch *scratch,
                        struct text *names)
{
    int status = compile_link_once(build, scratch, NULL);
    return status == EXIT_DONE
               ? compile_read_shared(text_chars(&scratch->path), build->output, names)
               : status;
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

/* Links a plugin; a second time, if packages share symbols of it. */
static int compile_link_plugin(const struct build *build, const struct scratch *scratch)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO names = {0}, list = {0};
    int status = compile_find_shared(build, scratch, &names);
    if (status != EXIT_DONE || !names.length)
        return status;
    text_add(&list, "%s/.dynamic-list", text_chars(&scratch->directory));
    if (list.failed)
        return cmd_failed_no_memory();
    if (!compile_write_dynamic_list(text_chars(&list), text_chars(&names), &error))
        return cmd_failed(&error);
    status = compile_link_once(build, scratch, text_chars(&list));
    unlink(text_chars(&list));
    return status;
}

int compile_link(const struct build *build, const struct scratch *scratch)
{
    return build->is_plugin ? compile_link_plugin(build, scratch)
                            : compile_link_once(build, scratch, NULL);
}
