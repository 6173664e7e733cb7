#!/bin/sh
# SPDX-License-Identifier: MIT
# Valgrind finds no leak and no invalid read in the command and in a host. (Skipped with sanitizers,
# which find the same and do not run under Valgrind.)
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
cp "$tree"/examples/seed/*.c "$tests/stamp/types/all.c" "$tests/stamp/types/all.h" .
# Valgrind warns of system calls that it does not know, and goes on.
under_valgrind() {
    valgrind -q --leak-check=full --error-exitcode=99 "$@" 2>warned
    status=$?
    cat warned
    ! grep -q '^--.*WARNING' warned || return 98
    return $status
}
if [ -z "$TEST_CFLAGS" ]; then
    "$PLUGIN" build -buildmode=plugin -w -o all.so all.c
    "$PLUGIN" build -buildmode=plugin -o plugin_name.so plugin_name.c
    "$PLUGIN" build -o host host.c
    check "plugin stamp" under_valgrind "$PLUGIN" stamp all.so
    check "plugin inspect" under_valgrind "$PLUGIN" inspect all.so host
    check "plugin inspect --json" under_valgrind "$PLUGIN" inspect --json all.so host
    check "plugin header" under_valgrind "$PLUGIN" header all.so
    check "plugin header --check" under_valgrind "$PLUGIN" header --check all.so
    check "plugin build" under_valgrind "$PLUGIN" build -buildmode=plugin -s -o again.so plugin_name.c
    check_fails 1 "a failure of plugin stamp" under_valgrind "$PLUGIN" stamp all.c
    check_fails 1 "a failure of plugin header" under_valgrind "$PLUGIN" header all.c
    check "a host" under_valgrind ./host
    check "plugin build -buildmode=archive" under_valgrind "$PLUGIN" build -buildmode=archive \
        -o plugin_name.a plugin_name.c
    check "plugin bundle" under_valgrind "$PLUGIN" bundle -o plugins.o plugin_name.a
    check "plugin build --with" under_valgrind "$PLUGIN" build -o built_in host.c --with=plugin_name.a
    check "plugin inspect, of a host with built-in plugins" under_valgrind "$PLUGIN" inspect built_in
    check_fails 1 "a failure of plugin bundle" under_valgrind "$PLUGIN" bundle -o plugins.o host.c
    check "a host with built-in plugins" under_valgrind ./built_in
    "$PLUGIN" build -o gdb_host "$tests/system/gdb/gdb_host.c"
    for level in 1 2 3 4 5; do
        "$PLUGIN" build -buildmode=plugin -DLEVEL=$level -o $level.so "$tests/system/gdb/work.c"
    done
    content=$(sha256sum 1.so | cut -d ' ' -f 1)
    # Threads of the library still run at the end: their stacks are possibly lost.
    check "a host with sealed, retired and isolated plugins" under_valgrind --errors-for-leak-kinds=definite ./gdb_host 1.so "$content" 2.so 3.so 4.so 5.so
    rm plugin_name.so
    check_fails 1 "a host whose plugin is missing" under_valgrind ./host
else
    pass "left to the sanitizer: $TEST_CFLAGS"
fi

finish
