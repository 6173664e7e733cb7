/* Running the tools of the compiler's target. */
#include "build/tools.h"

#include "build/compile.h"
#include "common/cmd.h"

#include <stdlib.h>
#include <string.h>

/* Does the flag say for which machine, or where the tools for it are? */
static bool is_of_target(const char *flag)
{
    return !strncmp(flag, "-m", 2) || !strncmp(flag, "-B", 2) || !strcmp(flag, "-target") ||
           !strncmp(flag, "--target=", 9) || !strncmp(flag, "--sysroot=", 10);
}

void tools_add_compiler(struct words *command, const struct build *build)
{
    compile_add_compiler(command, build);
    for (size_t i = 0; i < build->count; i++) {
        const char *flag = build->arguments[i].string;
        if (build->arguments[i].kind != FLAG || !is_of_target(flag))
            continue;
        words_add(command, "%s", flag);
        bool takes_value = !strcmp(flag, "-target") || !strcmp(flag, "-B");
        if (takes_value && i + 1 < build->count)
            words_add(command, "%s", build->arguments[i + 1].string);
    }
}

int tools_add(struct words *command, const struct build *build, const struct scratch *scratch,
              const char *name, const char *variable)
{
    const char *given = getenv(variable);
    words_add_split(command, given ? given : "");
    if (command->count)
        return EXIT_DONE;
    ERROR_AUTO error = {0};
    WORDS_AUTO ask = {0};
    TEXT_AUTO path = {0};
    int status;
    tools_add_compiler(&ask, build);
    words_add(&ask, "-print-prog-name=%s", name);
    if (!run_for_line(scratch, &ask, &status, &path, &error)) {
        error_prefix(&error, "cannot run the compiler %s: ", ask.count ? ask.items[0] : "");
        return cmd_failed(&error);
    }
    words_add(command, "%s", status == 0 && path.length ? text_chars(&path) : name);
    command->failed |= path.failed;
    return EXIT_DONE;
}

void tools_add_relocatable_link(struct words *command, const struct build *build,
                                const char *output)
{
    tools_add_compiler(command, build);
    words_add(command, "-r");
    words_add(command, "-nostdlib");
    /* The only linker whose scripts, with -r, do what is needed here. */
    words_add(command, "-fuse-ld=bfd");
    words_add(command, "-o");
    words_add(command, "%s", output);
}

int tools_compile_tables(const struct build *build, const struct scratch *scratch,
                         const char *source, const char *object)
{
    WORDS_AUTO command = {0};
    tools_add_compiler(&command, build);
    words_add(&command, "-fPIC");
    words_add(&command, "-O1");
    words_add(&command, "-w");
    words_add(&command, "-x");
    words_add(&command, "c");
    words_add(&command, "-c");
    words_add(&command, "-o");
    words_add(&command, "%s", object);
    words_add(&command, "%s", source);
    return compile_step(build, scratch, "compiler", &command);
}
