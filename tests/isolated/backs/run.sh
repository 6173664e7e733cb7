#!/bin/sh
# SPDX-License-Identifier: MIT
# Isolated plugins that call the host: functions that cross, and calls back that are wrong.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
# The threads of a process that has ended are joined by plugin_restart or plugin_stop.
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g; s/ ([A-Z][a-z ]*)//"
# A time limit that no call reaches which ends by itself.
export LIMIT=60000

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o backs.so "$source/backs/backs.c" &&
        "$PLUGIN" build -o backs_host $TEST_CFLAGS "$source/backs/backs_host.c" &&
        "$PLUGIN" build -buildmode=plugin -o constructor.so "$source/backs/constructor.c" &&
        "$PLUGIN" build -buildmode=plugin -o refused.so "$source/backs/backs_refused.c" &&
        "$PLUGIN" build -buildmode=plugin -o forge.so -I"$tree" -I"$tree/src" "$source/backs/forge.c" &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/backs/forge_host.c" -lpthread
}
check "the plugins and the hosts build" build_all

# ---- what crosses ----

./backs_host ./backs.so >in-process 2>&1
./backs_host ./backs.so isolated >isolated 2>&1
check "in process, all calls back are well" has in-process "all of it: well"
check_same "isolated, each gives the same" in-process isolated
says "a constructor cannot call the host" ./backs_host ./constructor.so isolated only <<'E2'
cannot open plugin ./constructor.so: its process could not start: a constructor calls a function of the host, before all of the plugin is mapped: call it in a PLUGIN_INIT
E2
says "what cannot be called back is told, all at once" ./backs_host ./refused.so isolated only <<'E2'
cannot open plugin ./refused.so: it cannot be isolated (4 reasons):
  host_variable: isolated plugins do not support variables of the host: pass what the plugin needs to its functions
  format: parameter 1: int (*print)(const char *, ...): isolated plugins do not support variable arguments: take an array with PLUGIN_COUNTED
  lines: parameter 1: its parameter 1: FILE *: isolated plugins do not support streams: pass the bytes, or a path
  write_to: parameter 1: its parameter 1: char *: nothing says how many bytes: give the function's type a name by typedef and say how many with PLUGIN_COUNTED, or make it const char * if it is a string
E2

# ---- calls in calls ----

says "calls nest 32 deep, and the call that goes deeper is an error" ./host ./forge.so deep number <<'E2'
deeper: 16 UNSUPPORTED: call of call of isolated plugin DIR/forge.so: calls nest more than 32 deep
deep: 16
number: 1
E2
says "a crash in a call that nests is an error of that call, and of those around it" \
    ./host ./forge.so crash number restart number <<'E2'
inside: 0 CRASHED: call of crash of isolated plugin DIR/forge.so: its process was killed by signal 11, and says that it was in crash of forge.so
inside again: 0 CRASHED: call of number of isolated plugin DIR/forge.so: its process was killed by signal 11, and says that it was in crash of forge.so; plugin_restart starts another
crash: 0 CRASHED: call of call of isolated plugin DIR/forge.so: its process was killed by signal 11, and says that it was in crash of forge.so; plugin_restart starts another
number: 0 CRASHED: call of number of isolated plugin DIR/forge.so: its process was killed by signal 11, and says that it was in crash of forge.so; plugin_restart starts another
restart: 1
number: 1
E2
says "a call back can neither stop nor restart the plugin" ./host ./forge.so within number <<'E2'
stop: 0 UNSUPPORTED: cannot stop plugin DIR/forge.so: the calling thread is in a call of it
restart: 0 UNSUPPORTED: cannot restart plugin DIR/forge.so: the calling thread is in a call of it
within: 2
number: 1
E2
LIMIT=3000 says "the clock of a limit stops while the host's function runs" ./host ./forge.so wait 4000 number <<'E2'
wait: 4000
number: 1
E2
LIMIT=6000 says "a call that nests extends no limit" ./host ./forge.so extend 300 extend 2550 <<'E2'
inside: 300
extend: 1
inside: 2550
extend: 0 TIMEOUT: call of slow of isolated plugin DIR/forge.so: it exceeded options.timeout_ms (6000 ms), and its process was killed
E2
lacks threads-after-fork "a fork in a call back has no plugin" ||
    says "a fork in a call back has no plugin until it restarts one of its own" ./host ./forge.so fork number <<'E2'
in the child: 0 CRASHED: call of number of isolated plugin DIR/forge.so: its process belongs to the process of which this is a fork; plugin_restart starts another
fork: 0 CRASHED: call of call of isolated plugin DIR/forge.so: its process belongs to the process of which this is a fork; plugin_restart starts another
restart in the child: 1
call in the child: 8
fork: 3
number: 1
E2
says "a call back that ends its thread ends the plugin" ./host ./forge.so exit number restart call <<'E2'
number: 0 CRASHED: call of number of isolated plugin DIR/forge.so: its process was killed: a function of the host that it called ended its thread; plugin_restart starts another
restart: 1
call: 42
E2
says "so does a jump out of one" ./host ./forge.so jump number restart call jump restart call <<'E2'
number: 0 CRASHED: call of number of isolated plugin DIR/forge.so: its process was killed: a function of the host that it called was left by a jump or an exception; plugin_restart starts another
restart: 1
call: 42
restart: 1
call: 42
E2
says "a crash in a call of the plugin's own thread is one of all" ./host ./forge.so thread restart call <<'E2'
thread: 0 CRASHED: call of in_thread of isolated plugin DIR/forge.so: its process was killed by signal 11, and says that it was in crash of forge.so
restart: 1
call: 42
E2

# ---- whose functions last how long ----

says "a function of the plugin belongs to its process" \
    ./host ./forge.so adder held pass restart held pass adder held pass <<'E2'
adder: 1
held: 2
pass: 2
restart: 1
held: 0 CRASHED: call of callback * of isolated plugin DIR/forge.so: the function belongs to a process that has ended
pass: 0 CRASHED: call of call of isolated plugin DIR/forge.so: call: parameter function: the function belongs to a process that has ended
adder: 1
held: 2
pass: 2
E2
says "the plugin keeps a function of the host until its process ends" \
    ./host ./forge.so keep kept restart kept <<'E2'
keep: 0
kept: 8
restart: 1
kept: -1
E2
says "each side passes at most 1,024 functions" \
    ./host ./forge.so many 4000 call restart call many-back 4000 call <<'E2'
many: 1024 UNSUPPORTED: call of keep of isolated plugin DIR/forge.so: keep: parameter function: more than 1024 functions are passed
call: 0 UNSUPPORTED: call of call of isolated plugin DIR/forge.so: call: parameter function: more than 1024 functions are passed
restart: 1
call: 42
many-back: 1025 NO_MEMORY: call of adder of isolated plugin DIR/forge.so: the plugin's process is out of handles
call: 42
E2

# ---- what is wrong ----

says "what does not fit into a message, in either direction, ends the plugin" \
    ./host ./forge.so endless restart text restart call <<'E2'
endless: 0 CRASHED: call of endless of isolated plugin DIR/forge.so: its process was killed by signal 6, and says that it could not call the host, in endless of forge.so: int (*)(const char *): parameter 1: the string is longer than the 2097071 bytes that are left of the message
restart: 1
text: 0 CRASHED: call of text of isolated plugin DIR/forge.so: its process was killed: what the host returned to it cannot cross: const char *(*)(void): the result: the string is longer than the 2097087 bytes that are left of the message
restart: 1
call: 42
E2
lacks threads-after-fork "a function of the host that goes beyond the one object" ||
    says "a function of the host that goes beyond the one object that it was passed reads no other" \
        ./host ./forge.so beyond number <<'E2'
the host ends: 1
number: 1
E2
says "a forged call back ends the plugin, and runs nothing" \
    ./host ./forge.so forge 0 forge 1 restart forge 2 restart forge 3 restart forge 4 restart forge 5 restart \
    forge 6 restart forge 7 restart forge 8 <<'E2'
forge: 14
forge: 0 CRASHED: call of forge of isolated plugin DIR/forge.so: its process was killed: it called a function of the host that it was not given
restart: 1
forge: 0 CRASHED: call of forge of isolated plugin DIR/forge.so: its process was killed: it called a function of the host that it was not given
restart: 1
forge: 0 CRASHED: call of forge of isolated plugin DIR/forge.so: its process was killed: it called a function of the host that it was not given
restart: 1
forge: 0 CRASHED: call of forge of isolated plugin DIR/forge.so: its process was killed: it called a function of the host that it was not given
restart: 1
forge: 0 CRASHED: call of forge of isolated plugin DIR/forge.so: its process was killed: the call of callback * has another size than it says
restart: 1
forge: 0 CRASHED: call of forge of isolated plugin DIR/forge.so: its process was killed: its call back is larger than a message
restart: 1
forge: 0 CRASHED: call of forge of isolated plugin DIR/forge.so: its process was killed: the call of callback * ends within its header
restart: 1
forge: 0 CRASHED: call of forge of isolated plugin DIR/forge.so: its process was killed: it answered a call that was not made
E2
finish
