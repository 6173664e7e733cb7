#!/bin/sh
# SPDX-License-Identifier: MIT
# <plugin.h> in C11 and in C++17, by gcc and clang: without a warning, and with the same meaning.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/common/placement.sh"

cd "$work" || exit 1
source=$tests/api/language
cp "$tree"/examples/seed/plugin_name.c .
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wcast-align -Wundef -Werror"

for compiler in gcc clang; do
    for standard in c11 gnu11 gnu17; do
        # shellcheck disable=SC2086 # flags are words
        check "$compiler -std=$standard: no warning" "$PLUGIN" build --cc=$compiler -std=$standard \
            $warnings -Wstrict-prototypes -o uses -x c "$source/uses.h" $TEST_CFLAGS
        check "$compiler -std=$standard: the program runs" ./uses
    done
done
# refuse_type COMPILER LANGUAGE TYPE: passes if plugin_as with this type is an error that says why.
refuse_type() {
    printf '#include <plugin.h>\nstruct s { int i; };\nvoid f(const plugin_symbol *s);\nvoid f(const plugin_symbol *s) { (void)plugin_as(s, %s); }\n' \
        "$3" >refused.h
    "$1" -w -fsyntax-only -I"$tree/include" -x "$2" refused.h >said 2>&1 && echo compiled >said
    check "$1: plugin_as of $3 is refused" has said "plugin_as needs a pointer type"
}
for type in int "struct s" "int[3]" "int(int)" void; do
    for compiler in gcc clang; do
        refuse_type $compiler c "$type"
        refuse_type $compiler c++ "$type"
    done
done

with=
if [ "$placement" = built-in ]; then
    "$PLUGIN" build -buildmode=archive -o plugin_name.a plugin_name.c
    with=--with=plugin_name.a
else
    "$PLUGIN" build -buildmode=plugin -o plugin_name.so plugin_name.c
fi
for compiler in g++ clang++; do
    lacks c++ "by $compiler" && continue
    for standard in c++17 gnu++20; do
        # shellcheck disable=SC2086
        check "$compiler -std=$standard: no warning" "$PLUGIN" build --cc=$compiler -std=$standard \
            $warnings -o uses -x c++ "$source/uses.h" $TEST_CFLAGS
        check "$compiler -std=$standard: the program runs" ./uses
    done
    for level in -O0 -O2 "-O2 -flto"; do
        # shellcheck disable=SC2086
        check "$compiler $level: a host in C++ builds" "$PLUGIN" build --cc=$compiler $level -o host \
            "$source/host.cc" $TEST_CFLAGS $with
        ./host >said 2>&1
        check "$compiler $level: and works" has said "Hello, number 7"
    done
done

# shellcheck disable=SC2086
check "a host that counts builds" "$PLUGIN" build -O1 -o repeated "$source/repeated.c" \
    -Wl,--wrap=plugin_assert_ $TEST_CFLAGS $with
./repeated >said 2>&1
check "a repeated plugin_as of one symbol does not call the library" has said "right: 1"
check "a wrong type is compared each time" has said "wrong: 10"

finish
