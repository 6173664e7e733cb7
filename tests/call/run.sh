#!/bin/sh
# SPDX-License-Identifier: MIT
# libplugin-call: calls and callbacks by type, of plugins in every place; and what it refuses.
. "$(dirname "$0")/../common/tap.sh"
source=$tests/call
export TSAN_OPTIONS="${TSAN_OPTIONS:-} report_thread_leaks=0 die_after_fork=0"
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g; s/, and says that it was in [^;]*//; s/ ([A-Z][a-z ]*)//"

# ---- values of every class ----

host_of() {
    output=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o "$output" $TEST_CFLAGS -I"$tree" "$@" -lplugin-call
}
build_all() {
    "$PLUGIN" build -buildmode=plugin -o values.so "$tests/isolated/values/values.c" &&
        CC=clang "$PLUGIN" build -buildmode=plugin -o clang.so -O2 "$tests/isolated/values/values.c" &&
        host_of host "$source/calls_host.c" && mkdir -p archive &&
        "$PLUGIN" build -buildmode=archive -o archive/values.a "$tests/isolated/values/values.c" &&
        host_of built_in "$source/calls_host.c" --with=archive/values.a
}
check "plugins and hosts build" build_all
said() { echo "33 kinds of values, 0 wrong"; }
said >expected.all
says "in process, each call is as a direct one" ./host ./values.so <expected.all
says "with clang, too" ./host ./clang.so <expected.all
says "built in" ./built_in values.so built-in <expected.all
if ! is_lacking isolation; then
    says "isolated, and callbacks are called from there" ./host ./values.so isolated <expected.all
fi

# ---- a static program ----

build_static() {
    "$PLUGIN" build -static -o static -I"$tree" "$source/calls_host.c" --with=archive/values.a -lplugin-call -lffi
}
if [ -n "$TEST_CFLAGS" ]; then
    skip "a static program" "a sanitizer does not support static programs: $TEST_CFLAGS"
elif ! lacks libffi.a "a static program"; then
    check "a static program links with libplugin-call.a" build_static
    says "and calls what is built into it" ./static values.so built-in <expected.all
    build_static_isolated() {
        "$PLUGIN" build -static -o static_isolated -I"$tree" "$source/calls_host.c" -lplugin-call -lplugin-static-isolated -lffi
    }
    if [ -e "$(find "$(dirname "$(dirname "$PLUGIN")")/" -name libplugin-static-isolated.a)" ]; then
        check "it links beside that for isolated plugins" build_static_isolated
        says "and calls those" env PLUGIN_WORKER="$(cd "$(dirname "$PLUGIN")/.." && find "$PWD" -name plugin-worker)" \
            ./static_isolated ./values.so isolated <expected.all
    fi
fi

# ---- what is refused ----

build_refused() {
    "$PLUGIN" build -buildmode=plugin -o refused.so "$source/refused.c" -Wno-strict-prototypes -Wno-psabi &&
        host_of refused_host "$source/refused_host.c"
}
check "a plugin of others builds" build_refused
if [ -n "${REFUSE_WRITE:-}" ]; then
    ./refused_host ./refused.so | sed "$says_alike" >"$source/refused.expected"
fi
if echo __x86_64__ | cc -E -P - | grep -qx 1; then
    says "what cannot be called by its type is refused" ./refused_host ./refused.so <"$source/refused.expected"
else
    skip "what cannot be called by its type is refused" "other values are, and without ms_abi, on another machine"
fi

# ---- calls that fail ----

cat >failing.c <<'E3'
#include <errno.h>
#include <plugin.h>
#include <stdlib.h>
int twice(int n) { return 2 * n; }
#ifdef OPENS
int fails(int n) { plugin_open("/absent"); errno = ENOENT; return n; }
#else
int fails(int n) { errno = ENOENT; return n; }
#endif
int crash(int n) { abort(); return n; }
E3
build_failing() {
    "$PLUGIN" build -buildmode=plugin -DOPENS -o opening.so failing.c &&
        "$PLUGIN" build -buildmode=plugin -o failing.so failing.c && host_of failing_host "$source/failing_host.c"
}
check "a plugin that fails builds" build_failing
says "in process, a function that leaves an error has not failed" ./failing_host ./opening.so <<'E3'
crash can fail: 0
fails can fail: 0
twice can fail: 0
twice: done, 42
fails: done, 7
errno: the function's
twice: done, 8
E3
if ! is_lacking isolation; then
    says "isolated, a call that fails tells why" ./failing_host ./failing.so isolated <<'E3'
crash can fail: 1
fails can fail: 1
twice can fail: 1
twice: done, 42
fails: done, 7
errno: the function's
crash: failed, 0: call of crash of isolated plugin DIR/failing.so: its process was killed by signal 6
twice: failed, 0: call of twice of isolated plugin DIR/failing.so: its process was killed by signal 6; plugin_restart starts another
restart: 1
twice: done, 8
E3
fi

# ---- pkg-config ----

prefix=$(cd "$(dirname "$PLUGIN")/.." && pwd)
by_pkg_config() {
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name plugin-call.pc)")
    export PKG_CONFIG_PATH
    # shellcheck disable=SC2046,SC2086 # flags are words
    cc -g $TEST_CFLAGS -rdynamic -o by_pkg_config "$source/failing_host.c" $(pkg-config --define-variable=prefix="$prefix" --cflags --libs plugin-call) &&
        LD_LIBRARY_PATH=$(dirname "$(find "$prefix" -name libplugin-call.so)") ./by_pkg_config ./failing.so | grep "twice: done, 42"
}
check "pkg-config has all that a program needs" by_pkg_config
needs() {
    library=$(find "$prefix" -name libplugin-call.so)
    readelf -dW "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\.so.*/\1/p' | sort | tr '\n' ' ' | grep -x '\(libasan \)*libc libffi libplugin \(libubsan \)*' &&
        nm -D --defined-only "$library" | sed 's/.* //' | grep -v '^plugin_call' | grep plugin && return 1
    ! nm "$library" | grep ' [tT] plugin_type_'
}
[ -z "$TEST_CFLAGS" ] && check "the library has nothing of libplugin in it, but needs it" needs
finish
