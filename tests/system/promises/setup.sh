# SPDX-License-Identifier: MIT
# Sourced, after tap.sh, by the tests of the promises of SECURITY.md.
# shellcheck shell=sh disable=SC2154 # tests, tree and work are set by tests/common/tap.sh
source=$tests/system/promises
cd "$work" || exit 1
chmod 755 .
unset LD_BIND_NOW # with it, dlopen binds all at once, whatever its flags are
mark=$work/mark
library=$(find "$(dirname "$PLUGIN")/.." -name libplugin.so.0)

# plugin_of OUTPUT FLAG|FILE...: builds a plugin; library_of: an unstamped library; host_of: a host.
plugin_of() {
    output=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin $TEST_CFLAGS "-DMARK=\"$mark\"" -o "$output" "$@"
}
library_of() {
    output=$1
    shift
    cc -g -fPIC -shared "-DMARK=\"$mark\"" "-Wl,-soname,${output##*/}" -o "$output" "$@"
}
host_of() {
    output=$1
    shift
    # shellcheck disable=SC2086
    "$PLUGIN" build $TEST_CFLAGS -o "$output" "$@"
}

says_alike="s|$work|DIR|g; s/built by [a-z]* [0-9.]*/built by COMPILER/g"

# runs NAME COMMAND...: passes if code that leaves the mark runs. refuses NAME COMMAND... <EXPECTED:
# passes if the command prints these lines and no such code runs.
runs() {
    runs_name=$1
    shift
    rm -f "$mark"
    "$@" >attacked 2>&1
    check "$runs_name" test -e "$mark"
}
refuses() {
    rm -f "$mark"
    says "$@"
    check "$1: nothing ran" test ! -e "$mark"
}

# dies NAME COMMAND...: passes if a signal ends the command.
dies() {
    dies_name=$1
    shift
    "$@" >attacked 2>&1
    status=$?
    check "$dies_name" test $status -gt 128 -o -n "$TEST_CFLAGS" -a $status -ne 0
}

check "P1: the host of these tests builds" host_of host "$source/host.c" -ldl
printf '\n' | minisign -G -f -W -p own.pub -s own.sec >/dev/null 2>&1
key=key=$(sed -n 2p own.pub)
sign() { "$PLUGIN" sign -s own.sec "$@"; }

# Tests open chosen.so, a copy of plain.so. evil.so differs in its number only; needs.so needs a library.
build_plugins() {
    plugin_of plain.so -DNUMBER=1 "$source/marked.c" && plugin_of evil.so -DNUMBER=666 "$source/marked.c" &&
        cp plain.so chosen.so && sign chosen.so && mkdir libraries evil-libraries &&
        library_of libraries/libbrought.so -DNUMBER=40 -DNAME=brought "$source/marked.c" &&
        library_of evil-libraries/libbrought.so -DNUMBER=666 -DNAME=brought "$source/marked.c" &&
        plugin_of needs.so -DNUMBER=2 -DCALLS=brought "$source/marked.c" -Llibraries -lbrought \
            -Wl,-rpath,"$work/libraries" && sign needs.so
}
check "P2: plugins with and without a signature, and with a library, build" build_plugins
