/* Says on a terminal what takes long. */
#ifndef PLUGIN_PROGRESS_H
#define PLUGIN_PROGRESS_H

/* From a second after this on, until progress_end, a line on standard error says how long "VERB
 * PATH" has taken, if that is a terminal. Uses SIGALRM; one at a time. */
void progress_begin(const char *verb, const char *path);
void progress_end(void);

#endif
