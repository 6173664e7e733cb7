/* Executes its arguments in order, and prints the results:
 *
 *     PATH             plugin_open_with; prints "PATH: N", the result of hit(), or "CODE TEXT"
 *     dlopen=PATH      the same by dlopen and dlsym; lazy=PATH, global=PATH: with that flag
 *     again            calls the last hit() again
 *     run=COMMAND      by the shell; on-copy=, on-read=, on-map=: once, when the library makes a
 *                      sealed copy, has read some of the file, or has it mapped
 *     key=, library=, search=
 *                      options of the opens that follow
 *     examine=PATH     plugin_examine; the opens that follow demand its content
 *     chroot=DIRECTORY, seal, secure
 *     alone            closes the descriptors that the program inherited
 *     count            counts descriptors, mappings of files and threads; prints changes
 */
#define _GNU_SOURCE

#include "../../common/arguments.h"
#include "../../common/counts.h"

#include <plugin.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *keys[ARGUMENT_LIST], *libraries[ARGUMENT_LIST], *directories[ARGUMENT_LIST];
static struct plugin_trust trust = {.size = sizeof trust, .keys = keys, .libraries = libraries};
static struct plugin_options options = {.size = sizeof options};
static int (*hit)(void);

/* ---- commands during an open ---- */

static const char *on_copy, *on_read, *on_map;

static void happen(const char **command)
{
    const char *own = *command;
    *command = NULL; /* once: the command itself may trigger it again */
    if (own && system(own) != 0)
        puts("the command failed");
}

/* These replace the C library's functions: a program's own definitions come first. */
int memfd_create(const char *name, unsigned flags)
{
    happen(&on_copy);
    return (int)syscall(SYS_memfd_create, name, flags);
}

ssize_t pread64(int descriptor, void *buffer, size_t size, off64_t offset)
{
    ssize_t count = syscall(SYS_pread64, descriptor, buffer, size, offset);
    happen(&on_read);
    return count;
}

void *dlopen(const char *path, int flags)
{
    static void *(*own)(const char *, int);
    if (!own)
        *(void **)&own = dlsym(RTLD_NEXT, "dlopen");
    if (path && strstr(path, "/fd"))
        happen(&on_map);
    return own(path, flags);
}

/* ---- actions ---- */

static void load(const char *path, int flags)
{
    void *handle = dlopen(path, flags);
    *(void **)&hit = handle ? dlsym(handle, "hit") : NULL;
    if (hit)
        printf("%s: %d\n", path, hit());
    else
        puts(handle ? "loaded" : dlerror());
}

static void use(const char *path)
{
    plugin *p = plugin_open_with(path, &options);
    hit = plugin_as(plugin_lookup(p, "hit"), int (*)(void));
    if (hit)
        printf("%s: %d\n", path, hit());
    else
        printf("%d %s\n", plugin_error_code(), plugin_error());
}

static void examine(const char *path)
{
    static char content[65];
    plugin_file *file = plugin_examine(path, NULL);
    if (file)
        snprintf(content, sizeof content, "%s", plugin_file_content(file));
    printf("%s: %s\n", path, plugin_file_fits(file) ? "examined" : plugin_error());
    options.content = content;
    plugin_file_free(file);
}

static void count(void)
{
    static size_t before[3];
    const size_t now[] = {count_entries("/proc/self/fd"), count_mappings("/"),
                          count_entries("/proc/self/task")};
    static const char *const names[] = {"descriptors", "mappings", "threads"};
    for (size_t i = 0; i < sizeof now / sizeof *now; i++) {
        if (before[i] && before[i] != now[i])
            printf("%zu %s, and then %zu\n", before[i], names[i], now[i]);
        before[i] = now[i];
    }
}

static int set(const char *argument)
{
    const char *value;
    if ((value = argument_after(argument, "key="))) {
        argument_append(keys, value);
        options.trust = &trust;
    } else if ((value = argument_after(argument, "library=")))
        argument_append(libraries, value);
    else if ((value = argument_after(argument, "search="))) {
        argument_append(directories, value);
        options.search = directories;
    } else if ((value = argument_after(argument, "on-copy=")))
        on_copy = value;
    else if ((value = argument_after(argument, "on-read=")))
        on_read = value;
    else if ((value = argument_after(argument, "on-map=")))
        on_map = value;
    else if (!strcmp(argument, "seal"))
        plugin_seal();
    else
        return 0;
    return 1;
}

static void act(const char *argument)
{
    const char *value;
    if ((value = argument_after(argument, "dlopen=")))
        load(value, RTLD_NOW);
    else if ((value = argument_after(argument, "lazy=")))
        load(value, RTLD_LAZY);
    else if ((value = argument_after(argument, "global=")))
        load(value, RTLD_NOW | RTLD_GLOBAL);
    else if ((value = argument_after(argument, "examine=")))
        examine(value);
    else if ((value = argument_after(argument, "run="))) {
        if (system(value) != 0)
            puts("the command failed");
    } else if ((value = argument_after(argument, "chroot="))) {
        if (chroot(value) != 0 || chdir("/") != 0)
            exit(77);
    } else if (!strcmp(argument, "again"))
        printf("again: %d\n", hit());
    else if (!strcmp(argument, "secure"))
        puts(getauxval(AT_SECURE) ? "secure" : "not secure");
    else if (!strcmp(argument, "alone"))
        close_range(STDERR_FILENO + 1, ~0U, 0);
    else if (!strcmp(argument, "count"))
        count();
    else if (!set(argument))
        use(argument);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++)
        act(argv[i]);
    return 0;
}
