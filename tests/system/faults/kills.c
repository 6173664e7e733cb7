/* kills one|tree EVERY OLD OUT PREFIX COMMAND...: kills a command at each of its system calls, by
 * SIGKILL. Before each case, OUT is a copy of OLD; after it, OUT must be OLD or the command's whole
 * output. Beside OUT, only names of PREFIX and six characters may be left, and the command must
 * still work among them.
 *
 * one: at each call of the command's own process; its children live on, and are waited for. tree:
 * at every EVERYth call of all its processes, and at each of the last ones; all are killed. Prints
 * a summary, then the complaints.
 *
 * kills check: succeeds if system calls can be traced here. */
#include "files.h"
#include "trace.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LAST = 30 };

static bool is_tree;
static const char *out, *prefix;
static char **command;
static struct bytes old, new;
static long cases, kept_old, made_new, wrong;

static void fail(const char *what)
{
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

static pid_t start(bool is_traced)
{
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child)
        return child;
    setpgid(0, 0);
    if (is_traced)
        trace_me();
    execvp(command[0], command);
    _exit(127);
}

/* Waits for orphans, too: they become children of this process. */
static void wait_for_all(void)
{
    while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
        ;
}

/* Lets the command run until the entry of its system call of this number, from 1. Returns how many
 * there were: fewer if it has ended. */
static long run_until(pid_t child, long number)
{
    int status;
    long seen = 0;
    pid_t stopped = 0;
    struct trace_call call;
    while (seen < number && trace_next(child, &stopped, &call, &status))
        seen += call.is_entry;
    return seen;
}

static void complain(long number, const char *what, const char *name)
{
    printf("system call %ld: %s%s\n", number, what, name);
    wrong++;
}

static void check_left(const char *name, void *context)
{
    const long *number = context;
    size_t length = strlen(prefix);
    if (strncmp(name, prefix, length) != 0 || strlen(name) != length + 6)
        complain(*number, "a file is left beside the output: ", name);
}

static void check_beside(long number)
{
    char directory[4096];
    const char *slash = strrchr(out, '/');
    snprintf(directory, sizeof directory, "%.*s", (int)(slash - out), out);
    file_list_others(directory, slash + 1, check_left, &number);
}

/* Returns false if the command has fewer system calls. */
static bool run_case(long number)
{
    file_store(out, old);
    pid_t child = start(true);
    if (!trace_begin(child, is_tree))
        fail("trace_begin");
    bool is_there = run_until(child, number) == number;
    if (is_there)
        kill(is_tree ? -child : child, SIGKILL);
    wait_for_all();
    if (!is_there)
        return false;
    cases++;
    if (file_holds(out, old))
        kept_old++;
    else if (file_holds(out, new))
        made_new++;
    else
        complain(number, "the output is neither the old one nor the new one", "");
    check_beside(number);
    return true;
}

/* Counts the calls; with several processes, approximately. */
static long count_calls(void)
{
    pid_t child = start(true);
    if (!trace_begin(child, is_tree))
        fail("trace_begin");
    long count = run_until(child, LONG_MAX);
    wait_for_all();
    return count;
}

static bool run_to_the_end(void)
{
    int status = 0;
    pid_t child = start(false);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
    return status == 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "check"))
        return !trace_is_known || !trace_is_permitted();
    if (argc < 7 || !strchr(argv[4], '/'))
        return 2;
    is_tree = !strcmp(argv[1], "tree");
    long every = atol(argv[2]), number = 1;
    old = file_load(argv[3]);
    out = argv[4];
    prefix = argv[5];
    command = argv + 6;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    file_store(out, old);
    if (!run_to_the_end() || file_holds(out, old))
        fail("the command fails without a signal");
    new = file_load(out);
    long count = count_calls();
    for (; number <= count - LAST; number += every)
        run_case(number);
    for (number = count > LAST ? count - LAST + 1 : 1; run_case(number);)
        number++;
    if (!run_to_the_end() || !file_holds(out, new))
        complain(0, "the command fails in the end", "");
    printf("%ld system calls, %ld cases: %ld leave the old output, %ld the new one\n", count, cases,
           kept_old, made_new);
    return wrong || !kept_old || !made_new;
}
