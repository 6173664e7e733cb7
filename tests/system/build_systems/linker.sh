#!/bin/sh
# SPDX-License-Identifier: MIT
# The command in place of the compilers' linker: what it stamps, what it leaves alone, how it fails.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/system/build_systems/setup.sh"

lib=$library_directory
linkers=$prefix/libexec/plugin
cflags="-g -fsemantic-interposition -I$prefix/include ${TEST_CFLAGS:-}"
libs="-B$linkers -L$lib -Wl,-rpath,$lib -lplugin"
has_none() { ! has_stamp "$1"; }

cp src/* units/* .
# shellcheck disable=SC2086 # words
link() { cc=$1; shift; $cc $cflags "$@" $libs; }

for how in gcc clang "gcc -fuse-ld=lld" "clang -fuse-ld=lld" "gcc -fuse-ld=gold" "gcc -flto" "clang -flto -fuse-ld=lld"; do
    check "a host: $how" link "$how" -DUNITS_DIRECTORY='"."' -o convert convert.c format.c
    check "a plugin with a package: $how" link "$how" -shared -fPIC -o mile.so mile.c format.c
    check "a plugin without: $how" link "$how" -shared -fPIC -o inch.so inch.c
    ./convert 2 mile >said 2>&1
    ./convert 2 inch >>said 2>&1
    check "they fit: $how" has said '2.00 miles = 3218.69 m
inch = 0.05 m'
done
check "a plugin that never calls libplugin does not need it" sh -c '! readelf -d inch.so | grep libplugin'

# ---- what is a plugin ----

check "a library with a soname" link gcc -shared -fPIC -Wl,-soname,libinch.so.1 -o libinch.so.1 inch.c
check "is not bound to itself" sh -c '! readelf -d libinch.so.1 | grep -w SYMBOLIC'
check "a module that has its file's name as soname" link gcc -shared -fPIC -Wl,-soname,inch.so -o inch.so inch.c
check "is bound to itself, as plugins are" sh -c 'readelf -d inch.so | grep -w SYMBOLIC'
check "arguments in a file" sh -c "echo '-shared -fPIC -o \"in file.so\" inch.c' >words; gcc $cflags @words $libs"
check "of which a plugin comes" has_stamp "in file.so"

# ---- what passes through ----

for what in --version --help --print-map; do
    check "$what" sh -c "gcc -B$linkers -Wl,$what -o map convert.o -x c - >out 2>&1 <<E2
int main(void) { return 0; }
E2
test -s out"
done
check "--version is that of ld" sh -c "gcc -B$linkers -Wl,--version 2>/dev/null | grep -q 'GNU ld'"
check "-r" link "gcc -r -nostdlib" -o both.o inch.c
check "which is no module, is not stamped" has_none both.o
check "-static" sh -c "gcc $cflags -static -DUNITS_DIRECTORY='\".\"' -o alone convert.c format.c -B$linkers -L$lib -lplugin-static"
check "is stamped" has_stamp alone
"$linkers/ld" --version >said 2>&1
check "the linker is found without a compiler, in PATH" has said "GNU ld"
check_fails 1 "a linker that is missing" env PATH=/nowhere "$linkers/ld.gold" --version
cp "$work/log" said
check "is named" has said "cannot find the linker ld.gold in PATH"

# ---- failures ----

echo 'int broken(void) { return nowhere_at_all(); }' >broken.c
check_fails 1 "a link that fails" link "gcc -w" -shared -fPIC -Wl,-z,defs -o broken.so broken.c
cp "$work/log" said
check "says what the linker says" has said nowhere_at_all
check "leaves no file" test ! -e broken.so
echo 'double unit_to_metres(double a) { return a; }' >bare.c
check_fails 1 "a stamp that fails" link gcc -Wl,--stamp-grows=struct\ nowhere -shared -fPIC -o bare.so bare.c
cp "$work/log" said
check "says what is wrong" has said "nowhere"
check "removes the output" test ! -e bare.so
cp inch.so old.so
check_fails 1 "a stamp that fails over an older output" link gcc -Wl,--stamp-grows=struct\ nowhere -shared -fPIC -o old.so bare.c
check "removes that, too" test ! -e old.so

finish
