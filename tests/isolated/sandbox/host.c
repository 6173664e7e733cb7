/* Lets the plugin try what its arguments say, and prints what came of it. */
#include "sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sandbox s;
static plugin *p;

/* The name of a denied system call, as the error quotes it. */
static const char *denied(void)
{
    static const char before[] = "and says that it called ";
    static char name[64];
    const char *error = plugin_error(), *found = error ? strstr(error, before) : NULL;
    if (!found)
        return NULL;
    found += strlen(before);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(found, ","), found);
    return name;
}

/* musl has no strerrorname_np. */
static const char *error_name(int error)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {{EPERM, "EPERM"},   {ENOENT, "ENOENT"}, {EACCES, "EACCES"}, {EINVAL, "EINVAL"},
                 {ENOSYS, "ENOSYS"}, {ENOTTY, "ENOTTY"}, {EAGAIN, "EAGAIN"}, {ESRCH, "ESRCH"},
                 {ENOMEM, "ENOMEM"}, {EBADF, "EBADF"},   {EMFILE, "EMFILE"}, {EXDEV, "EXDEV"},
                 {EROFS, "EROFS"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == error)
            return names[i].name;
    return strerror(error);
}

static void print_result(const char *name, int error)
{
    int code = plugin_error_code();
    if (!code)
        printf("%s: %s\n", name, error ? error_name(error) : "done");
    else if (code == PLUGIN_CRASHED && denied())
        printf("%s: denied %s\n", name, denied());
    else
        printf("%s: %s\n", name, plugin_error());
    plugin_error_clear();
    if (code && !plugin_restart(p)) {
        printf("%s\n", plugin_error());
        exit(1);
    }
}

/* All, or those of this name. */
static void attempts(const char *wanted, const char *path)
{
    const char *found;
    for (int i = 0; (found = s.attempt_name(i)); i++) {
        char name[64]; /* what was found is valid until the next call */
        snprintf(name, sizeof name, "%s", found);
        if (!wanted || !strcmp(name, wanted))
            print_result(name, s.attempt(i, getpid(), path));
    }
}

/* On a busy system, only a later call may tell how the process ended. */
static const char *settled_error(void)
{
    while (strstr(plugin_error(), "does not tell yet"))
        s.attempt_name(0);
    return plugin_error();
}

/* Which system calls are not denied? Some never return without arguments. */
static void calls(long from, long to)
{
    for (long number = from; number <= to; number++) {
        long returned = s.call(number, -1, 0, 0);
        int code = plugin_error_code();
        if (!code || code == PLUGIN_TIMEOUT)
            printf("%ld%s\n", number, code ? " waits" : "");
        else if (!strstr(settled_error(), "signal 31"))
            printf("%ld %ld: %s\n", number, returned, plugin_error());
        plugin_error_clear();
        if (code && !plugin_restart(p)) {
            printf("%s\n", plugin_error());
            exit(1);
        }
    }
}

static void report(void)
{
    static const char *const names[] = {
        "no-new-privileges", "system-calls", "files",  "capabilities",
        "namespaces",        "network",      "memory", "no-new-code",
        "processes",         "group",        "root"};
    unsigned holds = plugin_isolation_report(p);
    printf("holds:");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (holds & 1U << i)
            printf(" %s", names[i]);
    printf("\n");
}

static void crash_often(int count)
{
    for (int i = 0; i < count; i++) {
        s.call(-1, 0, 0, 0);
        if (plugin_error_code() != PLUGIN_CRASHED || !plugin_restart(p))
            printf("round %d: %s\n", i, plugin_error());
    }
    plugin_error_clear();
}

/* Returns how many arguments it took. */
static int act(char **argv)
{
    int n = argv[1] ? atoi(argv[1]) : 0;
    if (!strcmp(*argv, "report"))
        return report(), 1;
    if (!strcmp(*argv, "attempts"))
        return attempts(NULL, argv[1]), 2;
    if (!strcmp(*argv, "attempt"))
        return attempts(argv[1], argv[2]), 3;
    if (!strcmp(*argv, "calls"))
        return calls(n, atol(argv[2])), 3;
    if (!strcmp(*argv, "threads")) {
        int started = s.start_threads(n);
        return printf("threads: %s\n", started < n ? "limited" : "all"), 2;
    }
    if (!strcmp(*argv, "fill"))
        return print_result("fill", s.fill(n) < n ? ENOMEM : 0), 2;
    if (!strcmp(*argv, "fill-shared"))
        return print_result("fill-shared", s.fill_shared(n) < n ? ENOMEM : 0), 2;
    if (!strcmp(*argv, "crash"))
        return crash_often(n), 2;
    if (!strcmp(*argv, "stop"))
        return plugin_stop(p), 1;
    if (!strcmp(*argv, "run"))
        return fflush(stdout), system(argv[1]), 2;
    if (!strcmp(*argv, "die"))
        _exit(0);
    fprintf(stderr, "unknown: %s\n", *argv);
    exit(2);
}

/* usage: host PLUGIN MEGABYTES REQUIRE READ_ONLY ACT...; READ_ONLY may be empty. */
int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 5)
        return 2;
    const char *read_only[] = {argv[4], NULL};
    struct plugin_isolation isolation = {
        .size = sizeof isolation,
        .memory = strtoul(argv[2], NULL, 10) << 20,
        .require = (unsigned)strtoul(argv[3], NULL, 0),
        .read_only = *argv[4] ? read_only : NULL,
    };
    struct plugin_options options = {.size = sizeof options,
                                     .placement = PLUGIN_ISOLATED,
                                     .isolation = &isolation,
                                     .timeout_ms =
                                         getenv("LIMIT") ? (unsigned)atoi(getenv("LIMIT")) : 0};
    p = plugin_open_as_with(argv[1], &options, &s);
    if (!p) {
        printf("%s\n", plugin_error());
        return 1;
    }
    for (argv += 5; *argv; argv += act(argv))
        ;
    return 0;
}
