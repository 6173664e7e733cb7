/* One case. The process opens PLUGIN, with a failure; then REFUSED, and PLUGIN again. */
#include "one_open.h"

#include "allocations.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct report *report;

/* ---- the state of the process ---- */

static size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count;
}

static size_t count_mappings(void)
{
    static char maps[1 << 18];
    size_t size = 0, count = 0;
    ssize_t got;
    int descriptor = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    while ((got = read(descriptor, maps + size, sizeof maps - 1 - size)) > 0)
        size += (size_t)got;
    close(descriptor);
    maps[size] = '\0';
    for (const char *line = maps; *line; line = strchr(line, '\n') + 1)
        count += memchr(line, '/', strcspn(line, "\n")) != NULL;
    return count;
}

static struct state state(void)
{
    return (struct state){count_descriptors(), count_mappings(), allocated_blocks, allocated_bytes};
}

/* The same between opens, without the text of the last failure. */
static struct state state_at_rest(void)
{
    plugin_error_clear();
    return state();
}

/* ---- marks ---- */

enum mark one_open_mark(const struct trace_call *call)
{
    int argument = (int)call->arguments[0];
    bool is_mark = call->number == SYS_close && argument <= OPEN && argument >= ON;
    return is_mark ? (enum mark)argument : NO_MARK;
}

/* Makes a system call that has no effect, but is visible to the parent. */
static void mark(enum mark mark)
{
    syscall(SYS_close, mark);
}

/* ---- the dynamic loader, seen from outside ---- */

static void *(*real_dlopen)(const char *path, int mode);
static char *(*real_dlerror)(void);
static const struct fault *under_way; /* of the faulty open, during it */

/* A copy of dlerror's text, whose own memory would be counted. */
static char loader_text[1024];
static bool has_loader_text;

static struct state state_aside(void)
{
    mark(ASIDE);
    allocations_pause(true);
    struct state now = state();
    allocations_pause(false);
    mark(ON);
    return now;
}

static void take_loader_text(void)
{
    allocations_pause(true);
    const char *text = real_dlerror();
    has_loader_text = text;
    snprintf(loader_text, sizeof loader_text, "%s", text ? text : "");
    real_dlerror(); /* frees it */
    allocations_pause(false);
}

char *dlerror(void)
{
    if (!has_loader_text)
        return real_dlerror();
    has_loader_text = false;
    return loader_text;
}

/* Replaces the C library's dlopen, since the program's symbols come first. What it counts is only
 * the C library's own. */
void *dlopen(const char *path, int mode)
{
    if (!under_way)
        return real_dlopen(path, mode);
    if (mode & RTLD_NOLOAD) {
        bool could_fail = !allocations_have_failed();
        mark(QUESTION);
        void *handle = real_dlopen(path, mode);
        mark(ON);
        report->has_lied |= !handle && could_fail && allocations_have_failed();
        return handle;
    }
    struct state before = state_aside();
    void *handle = real_dlopen(path, mode);
    if (!handle)
        take_loader_text();
    struct state after = state_aside();
    if (handle)
        report->loaded += path && strchr(path, '/');
    if (handle || !path)
        return handle;
    report->has_failed = true;
    report->left_descriptors += after.descriptors - before.descriptors;
    report->left_mappings += after.mappings - before.mappings;
    report->left_blocks += after.blocks - before.blocks;
    report->left_bytes += after.bytes - before.bytes;
    return handle;
}

/* ---- the opens ---- */

static const char hello[] = "Hello, number 7\n";

/* Sets V, calls F, and compares what it prints. */
static bool behaves(plugin *p)
{
    char printed[sizeof hello + 1] = "";
    int *v = plugin_as(plugin_lookup(p, "V"), int *);
    void (*f)(void) = plugin_as(plugin_lookup(p, "F"), void (*)(void));
    if (!v || !f)
        return false;
    *v = 7;
    f();
    fflush(stdout);
    return pread(STDOUT_FILENO, printed, sizeof printed, 0) == (ssize_t)sizeof hello - 1 &&
           !strcmp(printed, hello);
}

static plugin *open_faulty(const struct plugins *plugins, const struct fault *fault)
{
    if (fault->is_traced)
        trace_me();
    under_way = fault;
    allocations_begin(fault->first, fault->last);
    mark(OPEN);
    plugin *p = plugin_open_with(plugins->path, plugins->options);
    mark(OPEN);
    report->allocations = allocations_end();
    under_way = NULL;
    return p;
}

static void take_text(char text[static sizeof report->text])
{
    snprintf(text, sizeof report->text, "%s", plugin_error());
}

static void run(const struct plugins *plugins, const struct fault *fault)
{
    report->before = state_at_rest();
    if (fault) {
        report->is_open = open_faulty(plugins, fault);
        report->code = report->is_open ? PLUGIN_OK : plugin_error_code();
        take_text(report->text);
        report->after = state_at_rest();
    }
    report->is_refused = !plugin_open_with(plugins->refused, plugins->options) &&
                         plugin_error_code() == PLUGIN_MISFIT;
    if (!report->is_refused)
        take_text(report->later_text);
    report->then = state_at_rest();
    report->behaves = behaves(plugin_open_with(plugins->path, plugins->options));
    if (!report->behaves)
        take_text(report->later_text);
    report->in_the_end = state_at_rest();
    report->is_over = true;
}

/* So many opens fill more than one chunk of the library's kept memory. */
enum { TIMES = 400 };

/* Returns false if the open succeeded: there is no allocation of this number. */
static bool fail_once(const struct plugins *plugins, long number)
{
    allocations_begin(number, number);
    bool is_open = plugin_open_with(plugins->path, plugins->options);
    report->allocations = allocations_end();
    return !is_open;
}

static void run_many(const struct plugins *plugins, long number)
{
    plugin_open_with(plugins->refused, plugins->options);
    for (int i = 0; i < TIMES; i++) {
        report->is_open = !fail_once(plugins, number);
        if (report->is_open)
            break;
        if (!i)
            report->before = state_at_rest();
    }
    take_text(report->text);
    report->after = state_at_rest();
    report->is_over = true;
}

bool one_open_prepare(void)
{
    void *found = dlsym(RTLD_NEXT, "dlopen"), *error = dlsym(RTLD_NEXT, "dlerror");
    memcpy(&real_dlopen, &found, sizeof found);
    memcpy(&real_dlerror, &error, sizeof error);
    mallopt(M_MMAP_THRESHOLD, 128 * 1024); /* else free adapts it */
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return found && error && report != MAP_FAILED;
}

/* Captures the child's output. */
static pid_t start(void)
{
    memset(report, 0, sizeof *report);
    fflush(stdout);
    pid_t child = fork();
    if (child)
        return child;
    int output = memfd_create("output", MFD_CLOEXEC);
    if (output < 0 || dup2(output, STDOUT_FILENO) < 0)
        _exit(1);
    close(output);
    alarm(600); /* ends a case that hangs */
    return 0;
}

pid_t one_open_start(const struct plugins *plugins, const struct fault *fault)
{
    pid_t child = start();
    if (child)
        return child;
    run(plugins, fault);
    _exit(0);
}

pid_t one_open_start_many(const struct plugins *plugins, long number)
{
    pid_t child = start();
    if (child)
        return child;
    run_many(plugins, number);
    _exit(0);
}
