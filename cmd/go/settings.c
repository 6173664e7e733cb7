/* SPDX-License-Identifier: MIT */
/* How a Go plugin was built, for a build of the same kind. */
#include "go/settings_p.h"

#include <stdlib.h>
#include <string.h>

/* Adds the first word of recorded settings and returns the rest. A word with spaces is quoted. */
static const char *go_settings_next(const char *settings, struct text *word)
{
    bool is_quoted = false;
    settings += strspn(settings, " ");
    for (; *settings && (is_quoted || *settings != ' '); settings++) {
        if (*settings == '"') {
            is_quoted = !is_quoted;
            continue;
        }
        if (is_quoted && *settings == '\\' && settings[1])
            settings++;
        text_add(word, "%c", *settings);
    }
    return settings;
}

/* Does this flag only change what is compiled? Others run programs (-toolexec) or write files: a
 * plugin's file must not make this command do that. */
static bool go_settings_is_harmless(const char *flag)
{
    static const char *const whole[] = {"-trimpath",          "-msan",           "-asan",
                                        "-gcflags=all=-N -l", "-gcflags=all=-l", "-gcflags=all=-N"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (!strcmp(flag, whole[i]))
            return true;
    return !strncmp(flag, "-tags=", strlen("-tags="));
}

static bool go_settings_has_flag(const struct words *flags, const char *flag)
{
    for (size_t i = 0; i < flags->count; i++)
        if (!strcmp(flags->items[i], flag))
            return true;
    return false;
}

/* Adds a flag of the plugin's build unless the user has given it. */
static bool go_settings_adopt_flag(struct words *flags, const char *flag, const char *plugin_path,
                                   const struct words *given, struct error *error)
{
    if (go_settings_has_flag(given, flag))
        return true;
    if (!strcmp(flag, "-race"))
        return error_set(error, PLUGIN_UNSUPPORTED, "%s was built with -race: " GO_SETTINGS_RACE,
                         plugin_path);
    if (!go_settings_is_harmless(flag))
        return error_set(
            error, PLUGIN_UNSUPPORTED,
            "%s was built with %s, which may run programs and is not taken from a file; "
            "pass it to this command if you want it",
            plugin_path, flag);
    words_add(flags, "%s", flag);
    return true;
}

/* Sets an environment variable: NAME=VALUE. */
static bool go_settings_adopt_variable(char *setting, struct error *error)
{
    char *equals = setting ? strchr(setting, '=') : NULL;
    if (!equals)
        return true;
    *equals = '\0';
    bool is_variable = !strcmp(setting, "GOAMD64") || !strcmp(setting, "GOARM64") ||
                       !strcmp(setting, "GOEXPERIMENT");
    return !is_variable || setenv(setting, equals + 1, 1) == 0 || error_set_no_memory(error);
}

bool go_settings_adopt(struct words *flags, const char *settings, const char *plugin_path,
                       const struct words *given, struct error *error)
{
    while (*settings) {
        TEXT_AUTO word = {0};
        settings = go_settings_next(settings, &word);
        const char *setting = text_chars(&word);
        if (word.failed)
            return error_set_no_memory(error);
        if (*setting == '-' ? !go_settings_adopt_flag(flags, setting, plugin_path, given, error)
                            : !go_settings_adopt_variable(word.chars, error))
            return false;
    }
    return true;
}
