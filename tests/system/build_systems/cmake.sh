#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/project by CMake: find_package, FetchContent, and what the functions take.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
installed=${PLUGIN%/bin/plugin}
unset DESTDIR
export CFLAGS="${TEST_CFLAGS:-}" LDFLAGS="${TEST_CFLAGS:-}"
says_alike=
runs() {
    program=$1/bin/convert
    says "the miles, which share a package: $2" "$program" 2 mile <<'E2'
2.00 miles = 3218.69 m
E2
    says "the yards, which are built in: $2" "$program" 2 yard <<'E2'
2.00 yards = 1.83 m
E2
    says "the inches, without packages: $2" "$program" 2 inch <<'E2'
inch = 0.05 m
E2
}

# build NAME SOURCE [OPTION...]: configures, builds, tests, installs and strips; what installs is $work/NAME/inst.
build() {
    name=$1 source=$2
    shift 2
    check "$name: configured" cmake -S "$source" -B "$name" "-DCMAKE_INSTALL_PREFIX=$work/$name/inst" "$@"
    check "$name: built" cmake --build "$name"
    check "$name: its tests pass" ctest --test-dir "$name" --no-tests=error --output-on-failure
    check "$name: installed and stripped" cmake --install "$name" --strip
}

# ---- find_package ----

cp -r "$tree/examples/project" project
build release project -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=gcc "-DCMAKE_PREFIX_PATH=$installed"
runs release/inst "Release, gcc"
# CMake strips with llvm-strip, which would remove stamps.
build debug project -G "Unix Makefiles" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang "-DCMAKE_PREFIX_PATH=$installed"
runs debug/inst "Debug, clang"
pack() { (cd release && cpack -G TGZ && mkdir unpacked && tar xzf convert-1.0-Linux.tar.gz -C unpacked --strip-components=1); }
check "cpack makes a package" pack
mkdir -p release/moved && mv release/inst release/moved/
says "what is in the package runs" env CONVERT_UNITS="$(dirname "$(find release/unpacked -name mile.so)")" \
    release/unpacked/bin/convert 2 mile <<'E2'
2.00 miles = 3218.69 m
E2

# ---- other languages, static programs, concessions ----

mkdir more
cat >more/CMakeLists.txt <<'E2'
cmake_minimum_required(VERSION 3.19)
project(more LANGUAGES C CXX)
find_package(plugin 1.0 REQUIRED)
plugin_add_plugin(cxx cxx.cc)
add_executable(alone alone.c)
plugin_stamp(alone STATIC)
add_executable(host host.c)
plugin_stamp(host GROWS "struct options")
E2
cat >more/cxx.cc <<'E2'
#include <plugin.h>
extern "C" { int answer = 42; }
E2
cat >more/alone.c <<'E2'
#include <plugin.h>
#include <stdio.h>
int main(void) { plugin *p = plugin_open("./none.so"); puts(p ? "opened" : plugin_error()); return 0; }
E2
cat >more/host.c <<'E2'
#include <plugin.h>
#include <stdio.h>
struct options { int a; };
struct options options;
int main(int argc, char **argv)
{
    plugin *p = argc == 2 ? plugin_open(argv[1]) : NULL;
    int *v = p ? plugin_as(plugin_lookup(p, "answer"), int *) : NULL;
    printf("%d\n", v ? *v : -1);
    return 0;
}
E2
check "C++ and static: configured" cmake -S more -B morebuild -G Ninja "-DCMAKE_PREFIX_PATH=$installed"
check "C++ and static: built" cmake --build morebuild
says "a C++ plugin is opened" morebuild/host morebuild/cxx.so <<'E2'
42
E2
check "GROWS reaches the link" grep -q -- '--stamp-grows=struct options' morebuild/build.ninja
"$PLUGIN" inspect morebuild/host >said 2>&1
check "and the stamp" grep -qi 'grow' said
check "a static program is static" sh -c '! readelf -l morebuild/alone | grep -q INTERP'
check "and stamped" sh -c 'readelf -SW morebuild/alone | grep -F " .plugin "'
refuse() {
    mkdir -p "wrong$1"
    printf 'cmake_minimum_required(VERSION 3.19)\nproject(w LANGUAGES C)\nfind_package(plugin %s REQUIRED)\nfile(WRITE ${CMAKE_BINARY_DIR}/a.c "int main(void){return 0;}")\nadd_executable(a ${CMAKE_BINARY_DIR}/a.c)\n%s\n' "$2" "$3" >"wrong$1/CMakeLists.txt"
    cmake -S "wrong$1" -B "wrong$1/b" -G Ninja "-DCMAKE_PREFIX_PATH=$installed" >"wrong$1/log" 2>&1 && return 1
    tr -s ' \n' ' ' <"wrong$1/log" >log
    has log "$4"
}
check "a word that plugin_stamp does not know is refused" refuse 1 "" "plugin_stamp(a STATICALLY)" \
    "plugin_stamp(a): unknown argument STATICALLY"
check "ISOLATED without STATIC is refused" refuse 2 "" "plugin_stamp(a ISOLATED)" "ISOLATED is for STATIC programs"
check "a later version is refused" refuse 3 "99" "" 'compatible with requested version "99"'

# ---- FetchContent ----

mkdir fetched
mkdir unpacked
for part in CMakeLists.txt LICENSE meson.build meson_options.txt cmake cmd fuzz gdb go-bridge include man src stamp worker; do
    cp -r "$tree/$part" unpacked
done
tar czf plugin.tgz unpacked
cp -r project fetched/project
cat >fetched/CMakeLists.txt <<E2
cmake_minimum_required(VERSION 3.24)
project(whole LANGUAGES C)
include(FetchContent)
FetchContent_Declare(plugin URL file://$work/plugin.tgz OVERRIDE_FIND_PACKAGE)
enable_testing()
add_subdirectory(project)
E2
# The code was tested, so it may be slow.
export CFLAGS="-O0 -g0"
build fetch fetched -G Ninja
runs fetch/inst "FetchContent"

finish
