#!/bin/sh
# SPDX-License-Identifier: MIT
# Isolated plugins (P7, P8, attack 15): what crosses, and what a plugin does wrong.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g; s/ ([A-Z][a-z ]*)//"
# A time limit that no call reaches which ends by itself.
export LIMIT=60000
# The thread that waited for a plugin's process is joined by plugin_restart or plugin_stop.
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o rows.so "$source/rows/rows.c" &&
        "$PLUGIN" build -o rows_host $TEST_CFLAGS "$source/rows/rows_host.c" &&
        "$PLUGIN" build -buildmode=plugin -o crimes.so -I"$tree" -I"$tree/src" "$source/crimes/crimes.c" &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/crimes/crimes_host.c" -lpthread
}
check "the plugins and the hosts build" build_all

# ---- what crosses ----

./rows_host ./rows.so >in-process 2>&1
./rows_host ./rows.so isolated >isolated 2>&1
check "in process, all rows are well" has in-process "all of it: well"
check_same "isolated, each row gives the same" in-process isolated

# ---- what goes wrong ----

# in_process STATUS NAME ACT...: what the same does to a host that opens the plugin as others.
in_process() {
    wanted_status=$1
    wanted_name=$2
    shift 2
    # shellcheck disable=SC2016 # the inner shell expands it
    check_fails "$wanted_status" "$wanted_name" env IN_PROCESS=yes ${prefix:-} sh -c './host ./crimes.so "$@"; exit $?' sh "$@"
}
# Sanitizers end the process in ways of their own.
[ -n "$TEST_CFLAGS" ] || in_process 139 "attack 15: in process, a crash ends the host" crash 0
in_process 3 "attack 15: so does an exit" crash 2
prefix="timeout 1" in_process 124 "attack 15: a hang lasts" hang
in_process 0 "attack 15: in process, a plugin opens any file" call 0
in_process 0 "attack 15: it makes sockets" call 1
in_process 0 "attack 15: it reads beyond what it was passed" beyond 4

says "P7: a crash is an error of the call, and of all later ones until plugin_restart" \
    ./host ./crimes.so number number crash 0 number restart number <<'E2'
number: 1
number: 2
crash: 0 CRASHED: call of crash of isolated plugin DIR/crimes.so: its process was killed by signal 11, and says that it was in crash of crimes.so
number: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process was killed by signal 11, and says that it was in crash of crimes.so; plugin_restart starts another
restart: 1
number: 1
E2
says "P7: so are abort, exit, and a stack that overflows" \
    ./host ./crimes.so crash 1 restart crash 2 restart crash 3 <<'E2'
crash: 0 CRASHED: call of crash of isolated plugin DIR/crimes.so: its process was killed by signal 6, and says that it was in crash of crimes.so
restart: 1
crash: 0 CRASHED: call of crash of isolated plugin DIR/crimes.so: its process ended with status 3
restart: 1
crash: 0 CRASHED: call of crash of isolated plugin DIR/crimes.so: its process was killed by signal 11, and says that its stack overflowed, in deep of crimes.so
E2
says "what goes beyond the one object that it was passed is told how to pass more" \
    ./host ./crimes.so beyond 3 <<'E2'
beyond: 0 CRASHED: call of beyond of isolated plugin DIR/crimes.so: its process was killed by signal 11, and says that it went beyond the object that it was passed, in beyond of crimes.so: say how many there are with PLUGIN_COUNTED
E2
LIMIT=3000 says "P7: a hang ends at the limit; who waits elsewhere is told as well" \
    ./host ./crimes.so hang number restart number <<'E2'
hang: 0 TIMEOUT: call of hang of isolated plugin DIR/crimes.so: it exceeded options.timeout_ms (3000 ms), and its process was killed
number: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process was killed: a call of hang exceeded options.timeout_ms (3000 ms); plugin_restart starts another
restart: 1
number: 1
E2
says "a crash in one thread ends the calls of others" ./host ./crimes.so thread restart number <<'E2'
in the thread: CRASHED
restart: 1
number: 1
E2
says "a string without an end is an error, and the plugin lives on" ./host ./crimes.so endless number <<'E2'
endless: 0 UNSUPPORTED: call of endless of isolated plugin DIR/crimes.so: what it returned does not fit into a message of 2097152 bytes
number: 1
E2

# ---- the sandbox ----

lacks seccomp "attack 15: a denied system call ends the plugin" ||
    says "attack 15: a denied system call ends the plugin, and is named" \
        ./host ./crimes.so call 0 call 1 restart call 2 restart call 3 restart call 4 restart call 5 restart \
        call 6 call 7 <<'E2'
call: -1
call: 0 CRASHED: call of call of isolated plugin DIR/crimes.so: its process was killed by signal 31, and says that it called socket, which its sandbox denies, in call of crimes.so
restart: 1
call: 0 CRASHED: call of call of isolated plugin DIR/crimes.so: its process was killed by signal 31, and says that it called clone, which its sandbox denies, in call of crimes.so
restart: 1
call: 0 CRASHED: call of call of isolated plugin DIR/crimes.so: its process was killed by signal 31, and says that it called execve, which its sandbox denies, in call of crimes.so
restart: 1
call: 0 CRASHED: call of call of isolated plugin DIR/crimes.so: its process was killed by signal 31, and says that it called getppid, which its sandbox denies, in call of crimes.so
restart: 1
call: 0 CRASHED: call of call of isolated plugin DIR/crimes.so: its process was killed by signal 31, and says that it called ptrace, which its sandbox denies, in call of crimes.so
restart: 1
call: 0
call: 0 CRASHED: call of call of isolated plugin DIR/crimes.so: its process was killed by signal 31, and says that it called ftruncate, which its sandbox denies, in call of crimes.so
E2
lacks seccomp "attack 15: beyond its memory, malloc fails" ||
    MEMORY=64 says "attack 15: beyond its memory, malloc fails" ./host ./crimes.so starve number <<'E2'
starve: 1
number: 1
E2
# reports ACT: the report names the system calls, and so it is with what depends on them.
SYSTEM_CALLS=2 MEMORY_BIT=64 NO_NEW_CODE=128
reports() {
    bits=$(MEMORY=64 ./host ./crimes.so report | sed -n 's/^report: //p')
    [ $((0x$bits & (SYSTEM_CALLS | MEMORY_BIT | NO_NEW_CODE))) -eq "$1" ] || { echo "report: $bits"; return 1; }
}
if is_lacking seccomp; then
    check "without seccomp, the report says neither system calls, nor what depends on them" reports 0
    says_alike="$says_alike; s/all of it: .*system calls/all of it: system calls/" REQUIRE=$SYSTEM_CALLS \
        says "without seccomp, isolation.require refuses" ./host ./crimes.so number <<'E2'
cannot open plugin ./crimes.so: options.isolation.require: this system does not have all of it: system calls: Function not implemented
E2
else
    check "with seccomp, the report says system calls, and what depends on them" \
        reports $((SYSTEM_CALLS | MEMORY_BIT | NO_NEW_CODE))
    REQUIRE=$SYSTEM_CALLS says "with seccomp, isolation.require is content" ./host ./crimes.so number <<'E2'
number: 1
E2
fi
says "attack 15: no descriptor of the host is inherited" ./host ./crimes.so inherited <<'E2'
inherited: 0
E2

# ---- lies ----

says "P8, attack 15: an answer that breaks a rule ends the plugin, and touches nothing" \
    ./host ./crimes.so lie 0 restart lie 1 restart lie 2 restart lie 3 restart lie 4 restart lie 5 \
    restart lie 6 restart lie 7 <<'E2'
lie: 0 CRASHED: call of lie of isolated plugin DIR/crimes.so: its process was killed: it answered a call that was not made
restart: 1
lie: 0 CRASHED: call of lie of isolated plugin DIR/crimes.so: its process was killed: its answer is larger than a message
restart: 1
lie: 0 CRASHED: call of lie of isolated plugin DIR/crimes.so: its process was killed: its answer is larger than a message
restart: 1
lie: 0 CRASHED: call of lie of isolated plugin DIR/crimes.so: its process was killed: the answer to lie has another size than it says
restart: 1
lie: 0 CRASHED: call of lie of isolated plugin DIR/crimes.so: its process was killed: the answer to lie has another size than it says
restart: 1
lie: 0 CRASHED: call of lie of isolated plugin DIR/crimes.so: its process was killed: the answer to lie ends within its header
restart: 1
lie: 0 CRASHED: call of lie of isolated plugin DIR/crimes.so: its process was killed: its answer is larger than a message
restart: 1
lie: 0 CRASHED: call of lie of isolated plugin DIR/crimes.so: it panicked: \x1b[2J
E2
says "attack 15: a handle is one of this process, and of those that were given" \
    ./host ./crimes.so db use use-other use restart use <<'E2'
db: 1
use: 1
use-other: 0 WRONG_TYPE: call of use_db of isolated plugin DIR/crimes.so: use_db: parameter db: the pointer to struct db is not one that was given
use: 1
restart: 1
use: 0 CRASHED: call of use_db of isolated plugin DIR/crimes.so: use_db: parameter db: the object of type struct db belongs to a process that has ended
E2
says "attack 15: a token that was released may not come back" ./host ./crimes.so keep kept release kept <<'E2'
keep: 0
kept: 1
release: 1
kept: 0 CRASHED: call of kept of isolated plugin DIR/crimes.so: its process was killed: the answer to kept: it gave back an object of type struct owner that was released
E2

# ---- life ----

says "plugin_stop ends the process, plugin_restart starts another" \
    ./host ./crimes.so stop stop number restart number <<'E2'
stop: 1
stop: 1
number: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process was stopped by plugin_stop; plugin_restart starts another
restart: 1
number: 1
E2
lacks threads-after-fork "a fork of the host has no plugin" ||
    says "a fork of the host has no plugin until it restarts one of its own" \
        ./host ./crimes.so fork number <<'E2'
in the child: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process belongs to the process of which this is a fork; plugin_restart starts another
restart in the child: 1
in the child: 1
number: 1
E2
if is_lacking keepers; then
    says "where no keeper can be, the plugin is a child of the host" ./host ./crimes.so children <<'E2'
children: some
ignoring SIGCHLD: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process ended, and something else has taken its status; plugin_restart starts another
from its start: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process ended, and something else has taken its status; plugin_restart starts another
E2
else
    says "the host has no child that it did not make" ./host ./crimes.so children <<'E2'
children: none
ignoring SIGCHLD: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process ended with status 3; plugin_restart starts another
from its start: 0 CRASHED: call of number of isolated plugin DIR/crimes.so: its process ended with status 3; plugin_restart starts another
E2
fi
libraries=$(dirname "$(find "${PLUGIN%/bin/plugin}" -name libplugin.so)")
# with_worker FILE MODE: the host, with libraries beside which this file is the worker; "": none.
with_worker() {
    rm -rf lib
    mkdir -p lib/plugin
    cp "$libraries"/libplugin*.so* lib
    [ -z "$1" ] || { cp "$1" lib/plugin/plugin-worker && chmod "$2" lib/plugin/plugin-worker; }
    LD_LIBRARY_PATH=$work/lib:${LD_LIBRARY_PATH:-} ./host ./crimes.so number
}
says "without a worker, the open says which" with_worker "" <<'E2'
cannot open plugin ./crimes.so: cannot read the program of its process, DIR/lib/plugin/plugin-worker: No such file or directory
E2
echo no program >text
says "a worker that is no program is told likewise" with_worker text 755 <<'E2'
cannot open plugin ./crimes.so: cannot read the program of its process, DIR/lib/plugin/plugin-worker: it is a text file, not an ELF file
E2
# An emulator may execute any file.
lacks keepers "so is one that may not be executed" ||
    says "so is one that may not be executed" with_worker "$libraries/plugin/plugin-worker" 644 <<'E2'
cannot open plugin ./crimes.so: cannot start DIR/lib/plugin/plugin-worker: Permission denied
E2
rounds=1000
[ -z "$TEST_CFLAGS${TEST_IS_SLOW:-}" ] || rounds=100
# What malloc keeps for each thread differs from round to round.
GLIBC_TUNABLES=glibc.malloc.tcache_count=0 \
    says "P7: after $rounds crashes and restarts the host has what it had" ./host ./crimes.so leaks $rounds <<'E2'
nothing leaks
E2
finish
