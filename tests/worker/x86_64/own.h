/* What filter.c expects of the filters of x86-64 alone. */
#ifndef TESTS_WORKER_OWN_H
#define TESTS_WORKER_OWN_H

#define OWN_ARCHITECTURE    AUDIT_ARCH_X86_64
#define OTHER_ARCHITECTURES AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64

/* Of what musl still calls. */
#define OWN_EXPECTED                                                                               \
    CLOSED(open, ALLOWED, FAILS(EACCES)), SAME(stat, FAILS(EACCES)), SAME(lstat, FAILS(EACCES)),   \
        FREE(poll), SAME(access, FAILS(EACCES)), FREE(select), FREE(pause),                        \
        SAME(readlink, FAILS(EACCES)), FREE(getrlimit), SAME(arch_prctl, FAILS(EINVAL)),           \
        FREE(time)

#define OWN_VARIANTS                                                                               \
    V(plain, open, FAILS(EACCES), 0, O_RDWR), V(plain, open, FAILS(EACCES), 0, O_CREAT),           \
        V(reading, open, ALLOWED, 0, O_RDONLY), V(reading, open, FAILS(EACCES), 0, O_WRONLY),      \
        V(reading, stat, ALLOWED, 0)

#define OWN_CALL      __NR_fork
#define OWN_CALL_NAME "fork"

#endif
