#!/bin/sh
# SPDX-License-Identifier: MIT
# The public interface: builds plugins, and runs the programs that open them.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/common/placement.sh"

cd "$work" || exit 1
source=$tests/api/library

# make NAME FLAG|FILE...: builds a plugin. In the second run it is built in, unless its name has a
# directory: those are for tests of files.
make() {
    name=$1
    shift
    case $placement$name in
    loadable* | */*) "$PLUGIN" build -buildmode=plugin -o "$name" "$@" ;;
    *)
        "$PLUGIN" build -buildmode=archive -o "${name%.so}.a" "$@" || return
        with="$with --with=${name%.so}.a"
        ;;
    esac
}
with=

# plugin_of NAME NUMBER: builds a plugin with content of its own.
plugin_of() {
    make "$1" -DNUMBER="$2" "$ifunc" "$source/fixture.c"
}
ifunc=-DHAS_IFUNC=1
is_lacking ifunc && ifunc=-DHAS_IFUNC=0

# nested NAME VARIABLE: builds a plugin that opens the one that the variable names. The name alone makes
# their contents differ.
nested() {
    make "$1" -DOPENS="\"$2\"" "$source/nested.c"
}

build_all() {
    set -e
    mkdir elsewhere empty searched
    chmod 755 empty searched # what anybody can write to is not searched
    number=40
    plugin_of seed.so 1
    plugin_of other.so 2
    plugin_of moved-1.so 21
    plugin_of moved-2.so 22
    plugin_of named.so 31
    plugin_of elsewhere/named.so 32
    for name in once same replaced replacing original mending verified searched/found inner at-once many \
        sealed; do
        number=$((number + 1))
        plugin_of "$name.so" $number
    done
    for number in 1 2; do
        cc -g -shared -fPIC -Wl,-Bsymbolic -DNUMBER=6$number "$ifunc" -o by-hand-$number.so "$source/fixture.c"
        "$PLUGIN" stamp by-hand-$number.so
    done
    plugin_of kept.so 70
    plugin_of demanded.so 71
    plugin_of threads-1.so 81
    plugin_of threads-2.so 82
    make elsewhere/indirect.so -DHAS_IFUNC=1 "$source/fixture.c"
    [ "$placement" = built-in ] || {
        make replaces.so "$source/replaces.c"
        cp seed.so replacement
    }
    nested opens-other.so OPENS_OTHER
    nested opens-self.so OPENS_SELF
    nested ring-a.so OPENS_RING_B
    nested ring-b.so OPENS_RING_A
    nested cross-a.so OPENS_CROSS_B
    nested cross-b.so OPENS_CROSS_A
    echo '#include <stdlib.h>
int main(void) { exit(3); }' >has-main.c
    make has-main.so has-main.c
    cc -g -shared -fPIC -Wl,-Bsymbolic -o unstamped.so "$source/fixture.c"
    for part in $parts; do
        # shellcheck disable=SC2086 # flags are words
        "$PLUGIN" build -o "test-$part" "$source/$part.c" -lcmocka -lpthread -ldl $TEST_CFLAGS \
            "$ifunc" $with
    done
}
parts='symbols files interfaces calls'
(build_all) >log 2>&1
status=$?
check "the plugins and the tests build" test "$status" -eq 0
[ "$status" -eq 0 ] || sed 's/^/# /' log

for part in $parts; do
    CMOCKA_MESSAGE_OUTPUT=TAP "./test-$part" >>results 2>>errors || status=1
done
# Renumbers the results of cmocka.
while read -r line; do
    case $line in
    "# next: "*) reason=${line#\# next: } ;;
    *SKIP*) only_loadable "${reason:-it is about built-in plugins}" "${line##*SKIP }" ||
        pass "${line##*SKIP } # SKIP ${reason:-it is about built-in plugins}"; reason= ;;
    ok*) pass "${line#* - }" ;;
    "not ok"*) grep -v '^ok' results | cat - errors >explanation && fail "${line#* - }" <explanation ;;
    esac
done <results
check "the test program exits by itself, after all tests" test "$status" -eq 0 -a "$(grep -cE '^ok|# SKIP' results)" -ge 45
[ "$status" -eq 0 ] || sed 's/^/# /' errors

finish
