#!/bin/sh
# SPDX-License-Identifier: MIT
# <plugin.hpp>: without a warning, by g++ and clang++; what its templates ask for is stamped; its
# functions and objects, with exceptions and without.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/common/document.sh"
source=$tests/languages/cpp
cd "$work" || exit 1
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wcast-align -Wundef -Wold-style-cast -Werror"
isolates() { [ -z "${TEST_CFLAGS:-}" ] && find "$(dirname "$PLUGIN")/.." -name libplugin-isolated.so.0 | grep -q .; }

plugins() {
    mkdir plugins && echo text >plugins/b.txt && cp "$source/shapes.c" . &&
        "$PLUGIN" build -buildmode=plugin -o shapes.so shapes.c -I"$source" &&
        "$PLUGIN" build -buildmode=plugin -DVERSION='"1.3"' -o plugins/a.so shapes.c -I"$source" &&
        "$PLUGIN" build -buildmode=plugin -o worker.so "$source/worker.c" && cp worker.so plugins/c.so
}
check "the plugins build" plugins

# build COMPILER OUTPUT FLAG|FILE...
build() {
    compiler=$1
    output=$2
    shift 2
    [ "$compiler" = g++ ] || set -- -fstandalone-debug "$@"
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build "--cc=$compiler" -std=c++17 -o "$output" ${TEST_CFLAGS:-} "$@"
}

for compiler in g++ clang++; do
    lacks c++ "by $compiler" && continue
    for how in -std=c++17 -std=gnu++20 "-std=c++17 -fno-exceptions -fno-rtti"; do
        # shellcheck disable=SC2086
        check "$compiler $how: no warning" $compiler $how $warnings -fsyntax-only -I"$tree/include" "$source/host.cc"
    done
    for how in -O0 -O2 "-O1 -fno-exceptions"; do
        # shellcheck disable=SC2086
        check "$compiler $how: a host builds" build $compiler host $how "$source/host.cc"
        for name in gets chains symbols interfaces options files scans retires; do
            check "$compiler $how: $name" ./host $name
        done
        isolates && check "$compiler $how: isolated" ./host isolated
    done

    # ---- the probes of templates ----

    # With -flto, clang++ takes the two structs of one name for one, in C++'s sense.
    for how in -O0 -O2 "-O2 -flto" "-O0 -DINCOMPLETE" "-O2 -flto -DINCOMPLETE"; do
        [ "$compiler $how" = "clang++ -O2 -flto" ] && continue
        case $how in *INCOMPLETE) fits="1 1 1 1 1" ;; *) fits="0 0 0 0 0" ;; esac
        for order in "first second" "second first"; do
            # shellcheck disable=SC2046,SC2059,SC2086 # names are words
            check "$compiler $how: files in the order $order build" build $compiler probes $how \
                $(printf "$source/%s.cc " $order)
            printf 'first: 1 1 1 1 1\narea: 6\nsecond: %s\n' "$fits" >expected
            ./probes >actual 2>&1
            check_same "$compiler $how, $order: each file's uses are judged by its own types" expected actual
        done
    done

    cat >gone.cc <<'END'
#include <plugin.hpp>
int main()
{
    for (const char *name : plugins::examine("a.so").symbols())
        return *name;
}
END
    check_refused "$compiler: the names of a file that is gone are refused" deleted $compiler -std=c++17 \
        -fsyntax-only -I"$tree/include" gone.cc
done

# ---- the example ----

no_warnings() {
    for compiler in g++ clang++; do
        # shellcheck disable=SC2086
        $compiler -std=c++17 $warnings -fsyntax-only -I"$tree/include" "$tree"/examples/cpp/*.cc || return 1
    done
    gcc -Wall -Wextra -Wshadow -Wconversion -Werror -fsyntax-only -I"$tree/include" "$tree"/examples/cpp/*.c
}
check "the example has no warnings" no_warnings
isolates && document cpp cpp c

finish
