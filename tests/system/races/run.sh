#!/bin/sh
# SPDX-License-Identifier: MIT
# ThreadSanitizer reports a data race between a host and its plugin; with a lock on both sides, it does not.
. "$(dirname "$0")/../../common/tap.sh"
cd "$work" || exit 1

# A library with another sanitizer needs hosts with the same one.
case $TEST_CFLAGS in
'' | *thread*) flags="-g -fsanitize=thread" ;;
*) flags= ;;
esac
if [ -n "$flags" ]; then
    export TSAN_OPTIONS="exitcode=66 ${TSAN_OPTIONS:-}"
    # shellcheck disable=SC2086 # a list of flags
    check "build a host" "$PLUGIN" build $flags -o host "$tests/system/races/host.c" -pthread
    for locked in 0 1; do
        # shellcheck disable=SC2086
        check "build a plugin, LOCKED=$locked" "$PLUGIN" build -buildmode=plugin $flags -DLOCKED=$locked \
            -o counts$locked.so "$tests/system/races/plugin.c" -pthread
    done
    check_fails 66 "a race between plugin and host fails" ./host ./counts0.so reads
    cp log report
    check "ThreadSanitizer reports it" has report "WARNING: ThreadSanitizer: data race"
    check "with the plugin's function" has report "count_up"
    check "and with the host's" grep -q "#0 main" report
    check_fails 66 "so does a race in which only the plugin takes the lock" ./host ./counts1.so reads
    check "with the lock on both sides, there is no race" ./host ./counts1.so locks
    check "and no count is lost" [ "$(./host ./counts1.so locks)" = 1000 ]
else
    skip "a race between plugin and host" "this build has another sanitizer"
fi
finish
