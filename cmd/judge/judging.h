/* SPDX-License-Identifier: MIT */
/* A judgement as the user asks for it: a host, plugins, and the options that change the verdicts.
 */
#ifndef PLUGIN_JUDGING_H
#define PLUGIN_JUDGING_H

#include "common/options.h"
#include "judge/verdict.h"

/* A zeroed one is valid. */
struct judging {
    const char *verb;
    struct host_process process;
    struct words globals, interfaces;
    const char *as;
    char **plugins; /* without the global ones; NULL ends them */
};

/* The options, as items of an array of struct option. */
#define JUDGING_OPTIONS(judging)                                                                   \
    {"--as=", .value = &(judging).as, .needs = "an interface"},                                    \
        {"--interface=", .values = &(judging).interfaces, .needs = "a file"},                      \
        {"--global=", .values = &(judging).globals, .needs = "a plugin"},                          \
        {"--global", .values = &(judging).globals, .needs = "a plugin"},                           \
        {"--strict", .flag = &(judging).process.is_strict},                                        \
        {"--isolated", .flag = &(judging).process.is_isolated},                                    \
        {"--allow-unstamped", .flag = &(judging).process.allows_unstamped},                        \
        {"--allow-executable-stack", .flag = &(judging).process.allows_executable_stack},          \
    {                                                                                              \
        "--go-bridge=", .value = &(judging).process.bridge_path                                    \
    }

/* Reads the host. The arguments are those that options_parse has left. EXIT_DONE, or the status
 * with which the verb exits, after a message. Call judging_deinit in any case. */
int judging_start(struct judging *judging, char **arguments);

/* Judges all plugins, the global ones first, and tells each verdict, which may be told before the
 * next one is reached only. Returns EXIT_FAILED unless all are told and fit. */
int judging_each(struct judging *judging, bool is_verbose,
                 bool (*tell)(void *context, struct verdict *verdict), void *context);

void judging_deinit(struct judging *judging);

#define JUDGING_AUTO __attribute__((cleanup(judging_deinit))) struct judging

#endif
