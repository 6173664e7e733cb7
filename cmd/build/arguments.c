/* SPDX-License-Identifier: MIT */
/* The arguments of `plugin build` and `plugin bundle`. */
#include "build/arguments_p.h"

#include "common/cmd.h"
#include "common/options.h"
#include "src/base/path.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Is the word in the list, in which a space follows each word? */
static bool build_is_listed(const char *word, const char *list)
{
    size_t length = strlen(word);
    while (*list && (strcspn(list, " ") != length || strncmp(list, word, length) != 0))
        list += strcspn(list, " ") + 1;
    return *list;
}

bool build_takes_value(const char *flag)
{
    return build_is_listed(
        flag, "-A -B -D -F -I -L -MF -MQ -MT -T -Tbss -Tdata -Ttext -U -e -l -u -x -z "
              "-Xassembler -Xclang -Xlinker -Xpreprocessor -arch -aux-info -dumpbase "
              "-dumpbase-ext -dumpdir -framework -idirafter -imacros -include -iprefix "
              "-iquote -isysroot -isystem -iwithprefix -iwithprefixbefore -mllvm -rpath "
              "-specs -target -wrapper --param --sysroot --assert --define-macro --for-assembler "
              "--for-linker --force-link --imacros --include --include-directory "
              "--include-directory-after --include-prefix --include-with-prefix "
              "--include-with-prefix-after --include-with-prefix-before --language "
              "--library-directory --prefix --undefine-macro ");
}

/* Returns the extension with its dot, or "". */
static const char *build_extension(const char *path)
{
    const char *dot = strrchr(path_base_name(path), '.');
    return dot ? dot : "";
}

/* Handles the flag at *index if the compiler must not see it. */
static bool build_parse_own_flag(struct build *build, char **arguments, int *index)
{
    const char *flag = arguments[*index], *value;
    if (cmd_is_help(flag))
        build->help = true;
    else if ((value = option_value("-buildmode", arguments, index)))
        build->mode = value;
    else if ((value = option_value("-cc", arguments, index)))
        build->compiler = value;
    else if ((value = option_value("-with", arguments, index)))
        build->archives[build->archive_count++] = value;
    else if ((value = option_value("-grows", arguments, index)))
        words_add(&build->concessions.grows, "%s", value);
    else if ((value = option_value("-alias", arguments, index)))
        words_add(&build->concessions.aliases, "%s", value);
    else if ((value = option_value("-waive", arguments, index)))
        words_add(&build->concessions.waiver_files, "%s", value);
    else if ((value = option_value("--output", arguments, index)))
        build->output = value;
    else if (!strncmp(flag, "-o", 2))
        build->output = flag[2] ? flag + 2 : option_next(arguments, index);
    else if (!strcmp(flag, "-s"))
        build->strip = true;
    else
        return false;
    return true;
}

static void build_add_argument(struct build *build, const char *string, enum argument_kind kind)
{
    build->arguments[build->count++] = (struct argument){string, kind};
}

static void build_set_language(struct build *build, const char *language)
{
    build->language = strcmp(language, "none") != 0 ? language : NULL;
}

static void build_parse_compiler_flag(struct build *build, char **arguments, int *index)
{
    const char *flag = arguments[*index];
    build_add_argument(build, flag, ARGUMENT_FLAG);
    if (build_is_listed(flag, "-c -S -E -M -MM -fsyntax-only --assemble --compile --dependencies "
                              "--preprocess --user-dependencies "))
        build->no_link = flag;
    else if (build_is_listed(flag, "-static -static-pie --static "))
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
        build_set_language(build, flag + 2);
    else if (!strncmp(flag, "--language=", 11))
        build_set_language(build, flag + 11);
    if (!build_takes_value(flag) || !arguments[*index + 1])
        return;
    const char *value = option_next(arguments, index);
    build_add_argument(build, value, ARGUMENT_FLAG);
    if (!strcmp(flag, "-x") || !strcmp(flag, "--language"))
        build_set_language(build, value);
}

/* Standard input ("-") and an @file give the output no name. */
static bool build_has_name(const char *input)
{
    return strcmp(input, "-") != 0 && *input != '@';
}

/* Is the path another name of standard input, such as /dev/stdin? */
static bool build_is_standard_input(const char *path)
{
    struct stat own, input;
    return stat(path, &own) == 0 && fstat(STDIN_FILENO, &input) == 0 &&
           own.st_dev == input.st_dev && own.st_ino == input.st_ino;
}

/* Does the input, or a word of the file of an @file, mean standard input? */
static bool build_reads_standard_input(const char *path)
{
    char word[PATH_MAX];
    bool reads = !strcmp(path, "-") || build_is_standard_input(path);
    FILE *file = *path == '@' ? fopen(path + 1, "re") : NULL;
    while (file && !reads && fscanf(file, "%4095s", word) == 1)
        reads = !strcmp(word, "-") || build_is_standard_input(word);
    if (file)
        fclose(file);
    return reads;
}

static void build_parse_input(struct build *build, const char *path)
{
    build->reads_standard_input |= build_reads_standard_input(path);
    const char *extension = build_extension(path);
    bool is_cplusplus = build->language
                            ? !strncmp(build->language, "c++", 3)
                            : build_is_listed(extension, ".cc .cp .cpp .cxx .c++ .C .CPP ");
    bool is_c = !build->language && !strcmp(extension, ".c");
    build_add_argument(build, path, is_c ? ARGUMENT_C_SOURCE : ARGUMENT_INPUT);
    build->has_input = true;
    build->has_others |= *path == '@' || (!is_c && !is_cplusplus && !build->language);
    build->is_cplusplus |= is_cplusplus;
    if (!build->source && build_has_name(path) && (is_cplusplus || is_c || build->language))
        build->source = path;
}

bool build_init(struct build *build, char **arguments)
{
    size_t count = 1;
    while (arguments[count])
        count++;
    *build = (struct build){.mode = "exe"};
    build->arguments = calloc(count, sizeof *build->arguments);
    build->archives = calloc(count, sizeof *build->archives);
    if (!build->arguments || !build->archives)
        return false;
    for (int i = 1; arguments[i] && !build->help; i++) {
        if (build_parse_own_flag(build, arguments, &i))
            continue;
        if (arguments[i][0] == '-' && arguments[i][1])
            build_parse_compiler_flag(build, arguments, &i);
        else
            build_parse_input(build, arguments[i]);
    }
    assert(build->count < count && build->archive_count < count);
    build->is_interface = !strcmp(build->mode, "interface");
    build->is_plugin = build->is_interface || !strcmp(build->mode, "plugin");
    build->strip |= build->is_interface;
    build->is_archive = !strcmp(build->mode, "archive");
    return true;
}

void build_deinit(struct build *build)
{
    free(build->arguments);
    free(build->archives);
    concessions_deinit(&build->concessions);
}

const char *build_source_directory(const struct build *build)
{
    return build->has_others ? NULL : ".";
}

void build_add_default_output(struct text *name, const struct build *build)
{
    const char *path = build->source;
    for (size_t i = 0; !path && i < build->count; i++)
        if (build->arguments[i].kind != ARGUMENT_FLAG && build_has_name(build->arguments[i].string))
            path = build->arguments[i].string;
    if (!path)
        return;
    const char *base = path_base_name(path);
    text_add_bytes(name, base, strlen(base) - strlen(build_extension(path)));
    if (name->length && (build->is_plugin || build->is_archive))
        text_add(name, build->is_interface ? ".expects" : build->is_plugin ? ".so" : ".a");
}

/* Reports a source that can be read only once, such as a shell's <(command). */
static int build_check_pipes(const struct build *build)
{
    struct stat status;
    for (size_t i = 0; build->is_plugin && i < build->count; i++) {
        const char *path = build->arguments[i].string;
        if (build->arguments[i].kind != ARGUMENT_FLAG && !build_is_standard_input(path) &&
            stat(path, &status) == 0 && S_ISFIFO(status.st_mode))
            return cmd_usage_error("build",
                                   "the input %s is a pipe, but a plugin may be compiled twice; "
                                   "write it to a file, or give it as standard input",
                                   path);
    }
    return EXIT_DONE;
}

int build_check(const struct build *build)
{
    bool is_program = !strcmp(build->mode, "exe");
    if (!build->is_plugin && !build->is_archive && !is_program)
        return cmd_usage_error("build",
                               "unknown -buildmode \"%s\"; use plugin, archive, interface or exe",
                               build->mode);
    if (build->archive_count && !is_program)
        return cmd_usage_error("build", "--with needs -buildmode=exe");
    const struct concessions *made = &build->concessions;
    bool concedes = made->grows.count || made->aliases.count || made->waiver_files.count;
    if (concedes && !is_program && !build->is_interface)
        return cmd_usage_error(
            "build", "--grows, --alias and --waive need -buildmode=exe or interface: the host "
                     "says what it accepts");
    if (build->is_archive && build->strip)
        return cmd_usage_error("build", "-s cannot strip an archive; strip the program");
    if (build->compiler && !build->compiler[strspn(build->compiler, " ")])
        return cmd_usage_error("build", "--cc needs a compiler");
    if (build->output && !*build->output)
        return cmd_usage_error("build", "-o needs a file");
    if (build->no_link)
        return cmd_usage_error(
            "build",
            "%s prevents the link; call the compiler directly, then link with `plugin build`",
            build->no_link);
    if (!build->has_input)
        return cmd_usage_error("build", "no input files");
    return build_check_pipes(build);
}

int build_check_output(const struct build *build)
{
    struct stat output, input;
    if (!*build->output)
        return cmd_usage_error("build", "cannot derive the name of the output; use -o FILE");
    if (build->is_archive && strcmp(build_extension(build->output), ".a") != 0)
        return cmd_usage_error("build", "the name of the archive %s does not end in .a",
                               build->output);
    if (stat(build->output, &output) != 0)
        return EXIT_DONE;
    if (!S_ISREG(output.st_mode))
        return cmd_usage_error("build", "the output %s is not a regular file", build->output);
    for (size_t i = 0; i < build->count; i++)
        if (build->arguments[i].kind != ARGUMENT_FLAG &&
            stat(build->arguments[i].string, &input) == 0 && input.st_dev == output.st_dev &&
            input.st_ino == output.st_ino)
            return cmd_usage_error("build", "the output %s is also an input", build->output);
    return EXIT_DONE;
}
