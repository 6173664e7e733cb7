/* Compiling a source of a built-in plugin. */
#include "build/archive_compile.h"

#include "build/compile.h"

#include <string.h>

/* Is the flag for the linker alone, so that a compiler that does not link may complain? */
static bool is_linkers(const char *flag)
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

/* Adds the user's flags, and of the files this one alone. What -x says after it is of other files.
 */
static void add_arguments(struct words *command, const struct build *build, size_t source)
{
    for (size_t i = 0; i < build->count; i++) {
        const struct argument *argument = &build->arguments[i];
        bool takes_value = argument->kind == FLAG && build_takes_value(argument->string);
        bool is_of_others = i > source && !strncmp(argument->string, "-x", 2);
        if (argument->kind == FLAG && !is_linkers(argument->string) && !is_of_others) {
            words_add(command, "%s", argument->string);
            if (takes_value && i + 1 < build->count)
                words_add(command, "%s", build->arguments[i + 1].string);
        }
        i += takes_value;
        if (i != source || argument->kind == FLAG)
            continue;
        if (build->cplusplus && argument->kind == C_SOURCE)
            words_add(command, "-xc");
        words_add(command, "%s", argument->string);
    }
}

/* The rule that the compiler writes is one for the archive, and lies beside it. */
static void add_rules(struct words *command, const struct build *build)
{
    if (!build->writes_rules)
        return;
    if (!build->names_targets) {
        words_add(command, "-MQ");
        words_add(command, "%s", build->output);
    }
    if (!build->names_rules) {
        words_add(command, "-MF");
        words_add(command, "%.*s.d", (int)(strlen(build->output) - strlen(".a")), build->output);
    }
}

int archive_compile(const struct build *build, const struct scratch *scratch, size_t index,
                    const char *object)
{
    WORDS_AUTO command = {0};
    compile_add_compiler(&command, build);
    compile_add_uniqueness(&command, build, scratch);
    words_add(&command, "-g");
    add_arguments(&command, build, index);
    add_rules(&command, build);
    compile_add_headers(&command);
    words_add(&command, "-fPIC");
    words_add(&command, "-fno-lto");
    /* A package's function may turn out to be another copy's. */
    words_add(&command, "-fsemantic-interposition");
    words_add(&command, "-c");
    words_add(&command, "-o");
    words_add(&command, "%s", object);
    return compile_step(build, scratch, "compiler", &command);
}
