/* SPDX-License-Identifier: MIT */
/* The Go toolchain that builds the bridge. */
#include "go/toolchain_p.h"

#include "common/cmd.h"

#include <stdlib.h>
#include <string.h>

/* Adds the next line, without its newline, and returns what follows it. */
static const char *toolchain_add_line(struct text *line, const char *lines)
{
    size_t length = strcspn(lines, "\n");
    text_add_bytes(line, lines, length);
    return lines + length + (lines[length] != '\0');
}

bool toolchain_init(struct toolchain *toolchain, const char *name, const char *go,
                    const struct scratch *work, struct error *error)
{
    TEXT_AUTO output = {0};
    WORDS_AUTO command = {0};
    int status;
    *toolchain = (struct toolchain){0};
    words_add_list(&command, go, "env", "GOVERSION", "CC", "GOARCH", NULL);
    if (!run_for_output(work, &command, &status, &output, error))
        return error_prefix(error,
                            "cannot run the Go command %s (select another with --go=GO): ", name);
    const char *lines = text_chars(&output);
    lines = toolchain_add_line(&toolchain->version, lines);
    lines = toolchain_add_line(&toolchain->compiler, lines);
    toolchain_add_line(&toolchain->machine, lines);
    if (output.failed || toolchain->version.failed || toolchain->compiler.failed ||
        toolchain->machine.failed)
        return error_set_no_memory(error);
    if (status != EXIT_DONE || !strstr(text_chars(&toolchain->version), "go1."))
        return error_set(error, PLUGIN_UNSUPPORTED, "not a Go toolchain: %s", name);
    return true;
}

void toolchain_deinit(struct toolchain *toolchain)
{
    text_free(&toolchain->version);
    text_free(&toolchain->compiler);
    text_free(&toolchain->machine);
}

unsigned long toolchain_minor(const char *version)
{
    const char *start = strstr(version, "go1.");
    return start ? strtoul(start + strlen("go1."), NULL, 10) : 0;
}

/* Returns the length without experiments, as in "go1.24.4 X:fieldtrack". */
static size_t toolchain_plain_length(const char *version)
{
    const char *experiments = strstr(version, " X:");
    return experiments ? (size_t)(experiments - version) : strlen(version);
}

bool toolchain_is_version(const struct go_module *module, const char *version)
{
    size_t length = toolchain_plain_length(version);
    if (module->is_version_exact)
        return toolchain_plain_length(module->version) == length &&
               !memcmp(module->version, version, length);
    return strchr(module->version, ' ') ||
           toolchain_minor(module->version) == toolchain_minor(version);
}

bool toolchain_explain_failure(const struct toolchain *toolchain, const struct scratch *work,
                               struct error *error)
{
    ERROR_AUTO reason = {0};
    WORDS_AUTO command = {0};
    int status;
    words_add_split(&command, text_chars(&toolchain->compiler));
    words_add_split(&command, getenv("CGO_CFLAGS"));
    words_add_split(&command, getenv("CGO_CPPFLAGS"));
    words_add_list(&command, "-E", "-o", "/dev/null", "closure.c", NULL);
    if (!run_silently(work, &command, &status, &reason))
        return error_set(error, PLUGIN_NOT_FOUND, "cannot run the C compiler %s: %s",
                         text_chars(&toolchain->compiler), error_text(&reason));
    if (status != EXIT_DONE)
        return error_set(error, PLUGIN_NOT_FOUND,
                         "the C compiler cannot find ffi.h; install libffi's development files "
                         "(Debian: libffi-dev)");
    return error_set(error, PLUGIN_SYSTEM, "go build failed");
}
