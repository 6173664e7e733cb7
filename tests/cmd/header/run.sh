#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin header: what it prints compiles, whatever compiler made the plugin and reads the header.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
source=$tests/cmd/header

# compiles NAME HEADER: passes if every compiler takes the header, in C and in C++.
compiles() {
    for reader in "gcc -x c -std=gnu11" "gcc -x c -std=gnu17" "clang -x c -std=gnu11" "clang -x c -std=gnu17" \
        "g++ -x c++ -std=c++17" "g++ -x c++ -std=c++20" "clang++ -x c++ -std=c++17"; do
        # -Wpsabi is about vectors without AVX.
        # shellcheck disable=SC2086 # words
        check "$1: $reader" $reader -Wall -Wno-psabi -Werror -fsyntax-only -include "$2" /dev/null
    done
}
# header NAME COMPILER FLAG... SOURCE: builds NAME.so and NAME.h.
header() {
    name=$1
    compiler=$2
    shift 2
    # shellcheck disable=SC2086
    "$PLUGIN" build -w -buildmode=plugin --cc=$compiler -o "$name.so" "$@" >log 2>&1 &&
        "$PLUGIN" header "$name.so" >"$name.h" 2>>log || { fail "$name builds" <log; return; }
    compiles "$name" "$work/$name.h"
    "$PLUGIN" header --check "$name.so" >"$name.check"
}
# needs FILE LINE: passes if the header has a comment instead of a declaration.
needs() { check "$1: $2" has "$1" "/* $2 */"; }

header c_gcc gcc "$source/zoo.c"
check "--check compiles after the plugin's own declarations" \
    gcc -w -std=gnu17 -fsyntax-only -include "$source/zoo.c" -x c c_gcc.check
for line in "decimal64: needs _Decimal64" "complex_char: it has a type without a spelling in C" \
    "struct with_complex: it has a type without a spelling in C" "takes: it has a type without a spelling in C" \
    "atomic: needs _Atomic" "named: needs C: a name in it is a keyword of C++"; do
    needs c_gcc.h "$line"
done
check "a pointer to a struct that C cannot define" has c_gcc.h "extern struct with_complex *to_complex;"
cat >uses.c <<'E2'
#include "c_gcc.h"
int uses(void) { return (int)complex_double + (int)float128 + vector[0] + complex_int + keywords.new + (int)decimal64; }
E2
check "gcc finds all that it knows" gcc -Wall -Werror -Wno-psabi -c uses.c
printf 'int a(int) __asm__("a-b.c"); int a(int x) { return x; } int b __asm__("while") = 2;\n' >names.c
header names clang names.c
needs names.h "a-b.c: its name is none in C"
needs names.h "while: its name is none in C"
header c_clang clang "$source/zoo.c"
needs c_clang.h "struct with_bits: it has a type without a spelling in C"
for compiler in g++ clang++; do
    lacks c++ "by $compiler" && continue
    for standard in c++17 c++20; do
        header "${compiler%++}_$standard" $compiler -std=$standard "$source/zoo.cc"
        needs "${compiler%++}_$standard.h" "struct overlapping: its members overlap, as those of a C struct cannot"
    done
done

finish
