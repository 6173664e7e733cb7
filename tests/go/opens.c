/* Executes its arguments in order, and prints the results:
 *
 *     FILE            opens the plugin, to which later arguments refer
 *     .NAME           calls long NAME(void)
 *     ,NAME           calls bool NAME(void)
 *     /NAME=A;B       calls a function that takes one string or two and returns one
 *     ?NAME           reads the variable, a long
 *     @               lists the symbols; of those without a C form, the refusal of plugin_as
 *     --bridge=FILE   sets the bridge of later opens
 *     --mapped=TEXT   whether a file with this in its name is mapped
 *     --run=COMMAND   runs a shell command
 *     --secure        whether this process runs set-user-ID (AT_SECURE)
 *     --together      opens the files that follow at once, each in a thread of its own
 */
#include <plugin.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static const char *const codes[] = {
    "PLUGIN_OK",          "PLUGIN_NOT_FOUND",  "PLUGIN_NOT_PLUGIN",  "PLUGIN_MISFIT",
    "PLUGIN_NO_SYMBOL",   "PLUGIN_WRONG_TYPE", "PLUGIN_INIT_FAILED", "PLUGIN_ALREADY_LOADED",
    "PLUGIN_UNTRUSTED",   "PLUGIN_CRASHED",    "PLUGIN_TIMEOUT",     "PLUGIN_SEALED",
    "PLUGIN_UNSUPPORTED", "PLUGIN_NO_MEMORY",  "PLUGIN_SYSTEM"};

#define MANY 64
static struct plugin_options options = {.size = sizeof options};
static plugin *known[MANY];
static const char *names[MANY];
static size_t known_count;

static void print_error(void)
{
    printf("%s: %s\n", codes[plugin_error_code()], plugin_error());
}

/* Prints that the plugin was opened, or as what it is known already. */
static void print_opened(plugin *p, const char *path)
{
    size_t i = 0;
    while (i < known_count && known[i] != p)
        i++;
    if (i < known_count) {
        printf("same as %s\n", names[i]);
        return;
    }
    known[known_count] = p;
    names[known_count++] = path;
    puts("opened");
}

static plugin *open_one(const char *path)
{
    plugin *p = plugin_open_with(path, &options);
    if (p)
        print_opened(p, path);
    else
        print_error();
    return p;
}

struct opening {
    const char *path;
    plugin *opened;
    enum plugin_code code;
    char error[2000];
};
static pthread_barrier_t barrier;

static void *open_in_thread(void *argument)
{
    struct opening *opening = argument;
    pthread_barrier_wait(&barrier);
    opening->opened = plugin_open_with(opening->path, &options);
    opening->code = plugin_error_code();
    snprintf(opening->error, sizeof opening->error, "%s", plugin_error());
    return NULL;
}

static void open_together(char **paths, unsigned count)
{
    static struct opening openings[MANY];
    static pthread_t threads[MANY];
    pthread_barrier_init(&barrier, NULL, count);
    for (unsigned i = 0; i < count; i++) {
        openings[i].path = paths[i];
        if (pthread_create(&threads[i], NULL, open_in_thread, &openings[i]) != 0)
            abort();
    }
    for (unsigned i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < count; i++)
        if (openings[i].opened)
            print_opened(openings[i].opened, openings[i].path);
        else
            printf("%s: %s\n", codes[openings[i].code], openings[i].error);
}

static void list(plugin *p)
{
    for (const plugin_symbol *s = NULL; (s = plugin_next(p, s));) {
        const char *declaration = plugin_symbol_decl(s);
        printf("%s%s\n", declaration, plugin_address(s) ? "" : " (no address)");
        /* The declaration of a symbol without a type is its name. */
        if (strcmp(declaration, plugin_symbol_name(s)) == 0 && !plugin_as(s, int *))
            print_error();
    }
    plugin_error_clear();
}

static void call(plugin *p, const char *name)
{
    long (*f)(void) = plugin_as(plugin_lookup(p, name), long (*)(void));
    if (!f) {
        print_error();
        return;
    }
    plugin_error_clear();
    printf("%ld\n", f());
    if (plugin_error_code() != PLUGIN_OK)
        print_error();
}

static void ask(plugin *p, const char *name)
{
    bool (*f)(void) = plugin_as(plugin_lookup(p, name), bool (*)(void));
    if (f)
        puts(f() ? "yes" : "no");
    else
        print_error();
}

static void read_variable(plugin *p, const char *name)
{
    const long *v = plugin_as(plugin_lookup(p, name), const long *);
    if (v)
        printf("%ld\n", *v);
    else
        print_error();
}

static plugin_go_string go(const char *text)
{
    return (plugin_go_string){text, (ptrdiff_t)strlen(text)};
}

/* NAME=A or NAME=A;B. */
static void call_with_strings(plugin *p, char *what)
{
    char *first = strchr(what, '='), *second = strrchr(what, ';');
    *first++ = 0;
    plugin_go_string said;
    if (second) {
        *second++ = 0;
        plugin_go_string (*two)(plugin_go_string, plugin_go_string) = plugin_as(
            plugin_lookup(p, what), plugin_go_string(*)(plugin_go_string, plugin_go_string));
        if (!two) {
            print_error();
            return;
        }
        said = two(go(first), go(second));
    } else {
        plugin_go_string (*one)(plugin_go_string) =
            plugin_as(plugin_lookup(p, what), plugin_go_string(*)(plugin_go_string));
        if (!one) {
            print_error();
            return;
        }
        said = one(go(first));
    }
    printf("%.*s\n", (int)said.len, said.data);
}

static bool is_mapped(const char *text)
{
    char line[5000];
    bool is = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        is |= strstr(line, text) != NULL;
    if (maps)
        fclose(maps);
    return is;
}

int main(int argc, char **argv)
{
    plugin *p = NULL;
    setvbuf(stdout, NULL, _IONBF, 0);
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (strncmp(word, "--bridge=", 9) == 0)
            options.go_bridge = word + 9;
        else if (strncmp(word, "--mapped=", 9) == 0)
            puts(is_mapped(word + 9) ? "mapped" : "not mapped");
        else if (strncmp(word, "--run=", 6) == 0)
            printf("exit status %d\n", system(word + 6));
        else if (strcmp(word, "--secure") == 0)
            puts(getauxval(AT_SECURE) ? "secure" : "not secure");
        else if (strcmp(word, "--together") == 0) {
            open_together(argv + i + 1, (unsigned)(argc - i - 1));
            break;
        } else if (strcmp(word, "@") == 0)
            list(p);
        else if (word[0] == '.' && word[1] != '/')
            call(p, word + 1);
        else if (word[0] == ',')
            ask(p, word + 1);
        else if (word[0] == '?')
            read_variable(p, word + 1);
        else if (word[0] == '/' && strchr(word, '='))
            call_with_strings(p, word + 1);
        else
            p = open_one(word);
    }
    return 0;
}
