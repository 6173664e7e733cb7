/* SPDX-License-Identifier: MIT */
/* The sandbox of a worker: the process in which an isolated plugin's code runs. */
#ifndef WORKER_SANDBOX_H
#define WORKER_SANDBOX_H

#include <plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a worker may do. */
struct sandbox {
    /* Bytes of its private memory: its own and that of its libraries, threads' stacks and malloc.
     * Of shared memory it has only what it is given. 0: no limit. */
    size_t memory;
    /* Paths that it may read, and what is beneath them; ends with NULL. NULL: none. */
    const char *const *read_only;
    /* The only descriptor that may recvmsg, recvfrom and sendto (without an address); -1: none. */
    int socket;
    /* Go's run-time makes a few more system calls. */
    bool runs_go;
    /* The signal that it gets when its parent's thread ends (PR_SET_PDEATHSIG, which a change of
     * the user would clear), and the parent; 0: none. */
    int death_signal;
    pid_t parent;
    /* A debugger of its user may attach itself. */
    bool is_debugged;
    /* CLONE_NEW*, ored: the namespaces that it has of its own already, and errno of why no more.
     * One of processes needs a fork: it is not made here. */
    int namespaces, why_no_more;
    /* Bits of what is not tried: some take long. */
    unsigned without;
};

/* Enters the sandbox: in a process with one thread, before anything that is not trusted is mapped,
 * but after what needs more rights: libffi's closures. Returns the bits of what holds
 * (enum plugin_isolation_part), and in `why`, of `size` bytes, what does not hold, and why not, as
 * text. Signals are left alone, and so are descriptors. /proc/self/fd/N of a sealed memfd can still
 * be opened. */
unsigned sandbox_enter(const struct sandbox *sandbox, char *why, size_t size);

/* Takes away, on all threads, what only a plugin's start needs: new executable memory, and opening
 * files, unless read_only names some. `held` is what sandbox_enter returned; returns what holds
 * now. */
unsigned sandbox_close(const struct sandbox *sandbox, unsigned held, char *why, size_t size);

#endif
