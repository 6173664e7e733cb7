/* SPDX-License-Identifier: MIT */
/* What the host hands to the worker, the process of an isolated plugin, at its start. */
#ifndef PLUGIN_START_H
#define PLUGIN_START_H

#include <stdint.h>

/* The worker's descriptors. */
enum {
    START_SOCKET = 3, /* SOCK_SEQPACKET: two of struct start_ready come back; then the host sends
                         the numbers of slots, uint32_t, or START_END. Its end ends the worker */
    START_CHANNEL,    /* the memory of channel.h */
    START_PLAN,       /* a struct start, and what it locates; sealed */
    START_MEMORY,    /* of plugin_alloc, HEAP_SIZE addresses; it is as long as what was allocated */
    START_VARIABLES, /* the pages of the plugin's variables, to be filled; sealed */
    START_FILES /* what gives the plan's imports, if there are any; the libraries, each behind those
                   that it needs; the bridge of a Go plugin; and last the plugin; sealed */
};

#define START_END    (UINT32_MAX - 1) /* run atexit functions and destructors, and end */
#define START_RETIRE UINT32_MAX       /* run the PLUGIN_RETIRE blocks, and then the same */

/* Without padding, in which memory of the host would reach the worker. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* A function that takes and returns nothing. */
struct start_init {
    uint64_t address; /* as linked */
    uint32_t file, reserved;
};

/* Offsets count from its start. */
struct start {
    char version[16];    /* PLUGIN_VERSION of the host's library: all else is that version's */
    uint64_t memory;     /* bytes; 0: no limit */
    uint32_t size;       /* of all, in bytes */
    uint32_t plan;       /* offset of the struct plan */
    uint32_t file_count; /* from START_FILES on */
    uint32_t is_go;      /* a Go plugin: not zero */
    uint32_t read_only, read_only_count; /* offset of paths, one after the other, each with a NUL */
    uint32_t
        require; /* enum plugin_isolation_part, ored: without one of these, it must not start */
    uint32_t inits, init_count; /* offset of the struct start_init of each init, in order */
    uint32_t retire_count;      /* of those that follow them */
    uint32_t stamped;           /* offset of a byte for each file but that of the imports: does it
                                   run no inits but those? */
    uint32_t import_code;       /* if the plan has imports: of the first file, see imports.h */
    uint32_t import_table;      /* likewise */
    uint32_t waiting; /* it waits for a debugger: offset of the plugin's path, for the message. 0:
                         it does not */
};

enum start_outcome {
    START_ENTERED, /* the first message: the sandbox is complete. From then on the plugin may speak
                      in the worker's place */
    START_READY,
    START_UNSAFE,     /* a part of the sandbox that is required is missing */
    START_NOT_MAPPED, /* the dynamic loader refuses the plugin */
    START_INIT_FAILED,
    START_FAILED
};

struct start_ready {
    uint32_t outcome;  /* enum start_outcome */
    uint32_t sandbox;  /* enum plugin_isolation_part, ored: what holds */
    uint32_t init;     /* the number of the one that failed; UINT32_MAX: not one of those listed */
    char reason[1000]; /* the worker's own word; ended by a NUL, if it tells the truth */
};

#pragma GCC diagnostic pop

#endif
