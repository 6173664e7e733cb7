/* opens calls|allocations|many [OPTION...] PLUGIN REFUSED: makes each system call or allocation of
 * an open fail in turn. Each case is a process of its own. It opens PLUGIN, with one failure: the
 * open must succeed, or fail with an error that says so. Then it opens REFUSED, which does not fit,
 * and PLUGIN again, which must work.
 *
 * Leaks are found by comparison, since a refused open leaves what the library keeps: the modules of
 * the process, and memory for the next open. The descriptors, mappings of files, and blocks of
 * memory after the failed open and REFUSED must not exceed those after REFUSED alone.
 *
 * many: each allocation fails hundreds of times in one process.
 *
 * Options: verify, search=DIRECTORY, hash=HEX, key=KEY, library=NAME, place. Prints a summary, then
 * the complaints. With FAULTS_SHOW in the environment, it also prints each case. */
#include "../../common/arguments.h"
#include "calls.h"
#include "one_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- arguments ---- */

static const char *hashes[ARGUMENT_LIST], *keys[ARGUMENT_LIST], *libraries[ARGUMENT_LIST],
    *search[ARGUMENT_LIST];
static struct plugin_trust trust = {.size = sizeof trust};
static struct plugin_options options = {.size = sizeof options};
static struct plugins plugins = {.options = &options};

static bool add_to(const char *const **list, const char **items, const char *argument,
                   const char *option)
{
    const char *item = argument_after(argument, option);
    if (item)
        *list = argument_append(items, item);
    return item;
}

static bool read_option(const char *argument)
{
    if (!strcmp(argument, "verify")) {
        options.verify = true;
        return true;
    }
    if (add_to(&options.search, search, argument, "search="))
        return true;
    options.trust = &trust;
    if (!strcmp(argument, "place")) {
        trust.check_place = true;
        trust.owner = (unsigned)getuid();
        trust.forbidden_mode = 04000;
        return true;
    }
    return add_to(&trust.hashes, hashes, argument, "hash=") ||
           add_to(&trust.keys, keys, argument, "key=") ||
           add_to(&trust.libraries, libraries, argument, "library=");
}

/* ---- complaints ---- */

static struct {
    long cases, failed, opened, kept, left, forgotten, wrong;
} counts;

static void fail(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

enum { COMPLAINTS = 20 };

static void complain(const char *where, const char *what)
{
    if (counts.wrong++ < COMPLAINTS)
        printf("%s: %s; code %d: %s; %s\n", where, what, report->code, report->text,
               report->later_text);
}

static void print_state(const char *what, const struct state *state)
{
    if (counts.wrong <= COMPLAINTS)
        printf("    %s %zu descriptors, %zu mappings, %zu blocks, %zu bytes\n", what,
               state->descriptors, state->mappings, state->blocks, state->bytes);
}

/* ---- the verdict ---- */

/* Without a failure: REFUSED, then PLUGIN; or PLUGIN, REFUSED, and PLUGIN again. */
static struct report refused_first, opened_first;

/* Blocks that the library keeps for one more module; for a note that a module cannot be read. */
enum { BLOCKS_OF_A_MODULE = 5, BLOCKS_OF_A_NOTE = 1 };

/* Does the state exceed the limit? The C library rounds blocks up, depending on what is free, and
 * to pages where it uses mmap, unless that fails. */
static bool is_more(const struct state *is, const struct state *limit, size_t more_mappings)
{
    size_t blocks = limit->blocks + report->left_blocks +
                    (report->has_lied ? BLOCKS_OF_A_MODULE : 0) +
                    (report->is_open ? BLOCKS_OF_A_NOTE : 0);
    return is->descriptors > limit->descriptors + report->left_descriptors ||
           is->mappings > limit->mappings + report->left_mappings + more_mappings ||
           is->blocks > blocks ||
           (is->bytes > limit->bytes + report->left_bytes + 24 * limit->blocks + 4096 &&
            !report->has_lied);
}

static void check_state(const char *where, const char *what, const struct state *is,
                        const struct state *limit, size_t more_mappings)
{
    if (!is_more(is, limit, more_mappings))
        return;
    complain(where, what);
    print_state("there are ", is);
    print_state("instead of", limit);
    if (counts.wrong <= COMPLAINTS)
        printf("    dlopen has left %zu descriptors, %zu mappings, %zu blocks, %zu bytes\n",
               report->left_descriptors, report->left_mappings, report->left_blocks,
               report->left_bytes);
}

static void check_error(const char *where)
{
    const char *slash = strrchr(plugins.path, '/');
    if (report->code == PLUGIN_OK || !*report->text)
        complain(where, "an open failed without an error");
    else if (report->code != PLUGIN_NO_MEMORY &&
             !strstr(report->text, slash ? slash + 1 : plugins.path))
        complain(where, "the error does not name the plugin");
}

/* Modules that the dynamic loader had mapped before the failure stay: their code has run, and
 * others may point into them. A file is mapped once; each sealed copy is another file. */
static void judge_kept(const char *where)
{
    counts.kept++;
    if (!options.trust)
        check_state(where, "a leak in the end", &report->in_the_end, &refused_first.in_the_end, 0);
    else if (report->after.descriptors > report->before.descriptors + report->loaded)
        complain(where, "more descriptors are left than sealed copies");
}

static void judge_failed(const char *where, size_t not_unmapped)
{
    counts.failed++;
    check_error(where);
    if (report->loaded) {
        judge_kept(where);
        return;
    }
    counts.left += report->left_mappings || report->left_blocks;
    /* glibc's dlopen may fail late, and leave a library loaded: then its sealed copy stays open. */
    bool is_of_loader =
        strstr(report->text, "loader refuses it") || report->code == PLUGIN_NO_MEMORY;
    size_t of_library = options.trust && is_of_loader ? 1 : 0;
    if (report->after.descriptors >
        report->before.descriptors + report->left_descriptors + of_library)
        complain(where, "a descriptor is left");
    /* REFUSED finds the modules that the dynamic loader left, and the library keeps them. */
    if (!report->left_mappings || !report->left_blocks)
        check_state(where, "a leak", &report->then, &refused_first.then, not_unmapped);
    check_state(where, "a leak in the end", &report->in_the_end, &refused_first.in_the_end,
                not_unmapped);
}

/* glibc's dlopen, out of memory for the list of a module's libraries, does not unmark those that
 * were loaded before, and omits them the next time (glibc 2.36, with dlopen alone, too). */
static bool is_forgotten(void)
{
    return report->loaded && report->has_failed && !report->behaves &&
           strstr(report->later_text, "undefined symbol");
}

static void judge(const char *where, size_t not_unmapped)
{
    counts.cases++;
    if (getenv("FAULTS_SHOW"))
        printf("%s: %s, code %d: %s\n", where, report->is_open ? "opened" : "failed", report->code,
               report->text);
    if (!report->is_over)
        complain(where, "it crashed, or hung");
    else if (!report->is_refused)
        complain(where, "REFUSED was not refused with its usual text");
    else if (is_forgotten())
        counts.forgotten++;
    else if (!report->behaves)
        complain(where, "the plugin of the next open does not work");
    else if (!report->is_open)
        judge_failed(where, not_unmapped);
    else
        check_state(where, "it opened, with a leak", &report->in_the_end, &opened_first.in_the_end,
                    not_unmapped);
    counts.opened += report->is_open;
}

static pid_t start(const struct fault *fault)
{
    pid_t child = one_open_start(&plugins, fault);
    if (child < 0)
        fail("fork");
    return child;
}

static void wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
}

static void take_references(void)
{
    const struct fault none = {.first = 1};
    wait_for(start(NULL));
    refused_first = *report;
    if (!report->is_over || !report->is_refused || !report->behaves)
        complain("without a failure", "it does not behave");
    wait_for(start(&none));
    opened_first = *report;
    if (!report->is_over || !report->is_refused || !report->behaves || !report->is_open)
        complain("without a failure", "it does not behave");
}

/* ---- system calls ---- */

/* A call of an open. */
struct found {
    struct trace_call call;
    enum mark part;                     /* of the open */
    const struct failing_call *failing; /* NULL: unknown */
};

/* Runs a case until the entry of the open's call of this number. False: there is none. */
static bool find_call(pid_t child, long number, struct found *found)
{
    int status;
    long seen = 0;
    pid_t stopped = 0;
    found->part = NO_MARK;
    while (seen < number) {
        if (!trace_next(child, &stopped, &found->call, &status))
            return false;
        if (!found->call.is_entry)
            continue;
        enum mark mark = one_open_mark(&found->call);
        if (mark == OPEN && found->part != NO_MARK)
            return false;
        if (mark != NO_MARK)
            found->part = mark;
        else
            seen += found->part != NO_MARK && found->part != ASIDE;
    }
    found->failing = calls_find(found->call.number);
    return true;
}

static void fail_call(pid_t child, const struct found *found, int error)
{
    int status;
    pid_t stopped = child;
    struct trace_call end;
    if (found->failing->keeps_old)
        trace_set_argument(child, 0);
    else if (!found->failing->is_done)
        trace_prevent(child);
    if (!trace_next(child, &stopped, &end, &status))
        return;
    if (found->failing->keeps_old)
        trace_restore_argument(child, found->call.arguments[0]);
    else
        trace_set_result(child, -error);
}

/* Runs one case, with the errno of this index; below 0: without a failure. False: there is no call
 * of this number. */
static bool run_failing(long number, int index, struct found *found)
{
    const struct fault traced = {.is_traced = true, .first = 1};
    pid_t child = start(&traced);
    bool is_there = trace_begin(child, false) && find_call(child, number, found);
    if (is_there && index >= 0 && found->failing)
        fail_call(child, found, found->failing->errnos[index]);
    trace_end(child);
    wait_for(child);
    return is_there;
}

/* Calls of libsodium fail only with errnos that are possible at any time: for others it falls back
 * to a descriptor, which it keeps, or ends the process. (The C library's own malloc does not wait.)
 * To find whether a library is loaded, the dynamic loader searches a hundred directories: two
 * errnos suffice for each. */
static bool is_left_out(const struct found *found, int error)
{
    if (found->call.number == SYS_getrandom && !(found->call.arguments[2] & GRND_NONBLOCK))
        return error != EAGAIN && error != EINTR;
    return found->part == QUESTION && error != ENOMEM && error != EIO;
}

/* Each call fails with one of its errnos, the next call with the next one; if EXHAUSTIVE is set in
 * the environment, each with all. */
static bool is_chosen(long number, const struct found *found, int index)
{
    long count = 0, own = 0;
    for (int i = 0; found->failing->errnos[i]; i++) {
        if (is_left_out(found, found->failing->errnos[i]))
            continue;
        own += i < index;
        count++;
    }
    return getenv("EXHAUSTIVE") || number % count == own;
}

static void run_errnos(long number, const struct found *first)
{
    char where[128];
    for (int i = 0; first->failing->errnos[i]; i++) {
        struct found same;
        int error = first->failing->errnos[i];
        if (is_left_out(first, error) || !is_chosen(number, first, i))
            continue;
        snprintf(where, sizeof where, "system call %ld, %s, %s", number, first->failing->name,
                 strerrorname_np(error));
        if (!run_failing(number, i, &same) || same.failing != first->failing)
            complain(where, "the call differs between runs");
        judge(where, first->call.number == SYS_munmap);
    }
}

static void run_calls(void)
{
    char where[128];
    struct found found;
    long number, left_out = 0;
    for (number = 1; run_failing(number, -1, &found); number++) {
        snprintf(where, sizeof where, "system call %ld, of number %ld", number, found.call.number);
        if (found.failing)
            run_errnos(number, &found);
        else if (found.call.number == SYS_futex)
            left_out++;
        else
            complain(where, "unknown system call; add its errnos to calls.c");
    }
    printf("%ld system calls, %ld of them futex; %ld cases", number - 1, left_out, counts.cases);
}

/* ---- allocations ---- */

/* Returns false if there is no allocation of this number. */
static bool run_starved(long number, bool is_for_good)
{
    char where[128];
    const struct fault fault = {.first = number, .last = is_for_good ? 1000000 : number};
    wait_for(start(&fault));
    if (report->is_over && report->allocations < number)
        return false;
    snprintf(where, sizeof where, "allocation %ld%s", number,
             is_for_good ? " and all after it" : "");
    judge(where, 0);
    return true;
}

static void run_allocations(void)
{
    long number = 1;
    while (run_starved(number, false) && run_starved(number, true))
        number++;
    printf("%ld allocations, %ld cases", number - 1, counts.cases);
}

/* Makes each allocation fail many times. dlopen's own leaks occur once for each module. */
static void run_many(void)
{
    char where[128];
    long number = 1;
    for (;; number++) {
        pid_t child = one_open_start_many(&plugins, number);
        if (child < 0)
            fail("fork");
        wait_for(child);
        if (report->is_over && report->is_open && report->allocations < number)
            break;
        snprintf(where, sizeof where, "allocation %ld", number);
        counts.cases++;
        counts.opened += report->is_open;
        counts.failed += !report->is_open;
        if (!report->is_over)
            complain(where, "it crashed, or hung");
        else if (!report->is_open)
            check_state(where, "a leak each time", &report->after, &report->before, 0);
    }
    printf("%ld allocations, %ld cases", number - 1, counts.cases);
}

int main(int argc, char **argv)
{
    static char buffer[BUFSIZ]; /* no block, which would be counted */
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    if (argc < 4)
        return 2;
    plugins.path = argv[argc - 2];
    plugins.refused = argv[argc - 1];
    for (int i = 2; i < argc - 2; i++)
        if (!read_option(argv[i]))
            return 2;
    if (!one_open_prepare())
        fail("one_open_prepare");
    take_references();
    if (!strcmp(argv[1], "calls"))
        run_calls();
    else if (!strcmp(argv[1], "many"))
        run_many();
    else
        run_allocations();
    printf(": %ld fail, %ld open; %ld after code has run, %ld in which dlopen leaks", counts.failed,
           counts.opened, counts.kept, counts.left);
    printf(counts.forgotten ? ", %ld after which it forgets a library\n" : "\n", counts.forgotten);
    return counts.wrong || !counts.failed || !counts.opened;
}
