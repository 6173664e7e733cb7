/* Opens plugins, and says what came of it.
 * usage: host ARGUMENT...
 *   PATH           opens the plugin of this path: prints "opened", or the code and the text
 *   --strict       opens those after it by Go's rule
 *   --run=COMMAND  runs a command
 * After a refusal, it says what the plugin has left behind: code that ran, or files mapped. */
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What plugins may use of it. */
int host_level;
int host_log(const char *text)
{
    return printf("%s\n", text);
}

/* The files that are mapped, each once; what was there is freed. */
static char *mapped_files(char *before)
{
    char line[4096], *files = NULL;
    size_t size;
    FILE *maps = fopen("/proc/self/maps", "r"), *text = open_memstream(&files, &size);
    free(before);
    while (fgets(line, sizeof line, maps)) {
        const char *path = strchr(line, '/');
        fflush(text);
        if (path && !strstr(files, path))
            fputs(path, text);
    }
    fclose(maps);
    fclose(text);
    return files;
}

static void open_plugin(const char *path, bool strict)
{
    struct plugin_options options = {.size = sizeof options, .strict = strict};
    unsetenv("PLUGIN_HAS_RUN");
    char *before = mapped_files(NULL);
    if (plugin_open_with(path, &options)) {
        puts("opened");
        free(before);
        return;
    }
    printf(plugin_error_code() == PLUGIN_MISFIT ? "PLUGIN_MISFIT: %s\n" : "no misfit: %s\n",
           plugin_error());
    char *after = mapped_files(NULL);
    if (getenv("PLUGIN_HAS_RUN"))
        puts("but code of it has run");
    if (strcmp(before, after) != 0)
        printf("but files were mapped; before:\n%safter:\n%s", before, after);
    free(before);
    free(after);
}

int main(int argc, char **argv)
{
    bool strict = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--strict"))
            strict = true;
        else if (!strncmp(argv[i], "--run=", 6))
            puts(system(argv[i] + 6) == 0 ? "done" : "failed");
        else
            open_plugin(argv[i], strict);
        fflush(stdout);
    }
    return 0;
}
