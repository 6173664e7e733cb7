#!/bin/sh
# SPDX-License-Identifier: MIT
# options.has_no_types: a host that is not stamped takes types and marks from the plugin.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated/untyped
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g"

build_all() {
    "$PLUGIN" build -buildmode=plugin -o untyped.so "$source/untyped.c" &&
        "$PLUGIN" build -buildmode=plugin -DIMPORTS -o imports.so "$source/untyped.c" &&
        # shellcheck disable=SC2086 # flags are words
        "$PLUGIN" build -o host $TEST_CFLAGS -rdynamic "$source/host.c" &&
        LC_ALL=C sed -i 's/\.plugin/.unused/g' host # the stamp's section, on any machine
}
check "the plugins and an unstamped host build" build_all

says "the plugin's types and marks say what crosses, both ways" ./host ./untyped.so typeless <<'E2'
sum: 42, V: 3
decode: 1 2
visit: 6
E2
says "without the option, the host must be stamped" ./host ./untyped.so typed <<'E2'
cannot open plugin ./untyped.so: PLUGIN_ISOLATED: the program is not stamped, so it is not known what its pointers lead to; build it with `plugin build`, or run: plugin stamp FILE; a program that takes all types from the plugin sets options.has_no_types
E2
says "who has types does not get a plugin that was opened so" ./host ./untyped.so both <<'E2'
cannot open plugin ./untyped.so: it is open with options.has_no_types, by its own marks; plugin_retire lets it be opened again
cannot open plugin ./untyped.so: it is open with options.has_no_types, by its own marks; plugin_retire lets it be opened again
the same: 1
E2
says "in this process, the option is refused" ./host ./untyped.so in-process <<'E2'
cannot open plugin ./untyped.so: options.has_no_types is of isolated plugins: set options.placement to PLUGIN_ISOLATED
E2
says "such a host has nothing that the plugin could import" ./host ./imports.so typeless <<'E2'
./imports.so does not fit DIR/host (1 misfit):
  of_host: not exported by the host
  0 uses compared, 1 not
E2

finish
