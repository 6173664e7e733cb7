/* plugin go-bridge: builds the bridge by which libplugin opens Go plugins, from the sources that
 * are installed with the library, with the user's own Go toolchain. */
#include "common/cmd.h"
#include "common/progress.h"
#include "common/run.h"
#include "go/go_settings.h"
#include "src/module/bridge_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: plugin go-bridge [-o FILE] [--go=GO] [--for=PLUGIN] [FLAG...]\n"
    "\n"
    "Builds the bridge by which libplugin opens Go plugins. It must come from the Go\n"
    "toolchain that built the plugins, with the same flags as far as these change\n"
    "packages (-trimpath, -tags); -race is refused.\n"
    "\n"
    "  -o FILE       the output; default: plugin-go-bridge.so in the directory of\n"
    "                libplugin, where plugin_open looks for it; another place needs\n"
    "                PLUGIN_GO_BRIDGE=FILE in the environment of the host\n"
    "  --go=GO       Go's command; default: go, found in PATH\n"
    "  --for=PLUGIN  with the flags that this plugin was built with; another version\n"
    "                of Go than the plugin's is refused\n"
    "  FLAG...       all other flags go to `go build`, in order\n"
    "\n"
    "It needs cgo, a C compiler, and libffi (Debian: libffi-dev); for arm64, GNU gold\n"
    "as well. If anything fails, an old output stays as it was.\n"
    "\n"
    "environment: that of `go build`: CC, GOARCH, GOFLAGS, GOCACHE\n"
    "exit status: 0 done, 1 failed, 2 wrong usage\n"
    "example: plugin go-bridge -o go-bridge.so --for=hello.so\n";

enum { OLDEST_MINOR = 19 }; /* of Go 1 */

struct bridge {
    const char *go;     /* Go's command */
    const char *output; /* NULL: the default */
    const char *plugin; /* what it is for; NULL: nothing in particular */
    struct words flags; /* of go build */
    bool wants_help;
};

/* What there is to build with. */
struct toolchain {
    struct text version;  /* "go1.24.4" */
    struct text compiler; /* of C */
    struct text machine;  /* what it builds for: "amd64" */
};

/* ---- arguments ---- */

/* The value of the option at *index, if it is the one of this name, joined by `=` or as the next
 * argument. "" if it lacks. */
static const char *option_value(const char *name, char **arguments, int *index)
{
    const char *option = arguments[*index];
    size_t length = strlen(name);
    if (strncmp(option, "--", 2) != 0 || strncmp(option + 2, name, length) != 0)
        return NULL;
    if (option[2 + length] == '=')
        return option + 2 + length + 1;
    if (option[2 + length])
        return NULL;
    return arguments[*index + 1] ? arguments[++*index] : "";
}

static int parse(struct bridge *bridge, int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i], *value;
        if (cmd_is_help(argument))
            bridge->wants_help = true;
        else if ((value = option_value("go", arguments, &i)))
            bridge->go = value;
        else if ((value = option_value("for", arguments, &i)))
            bridge->plugin = value;
        else if (!strcmp(argument, "-o"))
            bridge->output = arguments[i + 1] ? arguments[++i] : "";
        else if (!strncmp(argument, "-o=", 3))
            bridge->output = argument + 3;
        else if (!strncmp(argument, "-buildmode", 10) || !strncmp(argument, "--buildmode", 11))
            return cmd_usage_error("go-bridge", "the build mode is not for choice: %s", argument);
        else if (!strcmp(argument, "-race") || !strcmp(argument, "--race"))
            return cmd_usage_error("go-bridge", GO_SETTINGS_RACE ": %s", argument);
        else
            words_add(&bridge->flags, "%s", argument);
    }
    if (bridge->output && !*bridge->output)
        return cmd_usage_error("go-bridge", "-o needs a file");
    if (!*bridge->go)
        return cmd_usage_error("go-bridge", "--go needs Go's command");
    if (bridge->plugin && !*bridge->plugin)
        return cmd_usage_error("go-bridge", "--for needs a plugin");
    return EXIT_DONE;
}

/* The build does not run in the working directory. */
static bool make_absolute(struct text *absolute, const char *path, struct error *error)
{
    char directory[PATH_MAX];
    if (*path != '/') {
        if (!getcwd(directory, sizeof directory))
            return error_set(error, PLUGIN_SYSTEM, "no working directory: %s", strerror(errno));
        text_add(absolute, "%s/", directory);
    }
    text_add(absolute, "%s", path);
    return absolute->failed ? error_set_no_memory(error) : true;
}

/* ---- the toolchain ---- */

/* Runs a command with one of the standard streams going to a file. */
static bool run_into(const struct scratch *work, const struct words *command, int stream,
                     const char *path, int *status, struct error *error)
{
    int saved = fcntl(stream, F_DUPFD_CLOEXEC, 3);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool done = file >= 0 && (fflush(NULL), dup2(file, stream) >= 0);
    if (done)
        done = run(work, command, status, error);
    else
        error_set(error, PLUGIN_SYSTEM, "%s", strerror(errno));
    if (saved >= 0) {
        dup2(saved, stream);
        close(saved);
    }
    if (file >= 0)
        close(file);
    return done;
}

/* Takes a line of a file, without its newline. */
static void take_line(FILE *file, struct text *line)
{
    int c;
    while ((c = getc(file)) != EOF && c != '\n')
        text_add(line, "%c", c);
}

static bool read_answer(struct toolchain *toolchain, const char *path, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, PLUGIN_SYSTEM, "cannot read %s: %s", path, strerror(errno));
    take_line(file, &toolchain->version);
    take_line(file, &toolchain->compiler);
    take_line(file, &toolchain->machine);
    fclose(file);
    bool failed =
        toolchain->version.failed || toolchain->compiler.failed || toolchain->machine.failed;
    return failed ? error_set_no_memory(error) : true;
}

/* Asks Go's command, which the user knows by this name, for its version, its C compiler, and what
 * it builds for. */
static bool ask_toolchain(struct toolchain *toolchain, const char *name, const char *go,
                          const struct scratch *work, struct error *error)
{
    TEXT_AUTO answer = {0};
    WORDS_AUTO command = {0};
    int status;
    text_add(&answer, "%s/answer", text_chars(&work->directory));
    words_add(&command, "%s", go);
    words_add(&command, "env");
    words_add(&command, "GOVERSION");
    words_add(&command, "CC");
    words_add(&command, "GOARCH");
    if (answer.failed)
        return error_set_no_memory(error);
    if (!run_into(work, &command, STDOUT_FILENO, answer.chars, &status, error))
        return error_prefix(error,
                            "cannot run Go's command, which is looked for in PATH unless --go=GO "
                            "says where it is: %s: ",
                            name);
    if (status == EXIT_DONE && !read_answer(toolchain, answer.chars, error))
        return false;
    if (status != EXIT_DONE || !strstr(text_chars(&toolchain->version), "go1."))
        return error_set(error, PLUGIN_UNSUPPORTED, "it is no Go toolchain: %s", name);
    return true;
}

/* The second number of "go1.24.4", or of "devel go1.25-abcdef". */
static unsigned long minor_version(const char *version)
{
    const char *start = strstr(version, "go1.");
    return start ? strtoul(start + strlen("go1."), NULL, 10) : 0;
}

/* ---- what it is for ---- */

/* Without the experiments of a build, as in "go1.24.4 X:fieldtrack". */
static size_t plain_length(const char *version)
{
    const char *experiments = strstr(version, " X:");
    return experiments ? (size_t)(experiments - version) : strlen(version);
}

/* Was the module made by this version, as far as it tells? Experiments are a setting of the build:
 * a toolchain can have them or not. */
static bool is_of_version(const struct go_module *module, const char *version)
{
    size_t length = plain_length(version);
    if (module->is_version_exact)
        return plain_length(module->version) == length && !memcmp(module->version, version, length);
    return strchr(module->version, ' ') || minor_version(module->version) == minor_version(version);
}

/* What Go calls the machine that the module is for. */
static const char *go_machine(const struct module *module)
{
    return module->elf.machine == EM_X86_64    ? "amd64"
           : module->elf.machine == EM_AARCH64 ? "arm64"
                                               : "another";
}

/* Takes over how the plugin was built, if one was given. */
static bool adopt_plugin(struct words *flags, const struct module *module,
                         const struct bridge *bridge, const struct toolchain *toolchain,
                         struct error *error)
{
    const char *version = text_chars(&toolchain->version);
    const char *machine = text_chars(&toolchain->machine);
    if (!bridge->plugin)
        return true;
    if (!is_of_version(module->go, version))
        return error_set(error, PLUGIN_MISFIT,
                         "%s was built by %s, and %s is %s; say where the plugin's own Go is: "
                         "--go=GO",
                         bridge->plugin, module->go->version, bridge->go, version);
    if (strcmp(go_machine(module), machine) != 0)
        return error_set(error, PLUGIN_MISFIT,
                         "%s is for GOARCH=%s, and %s builds for %s; set GOARCH, and CC to a "
                         "compiler for that",
                         bridge->plugin, go_machine(module), bridge->go, machine);
    return go_settings_adopt(flags, module->go->settings, bridge->plugin, &bridge->flags, error);
}

/* Reads the plugin that the bridge is for. */
static bool read_plugin(struct module *module, const char *path, struct error *error)
{
    *module = (struct module){0};
    if (!path)
        return true;
    if (!cmd_read_module(module, path, error))
        return false;
    if (module->go && module->go->is_plugin)
        return true;
    module_free(module);
    return error_set(error, PLUGIN_NOT_PLUGIN, "it is no Go plugin: %s", path);
}

/* ---- the build ---- */

/* A go.mod that states the toolchain's own version. Go derives the defaults of GODEBUG from it, and
 * they hold for the whole process: those of the installed go.mod would be of the oldest Go. */
static bool write_modfile(const struct scratch *work, const char *version, struct error *error)
{
    TEXT_AUTO name = {0};
    text_add(&name, "%s/go.mod", text_chars(&work->directory));
    const char *path = text_chars(&name);
    FILE *file = cmd_create(name.failed ? NULL : path, error);
    if (!file)
        return false;
    fprintf(file, "module plugin-go-bridge\n\ngo 1.%lu\n", minor_version(version));
    return cmd_close(file, path, error);
}

/* Go keeps what it has built below the home directory. Without one, it gets a place for this build
 * alone. */
static bool set_place(const char *variable, const struct scratch *work, const char *name)
{
    TEXT_AUTO path = {0};
    text_add(&path, "%s/%s", text_chars(&work->directory), name);
    return !path.failed && setenv(variable, path.chars, 0) == 0;
}

/* The environment that makes of `go build` what is wanted here; what changes packages stays. */
static bool set_environment(const struct scratch *work, struct error *error)
{
    bool done = setenv("GO111MODULE", "on", 1) == 0 && setenv("GOPROXY", "off", 1) == 0 &&
                setenv("GOTOOLCHAIN", "local", 1) == 0 && setenv("GOWORK", "off", 1) == 0 &&
                setenv("CGO_ENABLED", "1", 1) == 0 &&
                /* Go leaves things there when it is interrupted. */
                setenv("GOTMPDIR", text_chars(&work->directory), 0) == 0;
    if (done && !getenv("HOME"))
        done = set_place("GOPATH", work, "path") &&
               (getenv("XDG_CACHE_HOME") || set_place("GOCACHE", work, "cache"));
    return done ? true : error_set_no_memory(error);
}

/* What is missing, now that the build has failed and Go has said what it saw of it. */
static bool explain_failure(const struct toolchain *toolchain, const struct scratch *work,
                            struct error *error)
{
    ERROR_AUTO reason = {0};
    WORDS_AUTO command = {0};
    int status;
    const char *flags = getenv("CGO_CFLAGS"), *more = getenv("CGO_CPPFLAGS");
    words_add_split(&command, text_chars(&toolchain->compiler));
    words_add_split(&command, flags ? flags : "");
    words_add_split(&command, more ? more : "");
    words_add(&command, "-E");
    words_add(&command, "-o");
    words_add(&command, "/dev/null");
    words_add(&command, "closure.c");
    if (!run_into(work, &command, STDERR_FILENO, "/dev/null", &status, &reason))
        return error_set(error, PLUGIN_NOT_FOUND, "it needs a C compiler, and cannot run %s: %s",
                         text_chars(&toolchain->compiler), error_text(&reason));
    if (status != EXIT_DONE)
        return error_set(error, PLUGIN_NOT_FOUND,
                         "the C compiler does not find ffi.h; install the development files of "
                         "libffi (Debian: libffi-dev)");
    return error_set(error, PLUGIN_SYSTEM, "go build failed");
}

/* Builds in the directory of the sources, so that Go's cache knows them again, and the same sources
 * give the same bytes. */
static bool run_build(const struct scratch *scratch, const struct scratch *work, const char *go,
                      const struct words *flags, const struct toolchain *toolchain,
                      struct error *error)
{
    WORDS_AUTO command = {0};
    int status;
    words_add(&command, "%s", go);
    words_add(&command, "build");
    /* Without a name, gold, by which Go links for arm64, records the path of a temporary file. */
    words_add(&command, "-ldflags=-extldflags=-Wl,-soname," GO_BRIDGE_FILE_NAME);
    for (size_t i = 0; i < flags->count; i++)
        words_add(&command, "%s", flags->items[i]);
    words_add(&command, "-buildmode=c-shared");
    words_add(&command, "-buildvcs=false");
    words_add(&command, "-mod=mod");
    words_add(&command, "-modfile=%s/go.mod", text_chars(&work->directory));
    words_add(&command, "-o");
    words_add(&command, "%s", text_chars(&scratch->path));
    words_add(&command, ".");
    command.failed |= flags->failed;
    progress_begin("building", run_base_name(text_chars(&scratch->path)));
    bool has_run = run(scratch, &command, &status, error);
    progress_end();
    if (!has_run)
        return error_prefix(error, "cannot run %s: ", go);
    return status == EXIT_DONE ? true : explain_failure(toolchain, work, error);
}

/* Go writes a C header beside the library, which nobody needs. */
static void remove_header(const struct scratch *scratch)
{
    TEXT_AUTO header = {0};
    const char *path = text_chars(&scratch->path), *name = run_base_name(path);
    const char *dot = strrchr(name, '.');
    text_add(&header, "%.*s.h", (int)((dot ? dot : name + strlen(name)) - path), path);
    if (!header.failed)
        unlink(header.chars);
}

/* Goes to where the sources are installed. */
static bool enter_sources(struct error *error)
{
    TEXT_AUTO sources = {0};
    cmd_add_root(&sources);
    text_add(&sources, "%s/plugin/%s/go-bridge", PLUGIN_DATADIR, PLUGIN_VERSION);
    if (sources.failed)
        return error_set_no_memory(error);
    if (chdir(sources.chars) != 0)
        return error_set(error, PLUGIN_NOT_FOUND,
                         "the bridge's sources, which are installed with libplugin, are not there: "
                         "%s: %s",
                         sources.chars, strerror(errno));
    return true;
}

/* Makes the output beside where it goes, and puts it there once it is whole. */
static bool produce(const char *output, const struct scratch *work, const char *go,
                    const struct words *flags, const struct toolchain *toolchain,
                    struct error *error)
{
    struct scratch scratch;
    bool done = scratch_open(&scratch, output, error);
    if (done) {
        done = run_build(&scratch, work, go, flags, toolchain, error);
        remove_header(&scratch);
        if (done && interrupts_arrived(&scratch.interrupts))
            done = error_set(error, PLUGIN_SYSTEM, "interrupted");
        done = done && scratch_keep(&scratch, output, error);
    } else {
        text_add(&error->text, "; choose another place with -o FILE, and set PLUGIN_GO_BRIDGE=FILE "
                               "for the programs that open Go plugins");
    }
    scratch_close(&scratch);
    return done;
}

static bool add_output(struct text *output, const struct bridge *bridge, struct error *error)
{
    if (bridge->output)
        return make_absolute(output, bridge->output, error);
    cmd_add_library_directory(output);
    text_add(output, "/" GO_BRIDGE_FILE_NAME);
    return output->failed ? error_set_no_memory(error) : true;
}

/* Builds with the toolchain that there is. */
static bool build_with(const struct bridge *bridge, const char *go, const char *output,
                       const struct module *module, const struct toolchain *toolchain,
                       const struct scratch *work, struct error *error)
{
    WORDS_AUTO flags = {0};
    const char *version = text_chars(&toolchain->version);
    if (minor_version(version) < OLDEST_MINOR)
        return error_set(error, PLUGIN_UNSUPPORTED, "it needs Go 1.%d or later: %s is %s",
                         OLDEST_MINOR, bridge->go, version);
    if (!adopt_plugin(&flags, module, bridge, toolchain, error) ||
        !write_modfile(work, version, error))
        return false;
    for (size_t i = 0; i < bridge->flags.count; i++)
        words_add(&flags, "%s", bridge->flags.items[i]);
    flags.failed |= bridge->flags.failed;
    if (!produce(output, work, go, &flags, toolchain, error))
        return false;
    TEXT_AUTO line = {0};
    text_add_escaped(&line, output);
    printf(GO_BRIDGE_FILE_NAME " for %s: %s\n", version, text_chars(&line));
    return true;
}

/* Does all where Go finds nothing of the user's but the environment. */
static bool build_at_sources(const struct bridge *bridge, const char *go, const char *output,
                             const struct module *module, const char *place, struct error *error)
{
    struct toolchain toolchain = {0};
    struct scratch work;
    bool done = scratch_open(&work, place, error) && set_environment(&work, error) &&
                enter_sources(error) && ask_toolchain(&toolchain, bridge->go, go, &work, error) &&
                build_with(bridge, go, output, module, &toolchain, &work, error);
    text_free(&toolchain.version);
    text_free(&toolchain.compiler);
    text_free(&toolchain.machine);
    scratch_close(&work);
    return done;
}

/* Go's command as it is found from any directory. */
static bool locate_go(struct text *go, const struct bridge *bridge, struct error *error)
{
    if (strchr(bridge->go, '/'))
        return make_absolute(go, bridge->go, error);
    text_add(go, "%s", bridge->go);
    return go->failed ? error_set_no_memory(error) : true;
}

static bool build(const struct bridge *bridge, struct error *error)
{
    TEXT_AUTO place = {0}, go = {0}, output = {0};
    struct module module;
    const char *directory = getenv("TMPDIR");
    if (!make_absolute(&place, directory && *directory ? directory : "/tmp", error) ||
        !locate_go(&go, bridge, error) || !add_output(&output, bridge, error) ||
        !read_plugin(&module, bridge->plugin, error))
        return false;
    text_add(&place, "/go-bridge");
    bool done = place.failed
                    ? error_set_no_memory(error)
                    : build_at_sources(bridge, go.chars, output.chars, &module, place.chars, error);
    module_free(&module);
    return done;
}

int cmd_go_bridge(int count, char **arguments)
{
    ERROR_AUTO error = {0};
    struct bridge bridge = {.go = "go"};
    int status = parse(&bridge, count, arguments);
    if (status == EXIT_DONE && bridge.wants_help)
        fputs(help, stdout);
    else if (status == EXIT_DONE && !build(&bridge, &error)) {
        error_prefix(&error, "cannot build the bridge to Go: ");
        status = cmd_failed(&error);
    }
    words_free(&bridge.flags);
    return status == EXIT_DONE ? cmd_finish_output() : status;
}
