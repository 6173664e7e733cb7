/* Makes attempts. Each is named as the results of tests name it. */
#include "sandbox.h"
#include "src/isolated/channel.h"
#include "src/isolated/start.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pid_t host;
static const char *path;

static int result(long returned)
{
    return returned < 0 ? errno : 0;
}

static int open_close(const char *file, int flags)
{
    int descriptor = open(file, flags, 0600);
    if (descriptor < 0)
        return errno;
    close(descriptor);
    return 0;
}

/* ---- files ---- */

static int read_password(void)
{
    return open_close("/etc/passwd", O_RDONLY);
}

static int read_library(void)
{
    return open_close("/etc/ld.so.cache", O_RDONLY);
}

static int read_path(void)
{
    return open_close(path, O_RDONLY);
}

static int write_path(void)
{
    return open_close(path, O_WRONLY);
}

static int create(void)
{
    char name[512];
    snprintf(name, sizeof name, "%s.new", path);
    int error = open_close(name, O_WRONLY | O_CREAT);
    if (!error)
        unlink(name);
    return error;
}

static int truncate_path(void)
{
    return result(truncate(path, 0));
}

static int see_path(void)
{
    struct stat status;
    return result(syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0));
}

static int open_host_memory(void)
{
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/mem", host);
    return open_close(name, O_RDWR);
}

static int open_own_memory(void)
{
    return open_close("/proc/self/mem", O_RDWR);
}

static int change_root(void)
{
    return result(chroot("/"));
}

static int mount_nothing(void)
{
    return result(syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL));
}

/* ---- the network ---- */

static int make_socket(void)
{
    return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int connect_host(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
    return result(connect(START_SOCKET, (struct sockaddr *)&address, sizeof address));
}

static int bind_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    return result(bind(START_SOCKET, (struct sockaddr *)&address, sizeof address));
}

static int send_descriptor(void)
{
    struct msghdr message = {0};
    return result(sendmsg(START_SOCKET, &message, 0));
}

/* ---- processes ---- */

static int execute(void)
{
    char *arguments[] = {"true", NULL};
    return result(execve("/bin/true", arguments, arguments + 1));
}

static int make_process(void)
{
    /* Not by fork, in which musl blocks signals: nobody could name the call. */
    return result((int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int trace_host(void)
{
    return result(ptrace(PTRACE_SEIZE, host, NULL, NULL));
}

static int kill_host(void)
{
    return result(kill(host, SIGKILL));
}

static int kill_host_thread(void)
{
    return result(syscall(SYS_tkill, host, SIGKILL));
}

static int kill_all(void)
{
    return result(kill(-1, SIGKILL));
}

static int kill_keeper(void)
{
    return result(kill(1, SIGKILL));
}

static int read_host(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    return result(process_vm_readv(host, &here, 1, &there, 1, 0));
}

static int write_host(void)
{
    char byte = 0;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    return result(process_vm_writev(host, &here, 1, &there, 1, 0));
}

static int open_host(void)
{
    return result(syscall(SYS_pidfd_open, host, 0));
}

static int limit_host(void)
{
    struct rlimit none = {0, 0};
    return result(prlimit(host, RLIMIT_CPU, &none, NULL));
}

static int slow_host(void)
{
    return result(setpriority(PRIO_PROCESS, (id_t)host, 19));
}

static int pin_host(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    return result(sched_setaffinity(host, sizeof set, &set));
}

static int become_root(void)
{
    return result(syscall(SYS_setuid, 0));
}

static int make_namespace(void)
{
    return result(unshare(CLONE_NEWUSER));
}

/* ---- memory ---- */

static int map_executable(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
               ? errno
               : 0;
}

static int map_file_executable(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, START_PLAN, 0) == MAP_FAILED ? errno
                                                                                             : 0;
}

static void *page(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int make_executable(void)
{
    return result(mprotect(page(), 4096, PROT_READ | PROT_EXEC));
}

static int make_executable_by_key(void)
{
    return result(syscall(SYS_pkey_mprotect, page(), 4096, PROT_READ | PROT_EXEC, -1));
}

static int attach_segment(void)
{
    return result(syscall(SYS_shmat, 0, NULL, 0));
}

static int read_implies_execute(void)
{
    return result(personality(READ_IMPLIES_EXEC));
}

static int make_memory_file(void)
{
    return result(memfd_create("memory", 0));
}

static int make_ring(void)
{
    return result(syscall(SYS_io_uring_setup, 1, NULL));
}

static int handle_faults(void)
{
    return result(syscall(SYS_userfaultfd, 0));
}

static int map_shared(void)
{
    /* Not by mmap, in which musl makes ENOMEM of EPERM. */
    long made =
        syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return made == -1 ? errno : 0;
}

static int load_library(void)
{
    return dlopen("libanl.so.1", RTLD_NOW) ? 0 : EACCES;
}

/* ---- what it shares with the host ---- */

static int grow_arena(void)
{
    return result(ftruncate(START_CHANNEL, (off_t)1 << 40));
}

static int allocate_arena(void)
{
    return result(fallocate(START_CHANNEL, 0, 0, (off_t)1 << 40));
}

static int write_behind_arena(void)
{
    char byte = 0;
    return result(pwrite(START_CHANNEL, &byte, 1, (off_t)1 << 40));
}

static int punch_arena(void)
{
    return result(fallocate(START_CHANNEL, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
}

static int remove_arena(void)
{
    void *start = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL, 0);
    return start == MAP_FAILED ? errno : result(madvise(start, 4096, MADV_REMOVE));
}

static int seal_arena(void)
{
    return result(fcntl(START_CHANNEL, F_ADD_SEALS, F_SEAL_WRITE));
}

static int change_flags(void)
{
    return result(fcntl(START_SOCKET, F_SETFL, O_NONBLOCK));
}

static const struct {
    const char *name;
    int (*make)(void);
} attempts[] = {
    {"read /etc/passwd", read_password},
    {"read the loader's cache", read_library},
    {"read a file", read_path},
    {"write it", write_path},
    {"create one", create},
    {"truncate it", truncate_path},
    {"see that it exists", see_path},
    {"open the host's memory", open_host_memory},
    {"open its own memory", open_own_memory},
    {"change the root", change_root},
    {"mount", mount_nothing},
    {"make a socket", make_socket},
    {"connect", connect_host},
    {"bind", bind_port},
    {"send descriptors", send_descriptor},
    {"execute", execute},
    {"fork", make_process},
    {"trace the host", trace_host},
    {"kill the host", kill_host},
    {"kill its thread", kill_host_thread},
    {"kill all", kill_all},
    {"kill the keeper", kill_keeper},
    {"read the host's memory", read_host},
    {"write the host's memory", write_host},
    {"open the host", open_host},
    {"limit the host", limit_host},
    {"slow it", slow_host},
    {"pin it", pin_host},
    {"become root", become_root},
    {"make a namespace", make_namespace},
    {"map executable memory", map_executable},
    {"map a file executable", map_file_executable},
    {"make memory executable", make_executable},
    {"the same, with a key", make_executable_by_key},
    {"attach a segment", attach_segment},
    {"let reading imply executing", read_implies_execute},
    {"make a file of memory", make_memory_file},
    {"make a ring", make_ring},
    {"handle faults", handle_faults},
    {"map shared memory", map_shared},
    {"load a library", load_library},
    {"grow the arena", grow_arena},
    {"allocate more of it", allocate_arena},
    {"write behind it", write_behind_arena},
    {"punch a hole into it", punch_arena},
    {"the same, by address", remove_arena},
    {"seal it", seal_arena},
    {"change the socket's flags", change_flags},
};

const char *attempt_name(int number)
{
    return number < (int)(sizeof attempts / sizeof *attempts) ? attempts[number].name : NULL;
}

int attempt(int number, int host_number, const char *file)
{
    host = host_number;
    path = file;
    return attempts[number].make();
}

long call(long number, long a, long b, long c)
{
    return syscall(number, a, b, c, 0, 0, 0);
}

/* ---- amounts ---- */

static void *rest(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

int start_threads(int count)
{
    pthread_attr_t small;
    pthread_t thread;
    int started = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 64 << 10);
    while (started < count && pthread_create(&thread, &small, rest, NULL) == 0)
        started++;
    return started;
}

int fill(int megabytes)
{
    int done = 0;
    for (char *block; done < megabytes && (block = malloc(1 << 20)); done++)
        memset(block, 1, 1 << 20);
    return done;
}

int fill_shared(int megabytes)
{
    size_t size = (size_t)megabytes << 20;
    char *messages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, START_CHANNEL,
                          (off_t)channel_call_area(1));
    if (messages == MAP_FAILED)
        return -1;
    memset(messages, 1, size);
    munmap(messages, size);
    return megabytes;
}
