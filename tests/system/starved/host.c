/* Makes allocations of the library fail at each calling place: the first call, the second, and the
 * last, each in a process of its own. An open, and each use of the plugin, must then have the same
 * outcome as with memory, or an error that says "out of memory"; and the next time, with memory,
 * the same outcome.
 *
 * starved ARGUMENT... PATH: before=PATH and dlopen=PATH are opened first; key=KEY, hash=HEX,
 * library=NAME, place, strict, verify and go=PATH are options of the open. `remembered`: the
 * failure is permanent, and its text may stay "out of memory". `examine`: the file, and then its
 * directory, is examined instead; `upgrade`: the plugin is retired and opened again. Linked with
 * libplugin.a, and -Wl,--wrap for each allocating function. Fails if there are fewer places than
 * the environment variable AT_LEAST says: the test would show nothing. */
#include "../../common/arguments.h"
#include "../../common/starve_calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PLACES_MAX = 4096, OUTCOME_MAX = 1 << 14 };

/* Shared between the processes. */
static struct shared {
    struct place {
        const void *address; /* return address */
        unsigned count;      /* of its calls, with memory */
    } places[PLACES_MAX];
    size_t count;
    char outcome[OUTCOME_MAX]; /* with memory */
} * shared;

static int is_counting;
static const void *failing; /* the place; NULL: none */
static unsigned left;       /* calls there that succeed before one fails */

/* ---- allocation ---- */

static struct place *find_place(const void *address)
{
    size_t i = 0;
    while (i < shared->count && shared->places[i].address != address)
        i++;
    if (i == shared->count && i < PLACES_MAX)
        shared->places[shared->count++].address = address;
    return i < PLACES_MAX ? &shared->places[i] : NULL;
}

__attribute__((noinline)) static bool starve_fails(const void *address)
{
    struct place *place = is_counting ? find_place(address) : NULL;
    if (place)
        place->count++;
    if (!failing || address != failing || left-- > 0)
        return false;
    failing = NULL;
    errno = ENOMEM;
    return true;
}

/* Calls of arena functions count by their own callers, too. */
struct arena;
STARVE_WRAP(void *, arena_alloc, false, (struct arena * arena, size_t size), arena, size)
STARVE_WRAP(void *, arena_alloc_zeroed, false, (struct arena * arena, size_t count, size_t size),
            arena, count, size)
STARVE_WRAP(void *, arena_resize, false,
            (struct arena * arena, void *block, size_t size, size_t new_size), arena, block, size,
            new_size)
STARVE_WRAP(char *, arena_strndup, false, (struct arena * arena, const char *string, size_t length),
            arena, string, length)

/* The library calls it by either name. */
#define WRAP_MMAP(name)                                                                            \
    void *__real_##name(void *address, size_t size, int protection, int flags, int descriptor,     \
                        off_t offset);                                                             \
    void *__wrap_##name(void *address, size_t size, int protection, int flags, int descriptor,     \
                        off_t offset);                                                             \
    void *__wrap_##name(void *address, size_t size, int protection, int flags, int descriptor,     \
                        off_t offset)                                                              \
    {                                                                                              \
        return starve_fails(__builtin_return_address(0))                                           \
                   ? MAP_FAILED                                                                    \
                   : __real_##name(address, size, protection, flags, descriptor, offset);          \
    }

WRAP_MMAP(mmap)
WRAP_MMAP(mmap64)

/* ---- the use of a plugin ---- */

static const char *keys[ARGUMENT_LIST], *hashes[ARGUMENT_LIST], *libraries[ARGUMENT_LIST];
static const char *before[ARGUMENT_LIST], *loaded[ARGUMENT_LIST];
static int is_remembered, is_examined, is_upgraded;
static struct plugin_trust trust = {.size = sizeof trust};
static struct plugin_options options = {.size = sizeof options};

static int take(const char *argument)
{
    const char *value;
    if ((value = argument_after(argument, "key=")))
        trust.keys = argument_append(keys, value);
    else if ((value = argument_after(argument, "hash=")))
        trust.hashes = argument_append(hashes, value);
    else if ((value = argument_after(argument, "library=")))
        trust.libraries = argument_append(libraries, value);
    else if (!strcmp(argument, "place"))
        trust.check_place = true;
    else if (!strcmp(argument, "strict"))
        options.strict = true;
    else if (!strcmp(argument, "verify"))
        options.verify = true;
    else if (!strcmp(argument, "remembered"))
        is_remembered = 1;
    else if (!strcmp(argument, "examine"))
        is_examined = 1;
    else if (!strcmp(argument, "upgrade"))
        is_upgraded = 1;
    else if ((value = argument_after(argument, "go=")))
        options.go_bridge = value;
    else if ((value = argument_after(argument, "before=")))
        argument_append(before, value);
    else if ((value = argument_after(argument, "dlopen=")))
        argument_append(loaded, value);
    else
        return 0;
    options.trust = trust.keys || trust.hashes || trust.check_place ? &trust : NULL;
    trust.owner = getuid();
    return 1;
}

/* Appends to a text of limited size. */
static void note(char *outcome, const char *text)
{
    size_t length = strlen(outcome);
    snprintf(outcome + length, OUTCOME_MAX - length, "%s\n", text);
}

/* Is the failure for want of memory, or does its text say so? */
static int says_no_memory(void)
{
    return plugin_error_code() == PLUGIN_NO_MEMORY || strstr(plugin_error(), "out of memory") ||
           strstr(plugin_error(), strerror(ENOMEM));
}

/* Notes this thread's last failure, if there is one; 1 if it was out of memory. */
static int note_failure(char *outcome)
{
    int is_failure = plugin_error_code() != PLUGIN_OK;
    int is_lacking = is_failure && says_no_memory();
    if (is_failure && !is_lacking)
        note(outcome, plugin_error());
    plugin_error_clear();
    return is_lacking;
}

struct hitting {
    int (*hit)(void);
};

static bool note_file(void *outcome, const char *path, const plugin_file *file)
{
    /* A file that lacks memory is none; the scan goes on, and says so. */
    note(outcome, file ? path : "");
    return file || !says_no_memory();
}

/* Examines the file and its directory. Notes the outcome; 1 if memory ran out. */
static int examine(const char *path, char *outcome)
{
    char directory[] = "only";
    int is_lacking = 0;
    const char *name = NULL;
    plugin_file *file = plugin_examine(path, &options);
    if (!file)
        return note_failure(outcome);
    while ((name = plugin_file_next(file, name))) {
        const char *words = plugin_file_decl(file, name);
        note(outcome, words ? words : "");
        is_lacking |= note_failure(outcome);
    }
    if (!*plugin_file_content(file))
        is_lacking |= note_failure(outcome);
    note(outcome, plugin_file_fits(file) ? "fits" : "does not fit");
    is_lacking |= note_failure(outcome);
    note(outcome, plugin_file_meets(file, struct hitting) ? "meets" : "does not meet");
    is_lacking |= note_failure(outcome);
    plugin_file_free(file);
    if (!plugin_scan(directory, &options, note_file, outcome) || plugin_error_code() != PLUGIN_OK)
        is_lacking |= note_failure(outcome);
    return is_lacking;
}

/* Retires the plugin, and opens the same file again. */
static int upgrade(plugin *p, const char *path, char *outcome)
{
    int is_lacking = 0;
    if (!plugin_is_current(p))
        is_lacking |= note_failure(outcome);
    if (!plugin_retire(p))
        return is_lacking | note_failure(outcome);
    plugin *again = plugin_open_with(path, &options);
    note(outcome, again && again != p ? "again" : "not again");
    return is_lacking | note_failure(outcome);
}

/* Opens the plugin, looks up each symbol and a missing one, and asserts the type of its function
 * `hit`, rightly and wrongly. Notes the outcome; 1 if memory ran out. */
static int use(const char *path, char *outcome)
{
    int is_lacking = 0;
    *outcome = '\0';
    plugin_error_clear();
    if (is_examined)
        return examine(path, outcome);
    plugin *p = plugin_open_with(path, &options);
    if (!p)
        return note_failure(outcome);
    if (is_upgraded)
        return upgrade(p, path, outcome);
    for (const plugin_symbol *symbol = NULL; (symbol = plugin_next(p, symbol));) {
        const char *words = plugin_symbol_decl(symbol);
        note(outcome, words ? words : "");
        is_lacking |= note_failure(outcome);
    }
    if (!plugin_lookup(p, "hid"))
        is_lacking |= note_failure(outcome);
    int (*hit)(void) = plugin_as(plugin_lookup(p, "hit"), int (*)(void));
    is_lacking |= note_failure(outcome);
    note(outcome, hit ? "hit" : "no hit");
    if (!plugin_as(plugin_lookup(p, "hit"), double (*)(float)))
        is_lacking |= note_failure(outcome);
    return is_lacking;
}

static int prepare(void)
{
    for (size_t i = 0; loaded[i]; i++)
        if (!dlopen(loaded[i], RTLD_NOW | RTLD_LOCAL))
            return puts(dlerror()), 1;
    for (size_t i = 0; before[i]; i++)
        if (!plugin_open_with(before[i], &options))
            return puts(plugin_error()), 1;
    return 0;
}

/* Runs with memory, and counts the places. */
static int record(const char *path)
{
    if (prepare())
        return 1;
    is_counting = 1;
    int is_lacking = use(path, shared->outcome);
    is_counting = 0;
    return is_lacking;
}

static int starve(const char *path, const void *place, unsigned number)
{
    static char outcome[OUTCOME_MAX];
    if (prepare())
        return 1;
    left = number;
    failing = place;
    int is_lacking = use(path, outcome);
    failing = NULL;
    if (!is_lacking && strcmp(outcome, shared->outcome) != 0)
        return printf("without memory:\n%s", outcome), 1;
    is_lacking = use(path, outcome);
    if (is_lacking ? !is_remembered : strcmp(outcome, shared->outcome) != 0)
        return printf("with memory again:\n%s", outcome), 1;
    return 0;
}

/* Runs a case in a process of its own; 0 if it passes. */
static int run(const char *path, const void *place, unsigned number)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        exit(place ? starve(path, place, number) : record(path));
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return 1;
    if (status != 0 && place)
        printf("call %u before address %p: status %x\n", number, place, (unsigned)status);
    return status;
}

int main(int argc, char **argv)
{
    const char *path = argv[argc - 1];
    size_t bad = 0;
    for (int i = 1; i < argc - 1; i++)
        if (!take(argv[i]))
            return printf("unknown argument: %s\n", argv[i]), 2;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || run(path, NULL, 0) != 0)
        return puts("it fails with memory"), 1;
    printf("with memory:\n%s%zu places\n", shared->outcome, shared->count);
    for (size_t i = 0; i < shared->count; i++) {
        const struct place *place = &shared->places[i];
        unsigned last = place->count - 1;
        bad += run(path, place->address, 0) != 0;
        bad += last > 0 && run(path, place->address, 1) != 0;
        bad += last > 1 && run(path, place->address, last) != 0;
    }
    if (shared->count < (size_t)atol(getenv("AT_LEAST")))
        return printf("only %zu places\n", shared->count), 1;
    return bad != 0;
}
