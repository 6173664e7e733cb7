/* SPDX-License-Identifier: MIT */
/* The process between a host and its worker, which starts the worker and waits for its end. */
#ifndef PLUGIN_KEEPER_H
#define PLUGIN_KEEPER_H

#include "isolated/worker.h"

/* Starts the thread that keeps the worker: sets worker->is_started, and at the end worker->is_dead
 * and worker->death. `socket` is the worker's end, and stays the caller's, until is_started. */
bool keeper_start(struct worker *worker, const struct worker_start *start, int socket,
                  struct error *error);

#endif
