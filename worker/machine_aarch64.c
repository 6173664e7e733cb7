/* SPDX-License-Identifier: MIT */
/* System calls of aarch64 that newer machines do not have. */
#include "worker/machine.h"

#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/seccomp.h>

static const struct filter_rule rules[] = {ALLOW(getrlimit)};

static const struct call_name names[] = {NAME(renameat)};

const struct machine machine = {
    .architecture = AUDIT_ARCH_AARCH64,
    .rules = rules,
    .rules_count = COUNT(rules),
    .names = names,
    .names_count = COUNT(names),
};
