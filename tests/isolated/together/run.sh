#!/bin/sh
# SPDX-License-Identifier: MIT
# Isolated plugins that need all at once: packages, inits, libraries, shared memory and calls back.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated/together
cd "$work" || exit 1
if [ -n "$TEST_CFLAGS" ]; then
    skip "all of it" "plugins with inits need libplugin, and the worker has no sanitizers"
    finish
    exit
fi
says_alike="s|$work/|DIR/|g"

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o libneeded.so -Wl,-soname,libneeded.so "$source/library.c" &&
        # shellcheck disable=SC2016 # of the dynamic loader
        "$PLUGIN" build -buildmode=plugin -o plugin.so "$source/plugin.c" -L. -lneeded '-Wl,-rpath,$ORIGIN' &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/host.c"
}
check "the plugin, its library and the host build" build_all

./host ./plugin.so >in-process 2>&1
./host ./plugin.so isolated >isolated 2>&1
check_same "isolated, all of it together is what it is in process" in-process isolated
says "so it is in the next process" ./host ./plugin.so isolated again <<'E2'
order: library plugin
V: 7
is V: 11
is in memory: 1
add: 42
has: 42
add to V: 9
import: 20
thread: 24
V: 6
restart: 1
order: library plugin
V: 7
is V: 11
is in memory: 1
add: 42
has: 42
add to V: 9
import: 20
thread: 24
V: 6
turn: 0: call of turn of isolated plugin DIR/plugin.so: it returned a function of the host as one of another type
note: retire
retire: 1
E2
INIT=call says "an init can call the host" ./host ./plugin.so isolated <<'E2'
note: an init
order: library plugin
V: 7
is V: 11
is in memory: 1
add: 42
has: 42
add to V: 9
import: 20
thread: 24
V: 6
note: retire
retire: 1
E2
finish
