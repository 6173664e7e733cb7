#!/bin/sh
# SPDX-License-Identifier: MIT
# Every truncation and every single-bit flip of the example plugin, stamped and stripped.
# usage: run.sh PROGRAM, the program built from tests/system/flips/flips.c
. "$(dirname "$0")/../../common/tap.sh"

if [ -n "${TEST_IS_SLOW:-}" ]; then
    skip "every flip" "thirty thousand processes take too long on this target"
    finish
    exit
fi
program=$(realpath "$1")
cd "$work" || exit 1
# A small file has fewer bits to flip: no padding to pages, no start files of the C library.
small="-Os -s -nostartfiles -fno-asynchronous-unwind-tables -Wl,-z,noseparate-code -Wl,--build-id=none"
{
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin $small -o plugin_name.so \
        "$tree/examples/seed/plugin_name.c" &&
        cp "$program" host && "$PLUGIN" stamp host
} >log 2>&1 || {
    fail "the plugin and the host build" <log
    finish
    exit
}
./host ./plugin_name.so
