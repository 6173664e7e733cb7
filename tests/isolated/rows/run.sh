#!/bin/sh
# SPDX-License-Identifier: MIT
# What crosses, by type, at all that compilers do: each plugin and each host by gcc and clang, with and
# without optimisation, in all pairs. In process and isolated, a host prints the same.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
cd "$work" || exit 1
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"

kinds="gcc-O0 gcc-O2 clang-O0 clang-O2"
# A sanitizer is that of one compiler.
[ -z "$TEST_CFLAGS" ] || kinds="cc-O0 cc-O2"

build() { # KIND
    # shellcheck disable=SC2086 # flags are words
    for name in rows backs shared; do
        flags="-O${1#*-O} -I$tree -I$tree/src"
        CC=${1%-*} "$PLUGIN" build -buildmode=plugin -o "$name-$1.so" $flags "$source/$name/$name.c" &&
            CC=${1%-*} "$PLUGIN" build -o "$name-$1" $flags $TEST_CFLAGS "$source/$name/${name}_host.c" || return
    done
}
# same NAME ACT...: the host of this name, with all plugins.
same() {
    host=$1
    shift
    for kind in $kinds; do
        plugin=./${host%%-*}-$kind.so
        "./$host" "$plugin" "$@" >in-process 2>&1 && "./$host" "$plugin" "$@" isolated >isolated 2>&1 ||
            { echo "$plugin $*:"; cat in-process isolated; return 1; }
        sed -i 's/^host [01]$/host/' in-process isolated # strings are copies
        diff -u in-process isolated || { echo "$plugin $*"; return 1; }
    done
}
# memory KIND: with plugin_alloc, of which most is for isolated plugins alone, all pairs print the same.
memory() {
    for kind in $kinds; do
        "./shared-$1" "./shared-$kind.so" memory isolated | sed "s|$work/shared-$kind|shared|" >memory
        [ -e first ] || cp memory first
        diff -u first memory || { echo "shared-$kind.so"; return 1; }
    done
    has first "restart: 1"
}
crosses() { # KIND
    same "rows-$1" && same "backs-$1" && same "shared-$1" variables && same "shared-$1" pointers && memory "$1"
}

for kind in $kinds; do
    check "$kind builds" build "$kind"
done
for kind in $kinds; do
    check "what crosses, to and from a host of $kind" crosses "$kind"
done
finish
