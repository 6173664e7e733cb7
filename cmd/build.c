/* `plugin build`: compile, link and stamp in one command, in the manner of mpicc. Flags that it
 * does not know go to the compiler. */
#include "cmd.h"
#include "run.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* What an argument is, as far as it matters here. */
enum kind { FLAG, INPUT, C_SOURCE };

struct argument {
    const char *string;
    enum kind kind;
};

struct build {
    const char *mode;
    const char *output;
    const char *compiler; /* --cc; NULL: not given */
    const char *unlinked; /* the flag by which the compiler would not link; NULL: none */
    const char *source;   /* the first source; NULL: none */
    const char *language; /* what -x says of the files after it; NULL: their names say it */
    bool plugin;
    bool cplusplus; /* a source is C++ */
    bool strip;
    bool verbose;
    bool help;
    bool has_input;
    bool writes_rules;          /* -MD: the compiler writes rules for make */
    bool names_targets;         /* -MT: and knows what their target is */
    struct argument *arguments; /* what goes to the compiler, in order */
    size_t count;
};

/* Is this one of the words of a list, each of which has a space after it? */
static bool is_one_of(const char *word, const char *list)
{
    size_t length = strlen(word);
    while (*list && (strcspn(list, " ") != length || strncmp(list, word, length) != 0))
        list += strcspn(list, " ") + 1;
    return *list;
}

/* Flags whose value is the next argument, which could be mistaken for an input. */
static bool takes_value(const char *flag)
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
    else if (!strcmp(flag, "-v"))
        build->verbose = true;
    else if (!strcmp(flag, "-MD") || !strcmp(flag, "-MMD"))
        build->writes_rules = true;
    else if (!strncmp(flag, "-MT", 3) || !strncmp(flag, "-MQ", 3))
        build->names_targets = true;
    else if (!strncmp(flag, "-x", 2) && flag[2])
        set_language(build, flag + 2);
    if (!takes_value(flag) || !arguments[*index + 1])
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

static void parse(struct build *build, int count, char **arguments)
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
}

/* The output's name, if the user gives none: that of the first source, or else of the first file.
 */
static void add_default_output(struct text *name, const struct build *build)
{
    const char *path = build->source;
    for (size_t i = 0; !path && i < build->count; i++)
        if (build->arguments[i].kind != FLAG && has_name(build->arguments[i].string))
            path = build->arguments[i].string;
    if (!path)
        return;
    const char *base = run_base_name(path);
    text_add_bytes(name, base, strlen(base) - strlen(extension(path)));
    if (name->length && build->plugin)
        text_add(name, ".so");
}

/* Says what is wrong with the arguments, if anything is. */
static int check_arguments(const struct build *build)
{
    if (!build->plugin && strcmp(build->mode, "exe") != 0)
        return cmd_usage_error("build", "-buildmode is plugin or exe, not \"%s\"", build->mode);
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

/* The output is renamed into place, which must not replace a device or a source. */
static int check_output(const struct build *build)
{
    struct stat output, input;
    if (!*build->output)
        return cmd_usage_error("build", "no name for the output: give -o FILE");
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

/* What stands before the configured directories, if the command is installed below a DESTDIR. */
static void add_root(struct text *root)
{
    static const char bin[] = PLUGIN_BINDIR "/";
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0)
        return;
    path[size] = '\0';
    size_t length = (size_t)(run_base_name(path) - path), tail = sizeof bin - 1;
    if (length > tail && !strncmp(path + length - tail, bin, tail))
        text_add_bytes(root, path, length - tail);
}

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

/* Adds where the header is, and what makes a plugin or a host. */
static void add_mode(struct words *command, const struct build *build)
{
    TEXT_AUTO root = {0}, libraries = {0}, headers = {0};
    add_root(&root);
    text_add(&libraries, "%s%s", text_chars(&root), PLUGIN_LIBDIR);
    text_add(&headers, "%s%s", text_chars(&root), PLUGIN_INCLUDEDIR);
    /* The compiler looks there by itself; earlier, it would break C++'s #include_next. */
    if (strcmp(text_chars(&headers), "/usr/include") != 0)
        words_add(command, "-I%s", text_chars(&headers));
    if (build->plugin) {
        words_add(command, "-fPIC");
        words_add(command, "-shared");
        /* The plugin's references to its own symbols bind to itself, whatever the host exports.
         * libplugin is not linked: a plugin uses the one that its host has. */
        words_add(command, "-Wl,-Bsymbolic");
    } else {
        words_add(command, "-L%s", text_chars(&libraries));
        if (!is_system_library_directory(text_chars(&libraries)))
            words_add(command, "-Wl,-rpath,%s", text_chars(&libraries));
        words_add(command, "-lplugin");
    }
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

static int compile(const struct build *build, const struct scratch *scratch)
{
    WORDS_AUTO command = {0};
    add_compiler(&command, build);
    words_add(&command, "-g"); /* first, so that a -g of the user's wins */
    add_users_arguments(&command, build);
    add_mode(&command, build);
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

/* Makes the output in the scratch directory, and puts it in place once it is whole. */
static int produce(const struct build *build, const struct scratch *scratch)
{
    int status = compile(build, scratch);
    if (status == EXIT_DONE)
        status = cmd_stamp_file(text_chars(&scratch->path), build->output);
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
    int status = check_arguments(build);
    if (status == EXIT_DONE && !build->output) {
        add_default_output(&name, build);
        build->output = text_chars(&name);
    }
    if (status == EXIT_DONE)
        status = check_output(build);
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
    parse(&build, count, arguments);
    int status = carry_out(&build);
    free(build.arguments);
    return status;
}
