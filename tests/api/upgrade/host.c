/* Does what its arguments say, in order, and prints what comes of it.
 *
 *     open PATH, global PATH, trusted PATH HASH, unstamped PATH    plugin_open_with; gives a number
 *     version N, current N, retire N, retire-at-once N             of the plugin with this number
 *     find N                                                       plugin_find of its code and data
 *     sh COMMAND */
#include <plugin.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLUGINS = 32, THREADS = 8 };

static plugin *plugins[PLUGINS];
static int count;

int reopened; /* by a PLUGIN_RETIRE block */

void host_note(const char *what, int number);
void host_note(const char *what, int number)
{
    printf("  %s %d\n", what, number);
}

static void result(bool done)
{
    puts(done ? "yes" : plugin_error());
}

static const struct plugin_trust *policy(const char *hash)
{
    static const char *hashes[2];
    static struct plugin_trust trust = {.size = sizeof trust, .hashes = hashes};
    hashes[0] = hash;
    return &trust;
}

static void open_one(const char *how, const char *path, const char *hash)
{
    struct plugin_options options = {.size = sizeof options,
                                     .is_global = !strcmp(how, "global"),
                                     .allow_unstamped = !strcmp(how, "unstamped"),
                                     .trust = hash ? policy(hash) : NULL};
    plugin *p = plugin_open_with(path, &options);
    int number = 0;
    while (p && number < count && plugins[number] != p)
        number++;
    if (p && number == count)
        plugins[count++] = p;
    if (p)
        printf("plugin %d\n", number);
    else
        printf("%d %s\n", (int)plugin_error_code(), plugin_error());
}

static void *retire(void *p)
{
    return plugin_retire(p) ? p : NULL;
}

static void retire_at_once(plugin *p)
{
    pthread_t threads[THREADS];
    int done = 0;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, retire, p) != 0)
            exit(2);
    for (int i = 0; i < THREADS; i++) {
        void *retired;
        pthread_join(threads[i], &retired);
        done += retired != NULL;
    }
    printf("%d threads\n", done);
}

static void find(plugin *p)
{
    const plugin_symbol *symbol = NULL;
    while ((symbol = plugin_next(p, symbol))) {
        const char *address = plugin_address(symbol);
        const plugin_symbol *at = plugin_symbol_at(p, address);
        printf("%s: %s, %s\n", plugin_symbol_name(symbol),
               plugin_find(address) == p ? "its plugin's" : "another's",
               at == symbol ? "itself" : plugin_symbol_name(at));
    }
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    for (int i = 1; i < argc; i++) {
        const char *verb = argv[i];
        const char *argument = ++i < argc ? argv[i] : "";
        int number = atoi(argument);
        plugin *p = number < count ? plugins[number] : NULL;
        if (!strcmp(argument, "program"))
            p = plugin_program();
        if (!strcmp(verb, "sh")) {
            if (system(argument) != 0)
                return 2;
        } else if (!strcmp(verb, "version")) {
            int (*version)(void) = plugin_as(plugin_lookup(p, "version"), int (*)(void));
            printf("version %d\n", version ? version() : -1);
        } else if (!strcmp(verb, "current")) {
            result(plugin_is_current(p));
        } else if (!strcmp(verb, "retire")) {
            result(plugin_retire(p));
        } else if (!strcmp(verb, "retire-at-once")) {
            retire_at_once(p);
        } else if (!strcmp(verb, "find")) {
            find(p);
        } else if (!strcmp(verb, "trusted")) {
            open_one(verb, argument, argv[++i]);
        } else {
            open_one(verb, argument, NULL);
        }
    }
    return 0;
}
