/* What the arguments of `plugin build` say. Flags that it does not know go to the compiler. */
#include "build/build_arguments.h"
#include "common/cmd.h"
#include "common/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Is this one of the words of a list, each of which has a space after it? */
static bool is_one_of(const char *word, const char *list)
{
    size_t length = strlen(word);
    while (*list && (strcspn(list, " ") != length || strncmp(list, word, length) != 0))
        list += strcspn(list, " ") + 1;
    return *list;
}

bool build_takes_value(const char *flag)
{
    return is_one_of(flag,
                     "-A -B -D -F -I -L -MF -MQ -MT -T -Tbss -Tdata -Ttext -U -e -l -u -x -z "
                     "-Xassembler -Xclang -Xlinker -Xpreprocessor -arch -aux-info -dumpbase "
                     "-dumpbase-ext -dumpdir -framework -idirafter -imacros -include -iprefix "
                     "-iquote -isysroot -isystem -iwithprefix -iwithprefixbefore -mllvm -rpath "
                     "-specs -target -wrapper --param --sysroot ");
}

static bool prevents_link(const char *flag)
{
    return is_one_of(flag, "-c -S -E -M -MM -fsyntax-only ");
}

static bool is_cplusplus(const char *extension)
{
    return is_one_of(extension, ".cc .cp .cpp .cxx .c++ .C .CPP ");
}

/* The extension with its dot, or "". */
static const char *extension(const char *path)
{
    const char *dot = strrchr(run_base_name(path), '.');
    return dot ? dot : "";
}

/* The argument after this one, which is then done with; "" if there is none. */
static const char *next_argument(char **arguments, int *index)
{
    return arguments[*index + 1] ? arguments[++*index] : "";
}

/* The value of the flag at *index, if that is the one of this name. As Go's package flag has it:
 * after one or two dashes, with its value joined by `=` or as the next argument. */
static const char *flag_value(const char *name, char **arguments, int *index)
{
    const char *flag = arguments[*index];
    size_t length = strlen(name);
    if (*flag != '-')
        return NULL;
    flag += flag[1] == '-' ? 2 : 1;
    if (strncmp(flag, name, length) != 0)
        return NULL;
    if (flag[length] == '=')
        return flag + length + 1;
    return flag[length] ? NULL : next_argument(arguments, index);
}

/* Is the flag at *index one that the compiler shall not see? */
static bool take_own_flag(struct build *build, char **arguments, int *index)
{
    const char *flag = arguments[*index], *value;
    if (cmd_is_help(flag))
        build->help = true;
    else if ((value = flag_value("buildmode", arguments, index)))
        build->mode = value;
    else if ((value = flag_value("cc", arguments, index)))
        build->compiler = value;
    else if ((value = flag_value("with", arguments, index)))
        build->archives[build->archive_count++] = value;
    else if (!strncmp(flag, "-o", 2))
        build->output = flag[2] ? flag + 2 : next_argument(arguments, index);
    else if (!strcmp(flag, "-s"))
        build->strip = true;
    else
        return false;
    return true;
}

static void add_argument(struct build *build, const char *string, enum kind kind)
{
    build->arguments[build->count++] = (struct argument){string, kind};
}

static void set_language(struct build *build, const char *language)
{
    build->language = strcmp(language, "none") != 0 ? language : NULL;
}

static void take_compiler_flag(struct build *build, char **arguments, int *index)
{
    const char *flag = arguments[*index];
    add_argument(build, flag, FLAG);
    if (prevents_link(flag))
        build->unlinked = flag;
    else if (!strcmp(flag, "-static") || !strcmp(flag, "-static-pie"))
        build->is_static = true;
    else if (!strcmp(flag, "-v"))
        build->verbose = true;
    else if (!strcmp(flag, "-MD") || !strcmp(flag, "-MMD"))
        build->writes_rules = true;
    else if (!strncmp(flag, "-MT", 3) || !strncmp(flag, "-MQ", 3))
        build->names_targets = true;
    else if (!strncmp(flag, "-MF", 3))
        build->names_rules = true;
    else if (!strncmp(flag, "-x", 2) && flag[2])
        set_language(build, flag + 2);
    if (!build_takes_value(flag) || !arguments[*index + 1])
        return;
    const char *value = next_argument(arguments, index);
    add_argument(build, value, FLAG);
    if (!strcmp(flag, "-x"))
        set_language(build, value);
}

/* Standard input has no name, nor have the files in an @file. */
static bool has_name(const char *input)
{
    return strcmp(input, "-") != 0 && *input != '@';
}

static void take_input(struct build *build, const char *path)
{
    const char *end = extension(path);
    bool cplusplus = build->language ? !strncmp(build->language, "c++", 3) : is_cplusplus(end);
    bool plain_c = !build->language && !strcmp(end, ".c");
    add_argument(build, path, plain_c ? C_SOURCE : INPUT);
    build->has_input = true;
    build->cplusplus |= cplusplus;
    if (!build->source && has_name(path) && (cplusplus || plain_c || build->language))
        build->source = path;
}

void build_parse(struct build *build, int count, char **arguments)
{
    for (int i = 1; i < count && !build->help; i++) {
        const char *argument = arguments[i];
        if (take_own_flag(build, arguments, &i))
            continue;
        if (argument[0] == '-' && argument[1])
            take_compiler_flag(build, arguments, &i);
        else
            take_input(build, argument);
    }
    build->plugin = !strcmp(build->mode, "plugin");
    build->is_archive = !strcmp(build->mode, "archive");
}

void build_add_default_output(struct text *name, const struct build *build)
{
    const char *path = build->source;
    for (size_t i = 0; !path && i < build->count; i++)
        if (build->arguments[i].kind != FLAG && has_name(build->arguments[i].string))
            path = build->arguments[i].string;
    if (!path)
        return;
    const char *base = run_base_name(path);
    text_add_bytes(name, base, strlen(base) - strlen(extension(path)));
    if (name->length && (build->plugin || build->is_archive))
        text_add(name, build->plugin ? ".so" : ".a");
}

int build_check(const struct build *build)
{
    if (!build->plugin && !build->is_archive && strcmp(build->mode, "exe") != 0)
        return cmd_usage_error("build", "-buildmode is plugin, archive or exe, not \"%s\"",
                               build->mode);
    if (build->archive_count && strcmp(build->mode, "exe") != 0)
        return cmd_usage_error("build", "--with is for a program, not for a plugin");
    if (build->is_archive && build->strip)
        return cmd_usage_error("build", "-s is for what is linked: strip the program");
    if (build->compiler && !build->compiler[strspn(build->compiler, " ")])
        return cmd_usage_error("build", "--cc needs a compiler");
    if (build->output && !*build->output)
        return cmd_usage_error("build", "-o needs a file");
    if (build->unlinked)
        return cmd_usage_error(
            "build", "with %s, nothing is linked: compile with your compiler, give the objects",
            build->unlinked);
    if (!build->has_input)
        return cmd_usage_error("build", "no input files");
    return EXIT_DONE;
}

int build_check_output(const struct build *build)
{
    struct stat output, input;
    if (!*build->output)
        return cmd_usage_error("build", "no name for the output: give -o FILE");
    if (build->is_archive && strcmp(extension(build->output), ".a") != 0)
        return cmd_usage_error("build", "the name of a built-in plugin, %s, must end in .a",
                               build->output);
    if (stat(build->output, &output) != 0)
        return EXIT_DONE;
    if (!S_ISREG(output.st_mode))
        return cmd_usage_error("build", "the output %s is not a regular file", build->output);
    for (size_t i = 0; i < build->count; i++)
        if (build->arguments[i].kind != FLAG && stat(build->arguments[i].string, &input) == 0 &&
            input.st_dev == output.st_dev && input.st_ino == output.st_ino)
            return cmd_usage_error("build", "the output %s is also an input", build->output);
    return EXIT_DONE;
}
