#!/bin/sh
# SPDX-License-Identifier: MIT
# Tries one change of the table: builds the new side, and judges both ways, each by `plugin check`, by
# an open, and by abidiff.
# usage: try.sh DIRECTORY, which holds the changed sources, beside the built old side in `old`
#
# Leaves in the directory: log (of the build), and for each way (new: the new plugin in the old host;
# old: the old plugin in the new host) WAY.check, WAY.open (what they say), WAY.fits ("fits" or
# "misfit", by check) and WAY.abidiff (the same, by abidiff).
set -u
cd "$1" || exit 1
old=$(dirname "$1")/old
read -r compiler flags <with

# Objects are compiled once, as `plugin build` compiles the files of a package.
interposed=-fsemantic-interposition

# The default compiler links the host: another one may lack the sanitizers of TEST_CFLAGS.
# shellcheck disable=SC2086 # flags are words
build() {
    "$compiler" $flags -w -g -fPIC $interposed -I"$(dirname "$PLUGIN")/../include" -c main.c geom.c &&
        "$PLUGIN" build --cc="$compiler" $flags -buildmode=plugin -o plugin.so main.o geom.o &&
        "$PLUGIN" build $flags -o host "$old/host.o" geom.o $TEST_CFLAGS &&
        "$compiler" $flags -shared -o geom.so geom.o
}

# judge WAY HOST PLUGIN HOST'S-GEOM PLUGIN'S-GEOM
judge() {
    if "$PLUGIN" check "$2" "$3" >"$1.check" 2>&1; then echo fits; else echo misfit; fi >"$1.fits"
    "$PLUGIN" check --json "$2" "$3" >"$1.json" 2>"$1.errors"
    "$2" "$3" >"$1.open" 2>&1
    # Bit 4 of its exit status: the ABI has changed. What was added, an older user does not need.
    abidiff --no-added-syms "$5" "$4" >"$1.difference" 2>&1
    [ $(($? & 4)) -eq 0 ] && echo fits >"$1.abidiff" || echo misfit >"$1.abidiff"
}

build >log 2>&1 || exit 0
judge new "$old/host" "$PWD/plugin.so" "$old/geom.so" geom.so
judge old "$PWD/host" "$old/plugin.so" geom.so "$old/geom.so"
