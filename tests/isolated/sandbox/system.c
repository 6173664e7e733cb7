/* Runs a program as on a system that lacks something: a filter of system calls answers in its
 * place. usage: without landlock|seccomp|namespaces|users PROGRAM ARGUMENT... */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field)               BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count)
#define RETURN(action)            BPF_STMT(BPF_RET | BPF_K, action)
#define FAIL(error)               RETURN(SECCOMP_RET_ERRNO | (error))

/* A call, whatever its arguments. */
#define DENY(call, error) SKIP_UNLESS(SYS_##call, 1), FAIL(error)

/* A call whose first argument has one of these bits. */
#define DENY_BITS(call, bits, error)                                                               \
    SKIP_UNLESS(SYS_##call, 4), LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),   \
        FAIL(error), RETURN(SECCOMP_RET_ALLOW)

#define NAMESPACES (CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET)

static int install(struct sock_filter *code, size_t length)
{
    struct sock_fprog program = {(unsigned short)length, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &program, 0, 0);
}

#define INSTALL(...)                                                                               \
    __extension__({                                                                                \
        struct sock_filter code[] = {LOAD(nr), __VA_ARGS__, RETURN(SECCOMP_RET_ALLOW)};            \
        install(code, sizeof code / sizeof *code);                                                 \
    })

static int lose(const char *what)
{
    if (!strcmp(what, "landlock"))
        return INSTALL(DENY(landlock_create_ruleset, ENOSYS));
    if (!strcmp(what, "seccomp"))
        return INSTALL(DENY(seccomp, ENOSYS));
    if (!strcmp(what, "namespaces"))
        return INSTALL(DENY_BITS(clone, NAMESPACES, EPERM), DENY_BITS(unshare, NAMESPACES, EPERM),
                       DENY(clone3, ENOSYS));
    if (!strcmp(what, "users"))
        return INSTALL(DENY_BITS(clone, CLONE_NEWUSER, EPERM),
                       DENY_BITS(unshare, CLONE_NEWUSER, EPERM), DENY(clone3, ENOSYS));
    return 1;
}

static void print_lacks(void)
{
    uint32_t action = SECCOMP_RET_TRAP;
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 6)
        printf("landlock ");
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0)
        printf("seccomp ");
    if (unshare(NAMESPACES) != 0)
        printf("namespaces ");
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "lacks"))
        return print_lacks(), 0;
    if (argc < 4 || lose(argv[2]))
        return 125;
    execvp(argv[3], argv + 3);
    perror(argv[3]);
    return 127;
}
