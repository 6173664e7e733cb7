/* Shows on a terminal how long something takes. */
#ifndef PLUGIN_PROGRESS_H
#define PLUGIN_PROGRESS_H

/* From one second on, until progress_stop, a line on standard error tells for how long "VERB PATH"
 * has been running, if that is a terminal. Uses SIGALRM; one at a time. */
void progress_start(const char *verb, const char *path);
void progress_stop(void);

#endif
