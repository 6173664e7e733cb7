/* SPDX-License-Identifier: MIT */
/* The tools of the compiler's target. */
#include "build/tools_p.h"

#include "build/compile_p.h"
#include "build/compiler_p.h"
#include "common/cmd.h"

#include <stdlib.h>
#include <string.h>

/* Adds the compiler, and those of the user's flags that select the target or locate its tools. */
static void tools_add_compiler(struct words *command, const struct build *build)
{
    static const char *const starts[] = {"-m", "-B", "--target=", "--sysroot="};
    compiler_add(command, build);
    for (size_t i = 0; i < build->count; i++) {
        const char *flag = build->arguments[i].string;
        bool is_of_target = !strcmp(flag, "-target");
        for (size_t k = 0; k < sizeof starts / sizeof *starts; k++)
            is_of_target |= !strncmp(flag, starts[k], strlen(starts[k]));
        if (build->arguments[i].kind != ARGUMENT_FLAG || !is_of_target)
            continue;
        words_add(command, "%s", flag);
        bool takes_value = !strcmp(flag, "-target") || !strcmp(flag, "-B");
        if (takes_value && i + 1 < build->count)
            words_add(command, "%s", build->arguments[i + 1].string);
    }
}

/* Adds the tool of this name. Returns an exit status. */
static int tools_add(struct words *command, const struct build *build,
                     const struct scratch *scratch, const char *name, const char *variable)
{
    words_add_split(command, getenv(variable));
    if (command->count)
        return EXIT_DONE;
    ERROR_AUTO error = {0};
    WORDS_AUTO query = {0};
    TEXT_AUTO output = {0};
    int status;
    tools_add_compiler(&query, build);
    words_add(&query, "-print-prog-name=%s", name);
    if (!run_for_output(scratch, &query, &status, &output, &error)) {
        error_prefix(&error, "cannot run the compiler %s: ", query.count ? query.items[0] : "");
        return cmd_failed(&error);
    }
    int length = status == 0 ? (int)strcspn(text_chars(&output), "\n") : 0;
    words_add(command, "%.*s", length ? length : (int)strlen(name),
              length ? text_chars(&output) : name);
    command->failed |= output.failed;
    return EXIT_DONE;
}

int tools_run(const struct build *build, const struct scratch *scratch, const char *name,
              const char *variable, const struct words *arguments)
{
    WORDS_AUTO command = {0};
    int status = tools_add(&command, build, scratch, name, variable);
    if (status != EXIT_DONE)
        return status;
    for (size_t i = 0; i < arguments->count; i++)
        words_add(&command, "%s", arguments->items[i]);
    command.failed |= arguments->failed;
    return compile_step(build, scratch, "program", &command);
}

void tools_add_relocatable_link(struct words *command, const struct build *build,
                                const char *output)
{
    tools_add_compiler(command, build);
    /* Only GNU's bfd applies these linker scripts with -r. */
    words_add_list(command, "-r", "-nostdlib", "-fuse-ld=bfd", "-o", output, NULL);
}

int tools_compile_tables(const struct build *build, const struct scratch *scratch,
                         const char *source, const char *object)
{
    WORDS_AUTO command = {0};
    tools_add_compiler(&command, build);
    words_add_list(&command, "-fPIC", "-O1", "-w", "-x", "c", "-c", "-o", object, source, NULL);
    return compile_step(build, scratch, "compiler", &command);
}
