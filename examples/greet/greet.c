/* greet.c - greet LANGUAGE NAME: greets in a language, which is a plugin in PLUGINDIR. */
#include "greet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
    static const char *const search[] = {PLUGINDIR, NULL};
    struct plugin_options options = {.size = sizeof options, .search = search};
    if (getenv("GREET_ISOLATED"))
        options.placement = PLUGIN_ISOLATED;
    char file[64];
    if (argc != 3 || strchr(argv[1], '/') ||
        (size_t)snprintf(file, sizeof file, "%s.so", argv[1]) >= sizeof file) {
        fputs("usage: greet LANGUAGE NAME\n", stderr);
        return 2;
    }
    struct language language;
    if (!plugin_open_as_with(file, &options, &language)) {
        fprintf(stderr, "greet: %s\n", plugin_error());
        return 1;
    }
    time_t now = time(NULL);
    struct person person = {argv[2], localtime(&now)->tm_hour};
    const char *greeting = language.language_greeting(&person);
    if (!greeting) {
        fprintf(stderr, "greet: %s\n", plugin_error());
        return 1;
    }
    puts(greeting);
    return 0;
}
