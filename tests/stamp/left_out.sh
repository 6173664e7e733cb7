#!/bin/sh
# SPDX-License-Identifier: MIT
# Links by hand with each line of `plugin flags` left out in turn: the stamp, or else plugin check, says
# which one is missing. left_out.expected has what they say.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
cd "$work" || exit 1
cp -R "$tree"/examples/project/src "$tree"/examples/project/units .
prefix=$(cd "$(dirname "$PLUGIN")/.." && pwd)
library=$("$PLUGIN" flags --libs)
include="-Isrc -I$prefix/include"

# tells WHAT COMPILER FLAGS...: makes a file, x, stamps it, and adds what the stamp says.
tells() {
    echo "== $1, by $2"
    shift
    rm -f x
    # shellcheck disable=SC2086 # flags are words
    "$@" $include ${TEST_CFLAGS:-} -o x >said 2>&1 || { cat said; return; }
    "$PLUGIN" stamp x 2>&1 && echo stamped
}
# judges WHAT PROGRAM PLUGIN: adds what plugin check says.
judges() {
    echo "== $1"
    "$PLUGIN" check "$2" "$3" 2>&1
}

# ---- what is said of each, beside what is said if nothing is left out ----

packages="units/mile.c src/format.c"
list='-Wl,--dynamic-list=list'
echo '{ format_digits; format_amount; };' >list
cat >own.c <<'E2'
#include "unit.h"
double factor(void) { return 2; }
double unit_to_metres(double amount) { return amount * factor(); }
E2
cat >count.cc <<'E2'
struct counter { int n; counter(); int next() { static int all; return n = ++all; } };
counter::counter() : n(0) {}
extern "C" int count() { counter c; return c.next(); }
E2
link='-fPIC -shared'
program="src/convert.c src/format.c"
{
    for cc in gcc clang; do
        # shellcheck disable=SC2086 # lists of flags and files
        {
            tells all $cc -g $link $list $packages
            tells "without -g" $cc $link -Wl,-Bsymbolic own.c
            tells "without -Wl,-Bsymbolic" $cc -g $link own.c
            tells "without -Wl,--dynamic-list" $cc -g $link -Wl,-Bsymbolic $packages
        }
    done
    # shellcheck disable=SC2086
    tells "without -fno-gnu-unique" g++ -g $link -Wl,-Bsymbolic count.cc
    # shellcheck disable=SC2086
    tells "without -fno-gnu-unique and -Wl,-Bsymbolic" g++ -g $link count.cc

    # shellcheck disable=SC2086
    {
        tells "a program without -g" gcc -rdynamic '-DUNITS_DIRECTORY="."' $program $library
        tells all gcc -g $link $list $packages && mv x mile.so
        gcc -g $include ${TEST_CFLAGS:-} -rdynamic '-DUNITS_DIRECTORY="."' -o convert $program $library
        judges "the program without a stamp" convert mile.so
        "$PLUGIN" stamp convert
        judges all convert mile.so
        gcc -g $include ${TEST_CFLAGS:-} '-DUNITS_DIRECTORY="."' -o hides $program $library
        "$PLUGIN" stamp hides
        judges "without -rdynamic" hides mile.so
        gcc -g $include $link $list -o unstamped.so $packages
        judges "the plugin without a stamp" convert unstamped.so
        gcc -c -g $include -fPIC units/inch.c -o inch.o
        judges "without -shared" convert inch.o
    }
} | sed "s|$work|DIR|g" >actual
check_same "what is left out is named" "$tests/stamp/left_out.expected" actual

# ---- what the linker itself says, before there is anything to stamp ----

# refuses NAME TEXT COMPILER FLAGS...: passes if the link fails, and this is why.
refuses() {
    name=$1
    text=$2
    shift 2
    # shellcheck disable=SC2086 # flags are words
    if LC_ALL=C "$@" $include -o x >said 2>&1; then
        fail "$name: the link fails" </dev/null
    else
        check "$name: the linker names it" has said "$text"
    fi
}
for cc in gcc clang; do
    # shellcheck disable=SC2086
    refuses "-fPIC, $cc" 'recompile with -fPIC' $cc -g -fno-pic -shared -Wl,-Bsymbolic $packages
    # shellcheck disable=SC2086
    refuses "-lplugin, $cc" 'undefined reference to `plugin_' $cc -g -rdynamic '-DUNITS_DIRECTORY="."' $program
done

# A static program can be linked with either archive of the library: both judge alike.
if [ -z "${TEST_CFLAGS:-}" ]; then
    for line in "$("$PLUGIN" flags --host --static)" "$library"; do
        # shellcheck disable=SC2086
        gcc -g $include -static '-DUNITS_DIRECTORY="."' -o static $program $line >said 2>&1
        check "a static program is stamped" "$PLUGIN" stamp static
        CONVERT_UNITS=. ./static 2 mile >said 2>&1
        check "and says what it cannot do" has said 'a static program has no dynamic loader'
    done
fi

finish
