/* SPDX-License-Identifier: MIT */
/* What depends on the machine. */
#ifndef WORKER_MACHINE_H
#define WORKER_MACHINE_H

#include "worker/filter.h"

struct call_name {
    uint32_t number;
    const char *name;
};

struct machine {
    uint32_t architecture; /* AUDIT_ARCH_* */
    /* Rules for calls that not every machine has, at the start: all of them; those for a worker
     * that reads files, and those for one that does not; and what is taken away after the inits. */
    const struct filter_rule *rules, *files_rules, *no_files_rules, *close_rules;
    size_t rules_count, files_count, no_files_count, close_count;
    const struct call_name *names; /* of calls that not every machine has */
    size_t names_count;
};

extern const struct machine machine;

/* Rows of tables. Of an `int`, the kernel reads the lower half of the register only. */
#define INT(argument, value)                                                                       \
    {                                                                                              \
        (argument), UINT32_MAX, (uint32_t)(value)                                                  \
    }
#define INT_MASKED(argument, mask, bits)                                                           \
    {                                                                                              \
        (argument), (uint32_t)(mask), (uint32_t)(bits)                                             \
    }
#define LONG(argument, value)                                                                      \
    {                                                                                              \
        (argument), UINT64_MAX, (value)                                                            \
    }
#define RULE(call, action, ...)                                                                    \
    {                                                                                              \
        __NR_##call, (action),                                                                     \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define ALLOW(call, ...)       RULE(call, SECCOMP_RET_ALLOW, __VA_ARGS__)
#define FAIL(call, error, ...) RULE(call, SECCOMP_RET_ERRNO | (error), __VA_ARGS__)
#define NAME(call)                                                                                 \
    {                                                                                              \
        __NR_##call, #call                                                                         \
    }

/* What opening a file for anything but reading has among its flags. */
#define WRITE_FLAGS (O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
