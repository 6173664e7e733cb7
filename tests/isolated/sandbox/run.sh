#!/bin/sh
# SPDX-License-Identifier: MIT
# What the sandbox of an isolated plugin denies, tried by a plugin (attack 15), and what
# plugin_isolation_report says of it: as root and as another user, on systems that lack a part.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/common/uml.sh"
source=$tests/isolated/sandbox
cd "$work" || exit 1
if lacks seccomp "all of it"; then
    finish
    exit
fi
chmod 711 "$work"
says_alike="s|$work/|DIR/|g; s/ ([A-Z][a-z ]*)//; s/plugin-[0-9]*-[0-9]*/plugin-N/g"
# A time limit that no call reaches which ends by itself.
export LIMIT=60000
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
ALL=0x1df # what every system is to have; a network namespace and a control group only where required

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o plugin.so -D_GNU_SOURCE -I"$tree" -I"$tree/src" "$source/plugin.c" &&
        "$PLUGIN" build -o host -D_GNU_SOURCE $TEST_CFLAGS "$source/host.c" &&
        "$PLUGIN" build -o orphan -D_GNU_SOURCE $TEST_CFLAGS "$source/orphan.c" &&
        "${CC:-cc}" -D_GNU_SOURCE -o system "$source/system.c"
}
check "the plugin and the hosts build" build_all
: >file
chmod 666 file
users=self
user_self=
[ "$(id -u)" -ne 0 ] || users="self other"
user_other="setpriv --reuid 65534 --regid 65534 --clear-groups"

# ---- what is denied ----

cat >denied <<'E2'
read /etc/passwd: EACCES
read the loader's cache: EACCES
read a file: EACCES
write it: EACCES
create one: EACCES
truncate it: denied truncate
see that it exists: done
open the host's memory: EACCES
open its own memory: EACCES
change the root: denied chroot
mount: denied mount
make a socket: denied socket
connect: denied connect
bind: denied bind
send descriptors: denied sendmsg
execute: denied execve
fork: denied clone
trace the host: denied ptrace
kill the host: denied kill
kill its thread: ESRCH
kill all: denied kill
kill the keeper: denied kill
read the host's memory: denied process_vm_readv
write the host's memory: denied process_vm_writev
open the host: denied pidfd_open
limit the host: EPERM
slow it: EPERM
pin it: EPERM
become root: denied setuid
make a namespace: denied unshare
map executable memory: EACCES
map a file executable: EACCES
make memory executable: EACCES
the same, with a key: denied pkey_mprotect
attach a segment: denied shmat
let reading imply executing: denied personality
make a file of memory: denied memfd_create
make a ring: denied io_uring_setup
handle faults: denied userfaultfd
map shared memory: EPERM
load a library: EACCES
grow the arena: denied ftruncate
allocate more of it: denied fallocate
write behind it: denied pwrite64
punch a hole into it: denied fallocate
the same, by address: EINVAL
seal it: EACCES
change the socket's flags: EACCES
E2

# sandbox PARTS THREADS KILL SEE: what the report says, besides what always holds, and the table, with what
# comes of a signal to a thread of the host, and of a look at a file.
sandbox() {
    echo "holds: no-new-privileges system-calls $1"
    sed "s/^\(kill its thread:\).*/\1 $3/; s/^\(see that it exists:\).*/\1 $4/" denied
    echo "threads: $2"
}

# tries NAME COMMAND...: the attempts by each user, on a system that the command starts.
tries() {
    tries_name=$1
    shift
    for user in $users; do
        eval "as=\$user_$user"
        # shellcheck disable=SC2086 # words
        lacking=$($as ./system lacks)
        if [ -n "$lacking" ]; then
            skip "$tries_name ($user)" "this system has no $lacking"
            continue
        fi
        # shellcheck disable=SC2086
        $as "$@" ./host ./plugin.so 64 "$require" "" report attempts "$work/file" threads 300 >tried 2>&1
        [ -f "expected.$user" ] || cp expected.all "expected.$user"
        check_same "$tries_name ($user)" "expected.$user" tried
        rm "expected.$user"
    done
}

require=0
all="files capabilities namespaces memory no-new-code processes"
few="capabilities memory no-new-code"
sandbox "$all" limited ESRCH done >expected.all
tries "attack 15: what a plugin tries is denied"
require=0x400 # a root directory
sandbox "$all root" limited ESRCH ENOENT >expected.all
tries "attack 15: in a root directory of its own, it sees nothing of it either"
require=0
sandbox "$all root" limited "denied tkill" ENOENT >expected.all
tries "attack 15: without Landlock, it has one" ./system without landlock
sandbox "files $few" limited EPERM done >expected.self
[ "$(id -u)" -eq 0 ] || sandbox "files $few" all EPERM done >expected.self
sandbox "files $few" all EPERM done >expected.other
tries "attack 15: without namespaces, too; threads of an ordinary user have no limit then" ./system without namespaces
[ "$(id -u)" -ne 0 ] || sandbox "files $few processes" limited ESRCH done >expected.self
[ "$(id -u)" -eq 0 ] || sandbox "files $few" all EPERM done >expected.self
sandbox "files $few" all EPERM done >expected.other
tries "attack 15: without user namespaces, root makes the others" ./system without users
sandbox "$few" limited "denied tkill" done >expected.self
[ "$(id -u)" -eq 0 ] || sandbox "$few" all "denied tkill" done >expected.self
sandbox "$few" all "denied tkill" done >expected.other
tries "attack 15: without both, it opens nothing when it is open" \
    ./system without landlock ./system without namespaces

# A filter would deny all of these; they hold by the other parts alone.
cat >other-parts <<'E2'
holds: no-new-privileges files capabilities namespaces processes
read /etc/passwd: EACCES
execute: EACCES
trace the host: ESRCH
kill the host: ESRCH
kill its thread: ESRCH
kill the keeper: EPERM
read the host's memory: ESRCH
open the host: ESRCH
limit the host: ESRCH
slow it: ESRCH
pin it: ESRCH
E2
without_filter() {
    set --
    sed '1d; s/: [A-Z]*$//' other-parts >names
    while read -r attempt; do set -- "$@" attempt "$attempt" "$work/file"; done <names
    # shellcheck disable=SC2086
    $as ./system without seccomp ./host ./plugin.so 64 0 "" report "$@" 2>&1
}
for user in $users; do
    eval "as=\$user_$user"
    # shellcheck disable=SC2086
    lacking=$($as ./system lacks)
    name="without a filter, other parts hold by themselves ($user)"
    if [ -n "$lacking" ]; then
        skip "$name" "this system has no $lacking"
    else
        says "$name" without_filter <other-parts
    fi
done

# ---- every system call by its number ----

# Some return an error, since they are tried by libraries that can do without.
cat >allowed <<'E2'
read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction
rt_sigprocmask rt_sigreturn, which was killed by a signal ioctl pread64 readv writev access select
sched_yield mremap madvise pause waits nanosleep getpid exit waits uname fcntl fsync getcwd
readlink gettimeofday getrlimit getrusage sysinfo getuid getgid geteuid getegid rt_sigpending
rt_sigtimedwait rt_sigsuspend sigaltstack statfs setpriority sched_setparam sched_getparam
sched_setscheduler sched_getscheduler sched_get_priority_max sched_get_priority_min prctl
arch_prctl gettid tkill time futex sched_setaffinity sched_getaffinity set_tid_address
restart_syscall clock_gettime clock_getres clock_nanosleep exit_group, which ended with status 255
openat newfstatat readlinkat faccessat pselect6 ppoll waits set_robust_list prlimit64 getcpu
getrandom membarrier statx rseq clone3 openat2 faccessat2 futex_waitv map_shadow_stack futex_wake
futex_wait futex_requeue mseal
E2
# 335 and 336 are of the kernel's own probes, which it lets pass each filter.
every_call() {
    echo '#include <sys/syscall.h>' | "${CC:-cc}" -E -dM - | sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\2 \1/p' >names
    # shellcheck disable=SC2086 # words
    LIMIT=1000 $as ./host ./plugin.so 64 0 "" calls 0 334 calls 337 1100 2>&1 |
        awk 'BEGIN { name[449] = "futex_waitv"; name[453] = "map_shadow_stack"; name[454] = "futex_wake"; name[455] = "futex_wait"
                     name[456] = "futex_requeue"; name[462] = "mseal" } # newer than some headers
             FILENAME == "names" { name[$1] = $2; next } $1 in name { $1 = name[$1] } { print }' names - |
        sed 's/ 0: call of .*: its process/, which/; s/, and says that .*//; s/by signal .*/by a signal/' | paste -sd' ' | fold -sw 100 | sed 's/ $//'
}
for user in $users; do
    eval "as=\$user_$user"
    says "attack 15: of all system calls, a closed sandbox allows these ($user)" every_call <allowed
done
check "attack 15: none of negative numbers, none of x32" sh -c '
    ./host ./plugin.so 64 0 "" calls -70 -1 calls 1073741820 1073742400 calls 2147483640 2147483650 >beyond 2>&1
    cat beyond
    [ ! -s beyond ]'

# ---- what is required ----

# with MEGABYTES REQUIRE READ_ONLY ACT...: by the user `as`.
as=
with() {
    # shellcheck disable=SC2086 # words
    $as ./host ./plugin.so "$@" 2>&1
}
lacking=$(./system lacks)
if [ -n "$lacking" ]; then
    skip "what is required" "this system has no $lacking"
else
    as="./system without namespaces" says "namespaces are required, and missing" with 64 $ALL "" report <<'E2'
cannot open plugin ./plugin.so: options.isolation.require: this system does not have all of it: namespaces: Operation not permitted; namespace of processes: Operation not permitted
E2
    as="./system without namespaces" says "a root directory is required, and missing" with 64 0x400 "" report <<'E2'
cannot open plugin ./plugin.so: options.isolation.require: this system does not have all of it: root directory: Operation not permitted; namespaces: Operation not permitted; namespace of processes: Operation not permitted
E2
    without_both() { ./system without landlock ./system without namespaces ./host ./plugin.so "$@" 2>&1; }
    says "files are required, and neither Landlock nor a root directory is there" without_both 64 4 "" report <<'E2'
cannot open plugin ./plugin.so: options.isolation.require: this system does not have all of it: namespaces: Operation not permitted; namespace of processes: Operation not permitted; files: Function not implemented
E2
    says "then read_only lets it read nothing" without_both 64 0 "$work/file" attempt "read a file" "$work/file" <<'E2'
read a file: EACCES
E2
    as="./system without seccomp" says "a filter is required, and missing" with 64 $ALL "" report <<'E2'
cannot open plugin ./plugin.so: options.isolation.require: this system does not have all of it: system calls: Function not implemented
E2
    for user in $users; do
        eval "as=\$user_$user"
        says "all of it is there ($user)" with 64 $ALL "" report <<'E2'
holds: no-new-privileges system-calls files capabilities namespaces memory no-new-code processes
E2
        says "a network namespace is, where it is required ($user)" with 64 0x20 "" report <<'E2'
holds: no-new-privileges system-calls files capabilities namespaces network memory no-new-code processes
E2
    done
    says "read_only names what is read" with 64 0 "$work/file" attempt "read a file" "$work/file" \
        attempt "read /etc/passwd" "" attempt "write it" "$work/file" <<'E2'
read a file: done
read /etc/passwd: EACCES
write it: EACCES
E2
    as="./system without landlock" says "so it does in a root directory, where other files do not exist" \
        with 64 0 "$work/file" attempt "read a file" "$work/file" attempt "read /etc/passwd" "" \
        attempt "see that it exists" /etc/passwd attempt "see that it exists" /proc/1/stat <<'E2'
read a file: done
read /etc/passwd: ENOENT
see that it exists: ENOENT
see that it exists: ENOENT
E2
    for user in $users; do
        eval "as=\"\$user_$user ./system without seccomp\""
        says "which is read-only by itself ($user)" with 0 0x400 "$work" attempt "read a file" "$work/file" \
            attempt "write it" "$work/file" attempt "create one" "$work/file" attempt "change the root" "" <<'E2'
read a file: done
write it: EROFS
create one: EROFS
change the root: EPERM
E2
    done
fi
as=
for part in 0x40 0x200; do
    says "a limit of memory is required, and none said ($part)" with 0 $part "" report <<'E2'
cannot open plugin ./plugin.so: options.isolation.require: a limit of memory, and options.isolation.memory is 0: say how many bytes
E2
done

# ---- who it is ----

# The processes whose parent's parent is the host: is their user that of their number?
# shellcheck disable=SC2016 # the inner shell expands it
workers='for keeper in $(pgrep -P $PPID -x host); do
    for worker in $(pgrep -P "$keeper"); do
        awk -v own=$((0x7f000000 + worker)) "/^Uid/ { print \$2 == own && \$3 == own ? \"own\" : \$2 }" "/proc/$worker/status"
    done
done'
name="root's workers have users of their own"
if [ "$(id -u)" -ne 0 ] || ! awk '{ exit $3 != 4294967295 }' /proc/self/uid_map; then
    skip "$name" "only root of all users has them"
else
    says "$name" with 64 0 "" run "$workers" crash 1 run "$workers" <<'E2'
own
own
E2
fi

# ---- its ends ----

says "the keeper ends with a host that ended before the keeper could ask for a signal" \
    timeout "$hang" ./orphan ./plugin.so <<'E2'
a process of it ended
E2

lacking=$(./system lacks)
name="a host in a namespace of processes has the /proc of another"
if [ -n "$lacking" ]; then
    skip "$name" "this system has no $lacking"
else
    alone="--pid --fork"
    [ "$(id -u)" -eq 0 ] || alone="--user --map-current-user $alone"
    # The leak sanitizer would look for threads in that /proc.
    # shellcheck disable=SC2086 # words
    says "$name" env ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" unshare $alone ./host ./plugin.so 64 $ALL "" report <<'E2'
holds: no-new-privileges system-calls files capabilities namespaces memory no-new-code processes
E2
fi

# ---- another kernel: no Landlock, and control groups ----

name="attack 15: on a kernel without Landlock"
if ! lacks_uml "$name"; then
    sandbox "$all root" limited "denied tkill" ENOENT >expected.uml
    check "a kernel without Landlock runs" in_uml "$source/without_landlock.sh"
    for user in $users; do check_same "$name ($user)" expected.uml "tried.$user"; done
fi
name="control groups"
if ! lacks_uml "$name"; then
    check "a kernel with control groups runs" in_uml "$source/groups.sh"
    sed "$says_alike; s|: Not supported$|: Operation not supported|" uml >groups # musl says less
    check_same "$name: limits, delegation, ends" "$source/groups.expected" groups
fi
finish
