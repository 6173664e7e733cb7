/* SPDX-License-Identifier: MIT */
/* plugin go-bridge: builds the bridge by which libplugin opens Go plugins, from the sources that
 * are installed with the library, with the user's own Go toolchain. */
#include "common/cmd.h"
#include "common/options.h"
#include "common/progress.h"
#include "go/settings_p.h"
#include "go/toolchain_p.h"
#include "src/base/path.h"
#include "src/module/bridge_file.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char bridge_help[] =
    "usage: plugin go-bridge [-o FILE] [--go=GO] [--for=PLUGIN] [FLAG...]\n"
    "\n"
    "Build the library with which libplugin opens Go plugins. Use the Go toolchain\n"
    "that built the plugins, and the same flags as far as they change packages\n"
    "(-trimpath, -tags); -race is not supported.\n"
    "\n"
    "  -o FILE       write to FILE (default: plugin-go-bridge.so in the directory of\n"
    "                libplugin, where plugin_open finds it; for another FILE, set\n"
    "                PLUGIN_GO_BRIDGE=FILE in the environment of the host)\n"
    "  --go=GO       use this Go command (default: go, found in PATH)\n"
    "  --for=PLUGIN  use the flags that PLUGIN was built with; fail if it was built\n"
    "                by another version of Go\n"
    "  FLAG          any other flag is passed to `go build`\n"
    "\n"
    "Requires cgo, a C compiler and libffi (Debian: libffi-dev); for arm64, also GNU\n"
    "gold. On failure, an existing output stays unchanged.\n"
    "\n"
    "environment: that of `go build`: CC, GOARCH, GOFLAGS, GOCACHE\n"
    "exit status: 0 success, 1 failure, 2 usage error\n"
    "example: plugin go-bridge -o go-bridge.so --for=hello.so\n";

enum { BRIDGE_OLDEST_MINOR = 19 }; /* of Go 1 */

/* The parsed command line. */
struct bridge {
    const char *go;     /* Go's command */
    const char *output; /* NULL: the default */
    const char *plugin; /* the value of --for; NULL: not given */
    struct words flags; /* of go build */
    bool wants_help;
};

/* ---- arguments ---- */

static int bridge_parse(struct bridge *bridge, char **arguments)
{
    for (int i = 1; arguments[i]; i++) {
        const char *argument = arguments[i], *value;
        if (cmd_is_help(argument))
            bridge->wants_help = true;
        else if ((value = option_value("--go", arguments, &i)))
            bridge->go = value;
        else if ((value = option_value("--for", arguments, &i)))
            bridge->plugin = value;
        else if ((value = option_value("-o", arguments, &i)))
            bridge->output = value;
        else if (!strncmp(argument, "-buildmode", 10) || !strncmp(argument, "--buildmode", 11))
            return cmd_usage_error("go-bridge", "the build mode is fixed: %s", argument);
        else if (!strcmp(argument, "-race") || !strcmp(argument, "--race"))
            return cmd_usage_error("go-bridge", GO_SETTINGS_RACE ": %s", argument);
        else
            words_add(&bridge->flags, "%s", argument);
    }
    if (bridge->output && !*bridge->output)
        return cmd_usage_error("go-bridge", "-o needs a file");
    if (!*bridge->go)
        return cmd_usage_error("go-bridge", "--go needs a command");
    if (bridge->plugin && !*bridge->plugin)
        return cmd_usage_error("go-bridge", "--for needs a plugin");
    return EXIT_DONE;
}

/* Adds the absolute path: the build runs in another directory. */
static bool bridge_add_absolute(struct text *absolute, const char *path, struct error *error)
{
    char directory[PATH_MAX];
    if (*path != '/') {
        if (!getcwd(directory, sizeof directory))
            return error_set(error, PLUGIN_SYSTEM, "cannot get the working directory: %s",
                             strerror(errno));
        text_add(absolute, "%s/", directory);
    }
    text_add(absolute, "%s", path);
    return !absolute->failed || error_set_no_memory(error);
}

/* ---- the plugin of --for ---- */

/* Reads the plugin at `path`; zeroes the module if that is NULL. Free it with module_deinit. */
static bool bridge_read_plugin(struct module *module, const char *path, struct arena *arena,
                               struct error *error)
{
    *module = (struct module){0};
    if (!path)
        return true;
    if (!cmd_read_module(module, path, arena, error))
        return false;
    if (module->go && module->go->is_plugin)
        return true;
    module_deinit(module);
    return error_set(error, PLUGIN_NOT_PLUGIN, "not a Go plugin: %s", path);
}

/* Returns the module's machine as a value of GOARCH. */
static const char *bridge_machine(const struct module *module)
{
    switch (module->elf.machine) {
    case EM_X86_64:
        return "amd64";
    case EM_AARCH64:
        return "arm64";
    default:
        return "another";
    }
}

/* Adds the flags that the plugin was built with, if one is given. */
static bool bridge_adopt_plugin(const struct bridge *bridge, struct words *flags,
                                const struct module *module, const struct toolchain *toolchain,
                                struct error *error)
{
    const char *version = text_chars(&toolchain->version);
    const char *machine = text_chars(&toolchain->machine);
    if (!bridge->plugin)
        return true;
    if (!toolchain_is_version(module->go, version))
        return error_set(error, PLUGIN_MISFIT,
                         "%s was built by %s, but %s is %s; select the plugin's Go with --go=GO",
                         bridge->plugin, module->go->version, bridge->go, version);
    if (strcmp(bridge_machine(module), machine) != 0)
        return error_set(
            error, PLUGIN_MISFIT,
            "%s is for GOARCH=%s, but %s builds for %s; set GOARCH, and CC to a cross compiler",
            bridge->plugin, bridge_machine(module), bridge->go, machine);
    return go_settings_adopt(flags, module->go->settings, bridge->plugin, &bridge->flags, error);
}

/* ---- the build ---- */

/* Writes a go.mod with the toolchain's own version. Go derives the defaults of GODEBUG, which hold
 * for the whole process, from it: the installed go.mod would give those of the oldest Go. */
static bool bridge_write_modfile(const struct scratch *work, const char *version,
                                 struct error *error)
{
    TEXT_AUTO path = {0}, content = {0};
    text_add(&path, "%s/go.mod", text_chars(&work->directory));
    text_add(&content, "module plugin-go-bridge\n\ngo 1.%lu\n", toolchain_minor(version));
    return cmd_write_file(path.failed ? NULL : path.chars, &content, error);
}

static bool bridge_set_directory(const char *variable, const struct scratch *work, const char *name)
{
    TEXT_AUTO path = {0};
    text_add(&path, "%s/%s", text_chars(&work->directory), name);
    return !path.failed && setenv(variable, path.chars, 0) == 0;
}

/* Sets the environment of `go build`. Leaves variables that change packages as they are. */
static bool bridge_set_environment(const struct scratch *work, struct error *error)
{
    bool done = setenv("GO111MODULE", "on", 1) == 0 && setenv("GOPROXY", "off", 1) == 0 &&
                setenv("GOTOOLCHAIN", "local", 1) == 0 && setenv("GOWORK", "off", 1) == 0 &&
                setenv("CGO_ENABLED", "1", 1) == 0 &&
                /* An interrupted Go leaves files there. */
                setenv("GOTMPDIR", text_chars(&work->directory), 0) == 0;
    /* Go's caches are below the home directory; without one, they are for this build alone. */
    if (done && !getenv("HOME"))
        done = bridge_set_directory("GOPATH", work, "path") &&
               (getenv("XDG_CACHE_HOME") || bridge_set_directory("GOCACHE", work, "cache"));
    return done || error_set_no_memory(error);
}

/* Changes to the directory of the bridge's sources: it is part of the key of Go's cache, and of the
 * output's bytes. */
static bool bridge_enter_sources(struct error *error)
{
    TEXT_AUTO sources = {0};
    cmd_add_root(&sources);
    text_add(&sources, "%s/plugin/%s/go-bridge", PLUGIN_DATADIR, PLUGIN_VERSION);
    if (sources.failed)
        return error_set_no_memory(error);
    if (chdir(sources.chars) != 0)
        return error_set(
            error, PLUGIN_NOT_FOUND,
            "cannot enter the bridge's sources, which are installed with libplugin: %s: %s",
            sources.chars, strerror(errno));
    return true;
}

/* Runs `go build`, to scratch->path. */
static bool bridge_run_build(const struct scratch *scratch, const struct scratch *work,
                             const char *go, const struct words *flags,
                             const struct toolchain *toolchain, struct error *error)
{
    WORDS_AUTO command = {0};
    int status;
    words_add_list(&command, go, "build", NULL);
    /* Without this, gold, with which Go links for arm64, records the path of a temporary file. */
    words_add(&command, "-ldflags=-extldflags=-Wl,-soname," GO_BRIDGE_FILE_NAME);
    for (size_t i = 0; i < flags->count; i++)
        words_add(&command, "%s", flags->items[i]);
    words_add_list(&command, "-buildmode=c-shared", "-buildvcs=false", "-mod=mod", NULL);
    words_add(&command, "-modfile=%s/go.mod", text_chars(&work->directory));
    words_add_list(&command, "-o", text_chars(&scratch->path), ".", NULL);
    command.failed |= flags->failed;
    progress_start("building", path_base_name(text_chars(&scratch->path)));
    bool has_run = run(scratch, &command, &status, error);
    progress_stop();
    if (!has_run)
        return error_prefix(error, "cannot run %s: ", go);
    return status == EXIT_DONE || toolchain_explain_failure(toolchain, work, error);
}

/* Removes the C header that Go writes beside a library. */
static void bridge_remove_header(const struct scratch *scratch)
{
    TEXT_AUTO header = {0};
    const char *path = text_chars(&scratch->path), *name = path_base_name(path);
    const char *dot = strrchr(name, '.');
    text_add(&header, "%.*s.h", (int)((dot ? dot : name + strlen(name)) - path), path);
    if (!header.failed)
        unlink(header.chars);
}

/* Builds in a scratch directory beside the output. */
static bool bridge_build_output(const char *output, const struct scratch *work, const char *go,
                                const struct words *flags, const struct toolchain *toolchain,
                                struct error *error)
{
    struct scratch scratch;
    bool done = scratch_open(&scratch, output, error);
    if (done) {
        done = bridge_run_build(&scratch, work, go, flags, toolchain, error);
        bridge_remove_header(&scratch);
        if (done && interrupts_arrived(&scratch.interrupts))
            done = error_set(error, PLUGIN_SYSTEM, "interrupted");
        done = done && scratch_commit(&scratch, output, error);
    } else {
        text_add(&error->text,
                 "; choose another output with -o FILE, and set PLUGIN_GO_BRIDGE=FILE "
                 "for programs that open Go plugins");
    }
    scratch_close(&scratch);
    return done;
}

static bool bridge_build_with(const struct bridge *bridge, const char *go, const char *output,
                              const struct module *module, const struct toolchain *toolchain,
                              const struct scratch *work, struct error *error)
{
    WORDS_AUTO flags = {0};
    const char *version = text_chars(&toolchain->version);
    if (toolchain_minor(version) < BRIDGE_OLDEST_MINOR)
        return error_set(error, PLUGIN_UNSUPPORTED, "Go 1.%d or later is needed, but %s is %s",
                         BRIDGE_OLDEST_MINOR, bridge->go, version);
    if (!bridge_adopt_plugin(bridge, &flags, module, toolchain, error) ||
        !bridge_write_modfile(work, version, error))
        return false;
    for (size_t i = 0; i < bridge->flags.count; i++)
        words_add(&flags, "%s", bridge->flags.items[i]);
    flags.failed |= bridge->flags.failed;
    if (!bridge_build_output(output, work, go, &flags, toolchain, error))
        return false;
    TEXT_AUTO line = {0};
    text_add_escaped(&line, output);
    printf(GO_BRIDGE_FILE_NAME " for %s: %s\n", version, text_chars(&line));
    return true;
}

static bool bridge_build(const struct bridge *bridge, struct error *error)
{
    TEXT_AUTO place = {0}, go = {0}, output = {0};
    ARENA_AUTO arena = {0};
    struct module module;
    struct scratch work;
    struct toolchain toolchain = {0};
    const char *directory = getenv("TMPDIR");
    bool done = bridge_add_absolute(&place, directory && *directory ? directory : "/tmp", error);
    text_add(&place, "/go-bridge");
    /* A name without a slash is found in PATH, from any directory. */
    if (strchr(bridge->go, '/'))
        done = done && bridge_add_absolute(&go, bridge->go, error);
    else
        text_add(&go, "%s", bridge->go);
    if (bridge->output) {
        done = done && bridge_add_absolute(&output, bridge->output, error);
    } else {
        cmd_add_library_directory(&output);
        text_add(&output, "/" GO_BRIDGE_FILE_NAME);
    }
    if (done && (place.failed || go.failed || output.failed))
        done = error_set_no_memory(error);
    if (!done || !bridge_read_plugin(&module, bridge->plugin, &arena, error))
        return false;
    done = scratch_open(&work, place.chars, error) && bridge_set_environment(&work, error) &&
           bridge_enter_sources(error) &&
           toolchain_init(&toolchain, bridge->go, go.chars, &work, error) &&
           bridge_build_with(bridge, go.chars, output.chars, &module, &toolchain, &work, error);
    toolchain_deinit(&toolchain);
    scratch_close(&work);
    module_deinit(&module);
    return done;
}

int cmd_go_bridge(char **arguments)
{
    ERROR_AUTO error = {0};
    struct bridge bridge = {.go = "go"};
    int status = bridge_parse(&bridge, arguments);
    if (status == EXIT_DONE && bridge.wants_help)
        fputs(bridge_help, stdout);
    else if (status == EXIT_DONE && !bridge_build(&bridge, &error)) {
        error_prefix(&error, "cannot build the Go bridge: ");
        status = cmd_failed(&error);
    }
    words_deinit(&bridge.flags);
    return status == EXIT_DONE ? cmd_finish_output(EXIT_DONE) : status;
}
