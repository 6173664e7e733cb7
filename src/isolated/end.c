/* SPDX-License-Identifier: MIT */
/* How a worker ended, as far as the kernel tells, and what it claims of that. */
#include "isolated/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PROCESS_EXITS = 4, /* PF_EXITING of the kernel */
    FLAGS_FIELD = 9,   /* of /proc/PID/stat; proc_pid_stat(5) counts from 1 */
    STATE_FIELD = 3,
    SLICE = 1000000, /* nanoseconds */
    SLICES = 3
};

static void read_file(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, text, size - 1) : 0;
    text[length > 0 ? length : 0] = '\0';
    if (file >= 0)
        close(file);
}

/* How a process ends whose memory is yet being taken down, which takes 0.1 ms for each MiB of it.
 * waitid(2) waits for that; the kernel tells who may trace the process earlier. */
static bool read_exit(int pidfd, int *code, int *status)
{
    char path[64], stat[1024];
    /* Its number in this namespace of processes; the worker may be in another one. */
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    read_file(path, stat, sizeof stat);
    const char *pid = strstr(stat, "\nPid:");
    snprintf(path, sizeof path, "/proc/%d/stat", pid ? atoi(pid + strlen("\nPid:")) : 0);
    read_file(path, stat, sizeof stat);
    char *at = strrchr(stat, ')'), *last = strrchr(stat, ' ');
    for (int field = STATE_FIELD - 1; at && field < FLAGS_FIELD; field++)
        at = strchr(at + 1, ' ');
    int exit_code = last ? atoi(last) : 0;
    if (!at || !(strtoul(at, NULL, 10) & PROCESS_EXITS) || !exit_code)
        return false; /* 0: it exits with that, or who asks may not know */
    *code = WIFEXITED(exit_code) ? CLD_EXITED : CLD_KILLED;
    *status = WIFEXITED(exit_code) ? WEXITSTATUS(exit_code) : WTERMSIG(exit_code);
    return true;
}

/* Adds where it says that it was. */
static void add_place(struct text *text, const struct channel_claim *claim,
                      const struct worker *worker, const char *before)
{
    if (!claim->has_place || claim->file >= worker->start->file_count ||
        !worker->start->names[claim->file])
        return;
    text_add(text, "%s", before);
    if (*claim->function)
        text_add_between(text, " in ", claim->function, "");
    else
        text_add(text, " at %#llx", (unsigned long long)claim->address);
    text_add_between(text, " of ", worker->start->names[claim->file], "");
}

static void add_claim(struct text *text, const struct channel_claim *claim,
                      const struct worker *worker)
{
    if (claim->kind == CLAIM_SYSTEM_CALL)
        text_add_between(text, ", and says that it called ", claim->call,
                         ", which its sandbox denies");
    else if (claim->kind == CLAIM_BEYOND)
        text_add(text, ", and says that it went beyond the object that it was passed");
    else if (claim->kind == CLAIM_STACK)
        text_add(text, ", and says that its stack overflowed");
    else if (claim->kind == CLAIM_CALL_BACK)
        text_add(text, ", and says that it could not call the host");
    if (claim->kind == CLAIM_NONE || claim->kind > CLAIM_STACK)
        add_place(text, claim, worker, ", and says that it was");
    else
        add_place(text, claim, worker, ",");
    if (claim->kind == CLAIM_BEYOND)
        text_add(text, ": say how many there are with PLUGIN_COUNTED");
    else if (claim->kind == CLAIM_CALL_BACK)
        text_add_between(text, ": ", claim->call, "");
}

static bool find_end(const struct worker *worker, int *code, int *status)
{
    if (!worker_is_dead(worker))
        return read_exit(worker->pidfd, code, status);
    *code = worker->code;
    *status = worker->status;
    return true;
}

void worker_wait_known(struct worker *worker)
{
    int code, status, slices = 0;
    while (slices < SLICES && !worker_wait(worker, channel_now() + SLICE) &&
           !find_end(worker, &code, &status))
        slices++;
}

bool worker_add_end(struct text *text, const struct worker *worker)
{
    struct channel_claim claim;
    int code = CLD_KILLED, status = 0;
    memcpy(&claim, &worker->channel->claim, sizeof claim);
    claim.call[sizeof claim.call - 1] = claim.function[sizeof claim.function - 1] = '\0';
    bool is_known = find_end(worker, &code, &status);
    if (!is_known && claim.signal < NSIG)
        status = (int)claim.signal;
    if (!is_known && !status)
        text_add(text, "has ended, and the system does not tell yet how");
    else if (code == CLD_EXITED)
        text_add(text, "ended with status %d", status);
    else if (!code)
        text_add(text, "ended, and something else has taken its status");
    else
        text_add(text, "was killed by signal %d (%s)%s", status, strsignal(status),
                 is_known ? "" : ", as it says");
    if (group_was_full(&worker->group))
        text_add(text, ", since it exceeded options.isolation.memory, with what it shares");
    add_claim(text, &claim, worker);
    return is_known;
}
