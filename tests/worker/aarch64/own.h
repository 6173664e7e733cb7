/* What filter.c expects of the filters of aarch64 alone. */
#ifndef TESTS_WORKER_OWN_H
#define TESTS_WORKER_OWN_H

#include <asm/unistd.h>

#define OWN_ARCHITECTURE    AUDIT_ARCH_AARCH64
#define OTHER_ARCHITECTURES AUDIT_ARCH_ARM, AUDIT_ARCH_X86_64

#define OWN_EXPECTED FREE(getrlimit)

#define OWN_VARIANTS V(plain, getrlimit, ALLOWED, 7)

#define OWN_CALL      __NR_renameat
#define OWN_CALL_NAME "renameat"

/* The numbers are those of the machine, wherever this is compiled. */
#define NUMBER(call, number) _Static_assert(__NR_##call == (number), "not of aarch64: " #call)
NUMBER(getcwd, 17);
NUMBER(fcntl, 25);
NUMBER(ioctl, 29);
NUMBER(statfs, 43);
NUMBER(fstatfs, 44);
NUMBER(fallocate, 47);
NUMBER(faccessat, 48);
NUMBER(openat, 56);
NUMBER(close, 57);
NUMBER(getdents64, 61);
NUMBER(lseek, 62);
NUMBER(read, 63);
NUMBER(write, 64);
NUMBER(readv, 65);
NUMBER(writev, 66);
NUMBER(pread64, 67);
NUMBER(pselect6, 72);
NUMBER(ppoll, 73);
NUMBER(readlinkat, 78);
NUMBER(newfstatat, 79);
NUMBER(fstat, 80);
NUMBER(fsync, 82);
NUMBER(exit, 93);
NUMBER(exit_group, 94);
NUMBER(set_tid_address, 96);
NUMBER(futex, 98);
NUMBER(set_robust_list, 99);
NUMBER(nanosleep, 101);
NUMBER(clock_gettime, 113);
NUMBER(clock_getres, 114);
NUMBER(clock_nanosleep, 115);
NUMBER(ptrace, 117);
NUMBER(sched_setparam, 118);
NUMBER(sched_setscheduler, 119);
NUMBER(sched_getscheduler, 120);
NUMBER(sched_getparam, 121);
NUMBER(sched_setaffinity, 122);
NUMBER(sched_getaffinity, 123);
NUMBER(sched_yield, 124);
NUMBER(sched_get_priority_max, 125);
NUMBER(sched_get_priority_min, 126);
NUMBER(restart_syscall, 128);
NUMBER(kill, 129);
NUMBER(tkill, 130);
NUMBER(tgkill, 131);
NUMBER(sigaltstack, 132);
NUMBER(rt_sigsuspend, 133);
NUMBER(rt_sigaction, 134);
NUMBER(rt_sigprocmask, 135);
NUMBER(rt_sigpending, 136);
NUMBER(rt_sigtimedwait, 137);
NUMBER(rt_sigreturn, 139);
NUMBER(setpriority, 140);
NUMBER(uname, 160);
NUMBER(getrlimit, 163);
NUMBER(getrusage, 165);
NUMBER(prctl, 167);
NUMBER(getcpu, 168);
NUMBER(gettimeofday, 169);
NUMBER(getpid, 172);
NUMBER(getuid, 174);
NUMBER(geteuid, 175);
NUMBER(getgid, 176);
NUMBER(getegid, 177);
NUMBER(gettid, 178);
NUMBER(sysinfo, 179);
NUMBER(sendto, 206);
NUMBER(recvfrom, 207);
NUMBER(sendmsg, 211);
NUMBER(recvmsg, 212);
NUMBER(brk, 214);
NUMBER(munmap, 215);
NUMBER(mremap, 216);
NUMBER(clone, 220);
NUMBER(execve, 221);
NUMBER(mmap, 222);
NUMBER(mprotect, 226);
NUMBER(madvise, 233);
NUMBER(prlimit64, 261);
NUMBER(seccomp, 277);
NUMBER(getrandom, 278);
NUMBER(membarrier, 283);
NUMBER(pkey_mprotect, 288);
NUMBER(statx, 291);
NUMBER(rseq, 293);
NUMBER(clone3, 435);
NUMBER(openat2, 437);
NUMBER(faccessat2, 439);
NUMBER(futex_waitv, 449);

#endif
