#!/bin/sh
# SPDX-License-Identifier: MIT
# The life of an isolated plugin's process: its end, by itself or not, where it crashed, a debugger.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
cd "$work" || exit 1
# A plugin has destructors of C++.
if lacks c++ "all of it"; then
    finish
    exit
fi
says_alike="s|$work/|DIR/|g; s/ ([A-Z][a-z/ ]*)//"
# The thread that waited for a plugin's process is joined by plugin_restart or plugin_stop.
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
# A time limit that no call reaches which ends by itself.
export LIMIT=60000

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o life.so -I"$tree" -I"$tree/src" "$source/life/life.c" "$source/life/life_static.cc" &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/life/life_host.c" -lpthread &&
        cp life.so stripped.so && strip stripped.so &&
        "$PLUGIN" build -buildmode=plugin -o start.so -I"$tree" -I"$tree/src" "$source/life/life.c" "$source/life/life_static.cc" \
            "$source/life/life_start.c"
}
check "the plugins and the host build" build_all

# ---- its end ----

says "at its end run atexit functions and destructors, and what they print is flushed" \
    ./host ./life.so at-end 0 stop stop number restart number <<'E2'
at-end: 0
atexit
static
destructor 0, without an end of the linesoon
stop: 1
soon
stop: 1
number: 0 CRASHED: call of number of isolated plugin DIR/life.so: its process was stopped by plugin_stop; plugin_restart starts another
restart: 1
number: 1
E2
says "so they do before another process starts" ./host ./life.so at-end 0 restart <<'E2'
at-end: 0
atexit
static
destructor 0, without an end of the linerestart: 1
E2
says "they do not run if the process crashed, or the host ends" ./host ./life.so at-end 0 die 11 stop restart at-end 0 <<'E2'
at-end: 0
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in die of life.so
soon
stop: 1
restart: 1
at-end: 0
E2
LIMIT=1000 says "a destructor that hangs ends at the limit, and plugin_stop says so" \
    ./host ./life.so at-end 1 stop restart number <<'E2'
at-end: 1
soon
stop: 0 TIMEOUT: plugin DIR/life.so was stopped, but its destructors and atexit functions exceeded options.timeout_ms (1000 ms), and its process was killed
restart: 1
number: 1
E2
LIMIT=0 says "without a limit, 5 seconds are one" ./host ./life.so at-end 1 stop <<'E2'
at-end: 1
soon
stop: 0 TIMEOUT: plugin DIR/life.so was stopped, but its destructors and atexit functions exceeded 5000 ms, the limit without options.timeout_ms, and its process was killed
E2
LIMIT=1000 says "plugin_restart goes on all the same" ./host ./life.so at-end 1 restart number <<'E2'
at-end: 1
restart: 1
number: 1
E2
says "a destructor that crashes, exits, or calls the host is told" \
    ./host ./life.so at-end 2 stop restart at-end 4 stop restart keep at-end 3 stop <<'E2'
at-end: 2
soon
stop: 0 CRASHED: plugin DIR/life.so was stopped, but its destructors and atexit functions failed: its process was killed by signal 11, and says that it was in in_static of life.so
restart: 1
at-end: 4
soon
stop: 0 CRASHED: plugin DIR/life.so was stopped, but its destructors and atexit functions failed: its process ended with status 3
restart: 1
keep: 0
at-end: 3
soon
stop: 0 CRASHED: plugin DIR/life.so was stopped, but its destructors and atexit functions failed: its process was killed by signal 6, and says that it could not call the host, in destructor of life.so: a destructor or an atexit function may not, since the host waits for its end
E2
says "calls under way fail, and what hangs in them delays nothing" ./host ./life.so stop-beside restart number <<'E2'
soon
in the thread: soon: call of hang of isolated plugin DIR/life.so: its process was stopped by plugin_stop
stop: 1
restart: 1
number: 1
E2

LIMIT=4000 says "they fail before the destructors run" ./host ./life.so at-end 1 stop-beside <<'E2'
at-end: 1
soon
in the thread: soon: call of hang of isolated plugin DIR/life.so: its process was stopped by plugin_stop
stop: 0 TIMEOUT: plugin DIR/life.so was stopped, but its destructors and atexit functions exceeded options.timeout_ms (4000 ms), and its process was killed
E2
says "threads may call while others stop and restart the plugin" ./host ./life.so churn number <<'E2'
all calls succeed or fail: 1
number: 1
E2

# ---- where it crashed ----

says "a crash tells the signal, the function and the file" \
    ./host ./life.so die 11 restart die 8 restart die 4 restart die 7 restart die 100 restart die 9 <<'E2'
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in die of life.so
restart: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 8, and says that it was in die of life.so
restart: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 4, and says that it was in die of life.so
restart: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 7, and says that it was in die of life.so
restart: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in in_static of life.so
restart: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 9
E2
says "one in the C library tells the function that called it; so does a call of what is none" \
    ./host ./life.so die 101 restart die 102 restart die 107 <<'E2'
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in die of life.so
restart: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 6, and says that it was in die of life.so
restart: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in call_nothing of life.so
E2
says "a stack that overflows is told" ./host ./life.so die 103 <<'E2'
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that its stack overflowed, in deep of life.so
E2
says_alike="$says_alike; s/0x[0-9a-f]*/0xN/" says "without symbols, static functions are addresses" \
    ./host ./stripped.so die 100 restart die 11 <<'E2'
die: 0 CRASHED: call of die of isolated plugin DIR/stripped.so: its process was killed by signal 11, and says that it was at 0xN of stripped.so
restart: 1
die: 0 CRASHED: call of die of isolated plugin DIR/stripped.so: its process was killed by signal 11, and says that it was in die of stripped.so
E2
says "what it says of that is its own word, and escaped" ./host ./life.so die 106 <<'E2'
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in \x1b[31mmain\x0a of life.so
E2
says "a handler of the plugin's own takes the place" ./host ./life.so handle 0 handle 1 <<'E2'
handle: 1
handle: 0 CRASHED: call of handle of isolated plugin DIR/life.so: its process ended with status 7
E2
if [ -z "$TEST_CFLAGS" ]; then
    IN_CONSTRUCTOR=yes says "a crash in a constructor tells its place, too" ./host ./start.so <<'E2'
cannot open plugin ./start.so: before it was ready, its process was killed by signal 11, and says that it was in constructor of start.so
E2
    IN_INIT=yes says "so does one in an init" ./host ./start.so <<'E2'
cannot open plugin ./start.so: before it was ready, its process was killed by signal 6, and says that it was in plugin_init_0 of start.so
E2
fi

# ---- its death ----

says "the kernel is to tell of the death before it takes down the memory" ./host ./life.so alive restart alive <<'E2'
alive: 1
restart: 1
alive: 1
E2

# Who may not trace the process is not told yet how it ended.
yet="s/has ended, and the system does not tell yet how/was killed by signal 9/; s/, as it says//"
for mebibytes in 64 512; do
    says_alike="$says_alike; $yet" says "a call returns soon after the death, although the process had $mebibytes MiB" \
        ./host ./life.so touch $mebibytes death 9 restart touch $mebibytes death 11 <<'E2'
touch: 1
soon
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 9
restart: 1
touch: 1
soon
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in die of life.so
E2
done
LIMIT=1000 says "P8, attack 15: who says that it has died does die; who says so for ever reaches the limit" \
    ./host ./life.so death 104 restart death 105 <<'E2'
soon
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 9
restart: 1
soon
die: 0 TIMEOUT: call of die of isolated plugin DIR/life.so: it exceeded options.timeout_ms (1000 ms), and its process was killed
E2
LIMIT=5000 says "a limit holds, also for a process with much memory" ./host ./life.so touch 64 hang <<'E2'
touch: 1
soon
hang: 0 TIMEOUT: call of hang of isolated plugin DIR/life.so: it exceeded options.timeout_ms (5000 ms), and its process was killed
E2

# ---- the host meanwhile ----

says "a fork of the host while a call is under way does no harm" ./host ./life.so fork-beside number <<'E2'
in the child: 0, in the thread: 1
number: 1
E2
says "more threads than slots may call and end, also by a cancellation in a call" ./host ./life.so threads <<'E2'
the last thread: 200
number: 201
E2
says "a host that waits for any child gets its own only, and no signal of the process" \
    ./host ./life.so wait-for-any restart number <<'E2'
children: 1, status 5, signals 1
restart: 1
number: 1
E2

# ---- sanitizers and debuggers ----

if [ -z "$TEST_CFLAGS" ]; then
    for sanitizer in address undefined thread; do
        check "a host with -fsanitize=$sanitizer builds" \
            "$PLUGIN" build -o sanitized -fsanitize=$sanitizer "$source/life/life_host.c"
        says "it has isolated plugins, which have no sanitizer" ./sanitized ./life.so number die 11 restart stop <<'E2'
number: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in die of life.so
restart: 1
soon
stop: 1
E2
    done
    check "a plugin with a sanitizer builds" \
        "$PLUGIN" build -buildmode=plugin -fsanitize=thread -o sanitized.so -I"$tree" -I"$tree/src" "$source/life/life.c" \
        "$source/life/life_static.cc"
    says "such a plugin is refused, also if the host has it" ./sanitized ./sanitized.so <<'E2'
./sanitized.so does not fit DIR/sanitized (1 misfit):
  built with -fsanitize=thread, which the process of an isolated plugin does not have: build it without
  9 uses compared, 0 not
E2
    if command -v valgrind >/dev/null; then
        says "Valgrind finds nothing in a host, and warns of nothing" \
            valgrind -q --leak-check=full --error-exitcode=99 \
            ./host ./life.so number die 11 restart touch 1 retire <<'E2'
number: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in die of life.so
restart: 1
touch: 1
retire: 1
E2
    else
        skip "Valgrind finds nothing in a host, and warns of nothing" "there is no valgrind"
    fi
fi

# wait_with COMMAND...: runs the host with a process that waits, at which the command is let loose.
export process
wait_with() {
    LIMIT=500 PLUGIN_ISOLATED_WAIT=1 timeout $hang ./host ./life.so number die 100 >out 2>err &
    host=$!
    while kill -0 $host && [ ! -s err ]; do sleep 0.1; done
    sleep 1 # beyond the limit
    process=$(sed -n 's/^plugin-worker: process \([0-9]*\) waits.*/\1/p' err)
    "$@" >by 2>&1
    wait $host
    sed "s/$process/N/g" err out
}
says "PLUGIN_ISOLATED_WAIT: the process waits, without a limit, and says how to go on" \
    wait_with sh -c 'kill -CONT $process' <<'E2'
plugin-worker: process N waits before it maps DIR/life.so. Attach a debugger, gdb -p N, set breakpoints, and continue; or: kill -CONT N
number: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 11, and says that it was in in_static of life.so
E2
name="P9: nothing waits in a set-group-ID program"
cp host set_id
if chgrp 65534 set_id 2>/dev/null && chmod g+s set_id && [ "$(./set_id ./life.so secure)" = 'secure: 1' ]; then
    says "$name" env PLUGIN_ISOLATED_WAIT=1 timeout 60 ./set_id ./life.so number <<'E2'
number: 1
E2
else
    skip "$name" "only root makes a program set-group-ID, and not on each file system"
fi
if command -v gdb >/dev/null; then
    printf '%s\n' 'set breakpoint pending on' 'break in_static' continue backtrace kill >commands
    says "gdb attaches itself" wait_with sh -c 'exec timeout $hang gdb -q -batch -p $process -x commands' <<'E2'
plugin-worker: process N waits before it maps DIR/life.so. Attach a debugger, gdb -p N, set breakpoints, and continue; or: kill -CONT N
number: 1
die: 0 CRASHED: call of die of isolated plugin DIR/life.so: its process was killed by signal 9
E2
    check "and finds the plugin's functions" grep -q '^#1 .* die (how=100)' by
else
    skip "gdb attaches itself" "there is no gdb"
fi
finish
