#!/bin/sh
# SPDX-License-Identifier: MIT
# Attack 15: a hostile plugin against its host. It says what it likes at the start, in each word that
# is shared, and while the host reads; is killed at any time; and takes what it can get.
# FLIPS is a number of seconds.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated/attacks
cd "$work" || exit 1
# Without it, a plugin may make processes, which outlive it.
if lacks seccomp "all of it"; then
    finish
    exit
fi
says_alike="s|$work/|DIR/|g; s/ ([A-Z][a-z ]*)//; s/x\{100,\}/xx/; /^# /d"
# The thread that waited for a plugin's process is joined by plugin_restart or plugin_stop.
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -O1 -o attacker.so -I"$tree" -I"$tree/src" "$source/attacker.c" &&
        "$PLUGIN" build -O1 -o host $TEST_CFLAGS -I"$tree" -I"$tree/src" "$source/host.c" -lpthread
}
check "the plugin and the host build" build_all

says "P7, attack 15: what a plugin says in its process's place, before that is ready, harms itself alone" \
    ./host ./attacker.so 5000 start "-1 1 0 0 0" "1 1 0 0 0" "1012 1 0 0 0" "-1012 1 0 0 0" "0 0 0 0 0" \
    "0 1 0 0 0" "0 1 ffffffff 0 1" "0 2 0 0 1" "0 3 0 0 0" "0 4 0 0 1" "0 4 0 4294967295 1" "0 5 0 7 0" \
    "0 4294967295 0 0 1" "0 1 0 0 0 again" "0 1 0 0 0 exit" "0 1 0 0 0 die" "0 1 0 0 0 hang" exit die hang <<'E2'
-1 1 0 0 0: 0: cannot restart plugin DIR/attacker.so: its process was killed: before it was ready, it sent a message of another size
1 1 0 0 0: 0: cannot restart plugin DIR/attacker.so: its process was killed: before it was ready, it sent a message of another size
1012 1 0 0 0: 0: cannot restart plugin DIR/attacker.so: its process was killed: before it was ready, it sent a message of another size
-1012 1 0 0 0: 0: cannot restart plugin DIR/attacker.so: its process was killed: it said that it was ready, and was not
0 0 0 0 0: 0: cannot restart plugin DIR/attacker.so: its process was killed: before it was ready, it sent a message out of order
0 1 0 0 0: 1
  number: 1
0 1 ffffffff 0 1: 1
  number: 1
0 2 0 0 1: 0: cannot restart plugin DIR/attacker.so: options.isolation.require: this system does not have all of it: xx
0 3 0 0 0: 0: cannot restart plugin DIR/attacker.so: the dynamic loader refuses it: 
0 4 0 0 1: 0: cannot restart plugin DIR/attacker.so: an init failed: xx
0 4 0 4294967295 1: 0: cannot restart plugin DIR/attacker.so: an init failed: xx
0 5 0 7 0: 0: cannot restart plugin DIR/attacker.so: its process could not start: 
0 4294967295 0 0 1: 0: cannot restart plugin DIR/attacker.so: its process could not start: xx
0 1 0 0 0 again: 1
  number: 1
0 1 0 0 0 exit: 0: cannot restart plugin DIR/attacker.so: before it was ready, its process ended with status 7
0 1 0 0 0 die: 0: cannot restart plugin DIR/attacker.so: before it was ready, its process was killed by signal 9
0 1 0 0 0 hang: 0: cannot restart plugin DIR/attacker.so: its constructors and inits exceeded options.timeout_ms (5000 ms)
exit: 0: cannot restart plugin DIR/attacker.so: before it was ready, its process ended with status 7
die: 0: cannot restart plugin DIR/attacker.so: before it was ready, its process was killed by signal 9
hang: 0: cannot restart plugin DIR/attacker.so: its constructors and inits exceeded options.timeout_ms (5000 ms)
restart: 1
number: 1
E2
says "P8, attack 15: each word that is shared, with each value: every call ends, and the host goes on" \
    ./host ./attacker.so 1000 words <<'E2'
words: all
E2
says "P8, attack 15: what changes while the host reads it harms no call that returns" \
    ./host ./attacker.so 1000 flips "${FLIPS:-5}" <<'E2'
flips: calls return, and fail
E2
rounds=200
[ -z "$TEST_CFLAGS" ] || rounds=100
says "P7, attack 15: killed at any time of start, call, call back and stop, nothing of it is left" \
    ./host ./attacker.so 5000 kills $rounds <<'E2'
kills: enough
restart: 1
number: 1
E2
says "attack 15: bombs: processes, threads, messages, descriptors" ./host ./attacker.so 5000 bombs 0 1 3 4 <<'E2'
0: 0: call of bomb of isolated plugin DIR/attacker.so: its process was killed by signal 31, and says that it called clone, which its sandbox denies, in bomb of attacker.so
1: 1
3: 1
4: 1
E2
output_bomb() { ./host ./attacker.so 2000 bombs 2 | { sleep 3; tail -c 400 | tr -d '\0'; }; }
says "attack 15: output that nobody reads is a hang" output_bomb <<'E2'
2: 0: call of bomb of isolated plugin DIR/attacker.so: it exceeded options.timeout_ms (2000 ms), and its process was killed
E2
finish
