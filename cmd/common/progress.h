/* SPDX-License-Identifier: MIT */
/* Shows on a terminal how long a step has been running. */
#ifndef PLUGIN_PROGRESS_H
#define PLUGIN_PROGRESS_H

/* After one second, and until progress_stop, shows on standard error, if that is a terminal, for
 * how long "VERB PATH" has been running. Uses SIGALRM; one at a time. */
void progress_start(const char *verb, const char *path);
void progress_stop(void);

#endif
