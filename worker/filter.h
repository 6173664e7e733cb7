/* SPDX-License-Identifier: MIT */
/* Makes programs of classic BPF for seccomp(2) from a table of rules. */
#ifndef WORKER_FILTER_H
#define WORKER_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FILTER_TESTS = 2,     /* of one rule */
    FILTER_CALLS = 512,   /* numbers of system calls that rules may name */
    FILTER_RULES = 224,   /* of one table */
    FILTER_CODE = 1024,   /* instructions of one program; the kernel takes 4,096 */
    FILTER_ARGUMENTS = 6, /* of a system call */
};

/* (argument & mask) == value, in 64 bits. A mask of 0 is no test. Of an `int`, the kernel ignores
 * the upper half of the register: its mask must, too. */
struct filter_test {
    unsigned argument;
    uint64_t mask, value;
};

/* The action (SECCOMP_RET_*) for a system call if all tests hold. Rules of one number are tried in
 * their order; if none holds, it is as if there were no rule. */
struct filter_rule {
    uint32_t number, action;
    struct filter_test tests[FILTER_TESTS];
};

struct filter_rules {
    struct filter_rule rules[FILTER_RULES];
    size_t count;
    bool is_full; /* a rule was lost */
};

struct filter {
    struct sock_filter code[FILTER_CODE];
    size_t length;
    bool is_full;
};

void filter_rules_add(struct filter_rules *rules, const struct filter_rule *added, size_t count);

/* Makes the program: calls of another architecture (AUDIT_ARCH_*), and those of x32, kill the
 * process; `otherwise` is for what has no rule. Returns false if rules are too many, or make no
 * sense. */
bool filter_build(struct filter *filter, uint32_t architecture, const struct filter_rules *rules,
                  uint32_t otherwise);

#endif
