#!/bin/sh
# SPDX-License-Identifier: MIT
# Isolated plugins whose inits call the host.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated/packages_inits
cd "$work" || exit 1
# The threads of a process that has ended are joined by plugin_restart or plugin_stop.
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
says_alike="s|$work/|DIR/|g; s|\.c:[0-9]*)|.c:N)|g; s/ ([A-Z][a-z ]*)//; s/\.cold of/ of/"

# plugin_of OUT "COMPILER FLAG..." FILE: without libplugin, which may have sanitizers; the process has not.
plugin_of() {
    # shellcheck disable=SC2086 # words
    $2 -g -fPIC -shared -I"$tree/include" -I"$tree" -I"$tree/src" -Wl,-Bsymbolic -o "$1" "$3" && "$PLUGIN" stamp "$1"
}
# build_all "COMPILER FLAG..."
build_all() {
    for name in plugin other forge; do
        plugin_of $name.so "$1" "$source/$name.c" || return 1
    done
    # The host has the sanitizers of the library, which are those of its compiler.
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build ${TEST_CFLAGS:---cc=$1} -o host "$source/host.c" -lpthread
}
for flags in "gcc -O0" "clang -O2" "gcc -O2"; do
    check "the plugins and the host build ($flags)" build_all "$flags"
    says "an init calls the host, in each process" ./host ./plugin.so open number restart <<'E2'
note: the init
open: 1
number: 2
note: the init
restart: 1
E2
    says "what it registers is called later, until that process ends" \
        ./host ./plugin.so INIT=register open registered INIT= restart registered INIT=register restart registered <<'E2'
note: the init
open: 1
registered: 6
note: the init
restart: 1
registered: 0 CRASHED: call of callback * of isolated plugin DIR/plugin.so: the function belongs to a process that has ended
note: the init
restart: 1
registered: 6
E2
    says "a symbol that it passes is that which the host gets" ./host ./plugin.so INIT=symbol open "is number" registered <<'E2'
note: the init
open: 1
is number: 1
registered: 3
E2
    says "a pointer to a variable is one to the shared memory" ./host ./plugin.so INIT=variable open V restart V <<'E2'
note: the init
note: V: 13
open: 1
V: 13
note: the init
note: V: 13
restart: 1
V: 13
E2
    says "calls nest, and go too deep" ./host ./plugin.so INIT=nested open number INIT=deep restart number <<'E2'
note: the init
note: nested: 5
open: 1
number: 2
note: the init
restart: 1 UNSUPPORTED: call of callback * of isolated plugin DIR/plugin.so: calls nest more than 32 deep
number: 2
E2
    says "so do threads of an init" ./host ./plugin.so INIT=thread open number <<'E2'
note: the init
note: a thread of the init
open: 1
number: 2
E2
done

# ---- what the host's function does ----

says "the host calls what was registered at once" ./host ./plugin.so INIT=act inside=call open registered <<'E2'
note: the init
registered: 6
note: act: 1
open: 1
registered: 6
E2
says "other threads have to wait until the open returns" ./host ./plugin.so INIT=act inside=thread open registered <<'E2'
note: the init
by another thread: 0 UNSUPPORTED: call of callback * of isolated plugin DIR/plugin.so: it is being started: until its inits have returned, only functions of the host that these call may call it
note: act: 1
open: 1
registered: 6
E2
says "it opens another plugin, isolated" ./host ./plugin.so INIT=act "inside=open other" open number <<'E2'
note: the init
note: the other init
open other: 1
other: 101
note: act: 1
open: 1
number: 2
E2
says "or in process" ./host ./plugin.so INIT=act "inside=open in process" open number <<'E2'
note: the init
note: the other init
open in process: 1
note: act: 1
open: 1
number: 2
E2
says "it cannot open the same" ./host ./plugin.so INIT=act "inside=open it" open number <<'E2'
note: the init
open it: 0 INIT_FAILED: cannot open plugin ./plugin.so: this call chain is already opening it: DIR/plugin.so opens DIR/plugin.so
note: act: 1
open: 1
number: 2
E2
says "nor end or restart it" ./host ./plugin.so open INIT=act inside=end restart number <<'E2'
note: the init
open: 1
note: the init
stop: 0 UNSUPPORTED: cannot stop plugin DIR/plugin.so: the calling thread is in a call of it
restart: 0 UNSUPPORTED: cannot restart plugin DIR/plugin.so: the calling thread is in a call of it
retire: 0 UNSUPPORTED: cannot retire plugin DIR/plugin.so: the calling thread is in a call of it
note: act: 1
restart: 1
number: 2
E2
says "a fork there has no plugin" ./host ./plugin.so INIT=act inside=fork open number restart number <<'E2'
note: the init
open: 0 CRASHED: cannot open plugin ./plugin.so: before it was ready, its process belongs to the process of which this is a fork
note: act: 1
open: 1
number: 2
note: the init
restart: 0 CRASHED: cannot restart plugin DIR/plugin.so: before it was ready, its process belongs to the process of which this is a fork
note: act: 1
restart: 1
number: 2
E2

# ---- limits ----

LIMIT=2500 says "the clock of the limit stops in the host" ./host ./plugin.so INIT=act inside=sleep open number <<'E2'
note: the init
note: act: 1
open: 1
number: 2
E2
LIMIT=2500 says "and runs in the plugin, however deep" ./host ./plugin.so INIT=hang open INIT= open INIT=hang restart number <<'E2'
note: the init
call: 0 TIMEOUT: call of callback * of isolated plugin DIR/plugin.so: it exceeded options.timeout_ms (2500 ms), and its process was killed
open: 0 CRASHED: cannot open plugin ./plugin.so: before it was ready, its process was killed: a call of callback * exceeded options.timeout_ms (2500 ms)
note: the init
open: 1
note: the init
call: 0 TIMEOUT: call of callback * of isolated plugin DIR/plugin.so: it exceeded options.timeout_ms (2500 ms), and its process was killed
restart: 0 CRASHED: cannot restart plugin DIR/plugin.so: before it was ready, its process was killed: a call of callback * exceeded options.timeout_ms (2500 ms)
number: 0 CRASHED: call of number of isolated plugin DIR/plugin.so: its process was stopped by plugin_restart; plugin_restart starts another
E2

# ---- what goes wrong ----

says "what a failed init has registered cannot be called" \
    ./host ./plugin.so INIT=fail open registered INIT=register open registered <<'E2'
note: the init
open: 0 INIT_FAILED: cannot open plugin ./plugin.so: the init of package main (plugin.c:N) failed: no luck
registered: 0 CRASHED: call of callback * of isolated plugin DIR/plugin.so: the plugin could not be opened
note: the init
open: 1
registered: 6
E2
says "nor what an init has that crashed" ./host ./plugin.so INIT=crash open registered INIT= open number <<'E2'
note: the init
open: 0 CRASHED: cannot open plugin ./plugin.so: before it was ready, its process was killed by signal 6, and says that it was in plugin_init_0 of plugin.so
registered: 0 CRASHED: call of callback * of isolated plugin DIR/plugin.so: the plugin could not be opened
note: the init
open: 1
number: 2
E2
says "a failed restart, too" ./host ./plugin.so INIT=register open INIT=fail restart registered number INIT= restart number <<'E2'
note: the init
open: 1
note: the init
restart: 0 INIT_FAILED: cannot restart plugin DIR/plugin.so: the init of package main (plugin.c:N) failed: no luck
registered: 0 CRASHED: call of callback * of isolated plugin DIR/plugin.so: its process was stopped by plugin_restart; plugin_restart starts another
number: 0 CRASHED: call of number of isolated plugin DIR/plugin.so: its process was stopped by plugin_restart; plugin_restart starts another
note: the init
restart: 1
number: 2
E2
# Who leaves an open leaves its memory, in process and isolated.
leaves="${ASAN_OPTIONS:-}:detect_leaks=0"
ASAN_OPTIONS=$leaves says "a thread that ends in the host's function ends the plugin" \
    ./host ./plugin.so INIT=act inside=exit "open in a thread" registered open inside= open <<'E2'
note: the init
registered: 0 CRASHED: call of callback * of isolated plugin DIR/plugin.so: its process was killed: a function of the host that it called ended its thread; plugin_restart starts another
open: 0 INIT_FAILED: cannot open plugin ./plugin.so: it was being opened by a thread that has ended
open: 0 INIT_FAILED: cannot open plugin ./plugin.so: it was being opened by a thread that has ended
E2
says "in a restart, which may be repeated" \
    ./host ./plugin.so open INIT=act inside=exit "restart in a thread" number inside= restart number <<'E2'
note: the init
open: 1
note: the init
number: 0 CRASHED: call of number of isolated plugin DIR/plugin.so: its process was killed: a function of the host that it called ended its thread; plugin_restart starts another
note: the init
note: act: 1
restart: 1
number: 2
E2
says "so does a jump" ./host ./plugin.so open INIT=act inside=jump "jump out of restart" number inside= restart number <<'E2'
note: the init
open: 1
note: the init
number: 0 CRASHED: call of number of isolated plugin DIR/plugin.so: its process was killed: a function of the host that it called was left by a jump or an exception; plugin_restart starts another
note: the init
note: act: 1
restart: 1
number: 2
E2
ASAN_OPTIONS=$leaves says "an open that was left by a jump goes on for ever" ./host ./plugin.so INIT=act inside=jump "jump out of open" open <<'E2'
note: the init
open: 0 INIT_FAILED: cannot open plugin ./plugin.so: this call chain is already opening it: DIR/plugin.so opens DIR/plugin.so
E2
for forged in 1 2 3 4 5 6 6x; do
    ./host ./forge.so INIT=$forged open INIT= open number
done >forged.out 2>&1
says "what an init forges is an error of the open" cat forged.out <<'E2'
note: forging
open: 0 CRASHED: cannot open plugin ./forge.so: its process was killed: it said that it was ready, and was not
note: forging
open: 1
number: 1
note: forging
open: 0 CRASHED: cannot open plugin ./forge.so: before it was ready, its process was killed: it called a function of the host that it was not given
note: forging
open: 1
number: 1
note: forging
open: 0 CRASHED: cannot open plugin ./forge.so: before it was ready, its process was killed: it answered a call that was not made
note: forging
open: 1
number: 1
note: forging
open: 0 CRASHED: cannot open plugin ./forge.so: before it was ready, its process was killed: it answered a call that was not made
note: forging
open: 1
number: 1
note: forging
open: 0 CRASHED: cannot open plugin ./forge.so: before it was ready, its process ended with status 0
note: forging
open: 1
number: 1
note: forging
open: 0 SYSTEM: cannot open plugin ./forge.so: its process could not start: 
note: forging
open: 1
number: 1
note: forging
open: 0 CRASHED: cannot open plugin ./forge.so: its process was killed: before it was ready, it sent a message of another size
note: forging
open: 1
number: 1
E2
says "failed opens leave nothing behind" ./host ./plugin.so "INIT=fail at once" "leaks of opens" <<'E2'
leaks: 0
E2
says "those that have passed functions leave but these" ./host ./plugin.so INIT=fail "descriptors of opens" <<'E2'
leaks: 0
E2
says "restarts leave nothing behind" ./host ./plugin.so INIT=register open "leaks of restarts" <<'E2'
note: the init
open: 1
leaks: 0
E2
finish
