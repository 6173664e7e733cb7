/* uses PLUGIN: makes each allocation of uses of an open plugin fail, once alone, and once with all
 * that follow. Each case is a process of its own. A use must have its usual result, or fail with
 * out of memory; it must not leak, and must work the next time. Prints a line for each use, then
 * the complaints. */
#include "allocations.h"

#include <plugin.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct load {
    double weight;
    const struct load *next;
};

static plugin *opened;
static const plugin_symbol *weigh; /* of plugin.c */

/* ---- the uses: each returns a text, or NULL with the error set ---- */

static const char *look_up(void)
{
    return plugin_symbol_name(plugin_lookup(opened, "weigh"));
}

static const char *look_up_another(void)
{
    return plugin_symbol_name(plugin_lookup(opened, "wiegh"));
}

static const char *assert_right(void)
{
    double (*function)(const struct load *, int) =
        plugin_as(weigh, double (*)(const struct load *, int));
    const struct load load = {1.5, NULL};
    return !function ? NULL : function(&load, 2) == 3 ? "3" : "wrong";
}

static const char *assert_wrong(void)
{
    return plugin_as(weigh, double (*)(const struct load *, long)) ? "wrong" : NULL;
}

static const char *iterate(void)
{
    static char names[256];
    names[0] = '\0';
    for (const plugin_symbol *symbol = NULL; (symbol = plugin_next(opened, symbol));)
        strcat(strcat(names, plugin_symbol_name(symbol)), " ");
    return names;
}

static const char *declare(void)
{
    return plugin_symbol_decl(weigh);
}

static const struct use {
    const char *name;
    const char *(*run)(void);
} uses[] = {
    {"plugin_lookup", look_up},  {"plugin_lookup of a missing symbol", look_up_another},
    {"plugin_as", assert_right}, {"plugin_as of another type", assert_wrong},
    {"plugin_next", iterate},    {"plugin_symbol_decl", declare},
};

/* ---- the cases ---- */

struct result {
    bool is_given;
    enum plugin_code code;
    char text[1024]; /* the result, or the error */
};

/* Shared with the process of a case. */
static struct report {
    bool is_over;
    struct result first, second; /* of the use with the failure, and the next */
    long allocations;
    size_t blocks; /* in the end */
} * report;

static struct result run(const struct use *use)
{
    struct result result = {0};
    const char *given = use->run();
    result.is_given = given;
    result.code = plugin_error_code();
    snprintf(result.text, sizeof result.text, "%s", given ? given : plugin_error());
    plugin_error_clear();
    return result;
}

static void fail(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

static void run_case(const struct use *use, long first, long last)
{
    memset(report, 0, sizeof *report);
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (!child) {
        alarm(600); /* ends a case that hangs */
        allocations_begin(first, last);
        report->first = run(use);
        report->allocations = allocations_end();
        report->second = run(use);
        report->blocks = allocated_blocks;
        report->is_over = true;
        _exit(0);
    }
    while (waitpid(child, NULL, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
}

static bool is_same(const struct result *a, const struct result *b)
{
    return a->is_given == b->is_given && a->code == b->code && !strcmp(a->text, b->text);
}

/* Without memory for its text, a failure keeps its code. */
static bool is_refused(const struct result *result, const struct result *reference)
{
    return !result->is_given && *result->text &&
           (result->code == PLUGIN_NO_MEMORY ||
            (result->code == reference->code && !strcmp(result->text, "out of memory")));
}

static const char *judge(const struct report *reference)
{
    if (!report->is_over)
        return "it crashed, or hung";
    if (!is_same(&report->first, &reference->first) &&
        !is_refused(&report->first, &reference->first))
        return "neither the usual result nor out of memory";
    if (!is_same(&report->second, &reference->second))
        return "an unusual result the next time";
    return report->blocks > reference->blocks ? "a memory leak" : NULL;
}

/* Returns the number of complaints. */
static long run_use(const struct use *use)
{
    long number, cases = 0, wrong = 0;
    run_case(use, 1, 0);
    const struct report reference = *report;
    for (number = 1; number <= reference.allocations; number++) {
        for (int is_for_good = 0; is_for_good <= 1; is_for_good++) {
            run_case(use, number, is_for_good ? reference.allocations : number);
            const char *what = judge(&reference);
            cases++;
            wrong += what != NULL;
            if (what)
                printf("%s, allocation %ld: %s: %s\n", use->name, number, what, report->first.text);
        }
    }
    printf("%s%s: %ld", use == uses ? "" : ", ", use->name, cases);
    return wrong + !reference.is_over;
}

int main(int argc, char **argv)
{
    static char buffer[BUFSIZ]; /* no block, which would be counted */
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    long wrong = 0;
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    opened = argc == 2 ? plugin_open(argv[1]) : NULL;
    weigh = plugin_lookup(opened, "weigh");
    if (report == MAP_FAILED || !weigh)
        fail(plugin_error());
    plugin_open(NULL); /* fails, and so allocates the thread's last failure */
    plugin_error_clear();
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        wrong += run_use(&uses[i]);
    printf(" cases\n");
    return wrong != 0;
}
