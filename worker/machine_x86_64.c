/* SPDX-License-Identifier: MIT */
/* System calls of x86-64 that newer machines do not have, which musl still makes. */
#include "worker/machine.h"

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>

static const struct filter_rule rules[] = {
    ALLOW(open, INT_MASKED(1, WRITE_FLAGS, O_RDONLY)),
    FAIL(open, EACCES),
    ALLOW(time),
    ALLOW(getrlimit),
    ALLOW(pause),
    ALLOW(poll),
    ALLOW(select),
    /* Shadow stacks and the like: a library that asks is told that there are none. */
    FAIL(arch_prctl, EINVAL),
};

static const struct filter_rule files_rules[] = {
    ALLOW(stat),
    ALLOW(lstat),
    ALLOW(access),
    ALLOW(readlink),
};

static const struct filter_rule no_files_rules[] = {
    FAIL(stat, EACCES),
    FAIL(lstat, EACCES),
    FAIL(access, EACCES),
    FAIL(readlink, EACCES),
};

static const struct filter_rule close_rules[] = {FAIL(open, EACCES)};

static const struct call_name names[] = {
    NAME(access),    NAME(alarm),    NAME(arch_prctl),   NAME(chmod),      NAME(chown),
    NAME(creat),     NAME(dup2),     NAME(epoll_create), NAME(epoll_wait), NAME(eventfd),
    NAME(fork),      NAME(getdents), NAME(getpgrp),      NAME(getrlimit),  NAME(inotify_init),
    NAME(ioperm),    NAME(iopl),     NAME(lchown),       NAME(link),       NAME(lstat),
    NAME(mkdir),     NAME(mknod),    NAME(modify_ldt),   NAME(open),       NAME(pause),
    NAME(pipe),      NAME(poll),     NAME(readlink),     NAME(rename),     NAME(rmdir),
    NAME(select),    NAME(signalfd), NAME(stat),         NAME(symlink),    NAME(time),
    NAME(unlink),    NAME(utime),    NAME(utimes),       NAME(vfork),      NAME(uselib),
    NAME(futimesat), NAME(renameat), NAME(sysfs),        NAME(ustat),
};

const struct machine machine = {
    AUDIT_ARCH_X86_64,  rules,        files_rules,        no_files_rules,
    close_rules,        COUNT(rules), COUNT(files_rules), COUNT(no_files_rules),
    COUNT(close_rules), names,        COUNT(names),
};
