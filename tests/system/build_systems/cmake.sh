#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/project by CMake: find_package(plugin), FetchContent and add_subdirectory.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/system/build_systems/setup.sh"

left_to_others
# trial NAME SOURCES [OPTION...]: configures, builds, tests and installs in build-NAME.
trial() {
    trial_name=$1 trial_sources=$2
    shift 2
    check "$trial_name: cmake" cmake -S "$trial_sources" -B "build-$trial_name" -DCMAKE_INSTALL_PREFIX="$work/$trial_name" "$@"
    check "$trial_name: cmake --build" cmake --build "build-$trial_name" -j 2
    check "$trial_name: ctest" sh -c "cd build-$trial_name && ctest --output-on-failure"
    check "$trial_name: cmake --install" cmake --install "build-$trial_name"
    converts "$trial_name" "$work/$trial_name"
}
export CMAKE_PREFIX_PATH="$prefix"
trial make . -G "Unix Makefiles"
trial ninja . -G Ninja -DCMAKE_BUILD_TYPE=Release
trial clang . -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld \
    -DCMAKE_MODULE_LINKER_FLAGS=-fuse-ld=lld
check "cmake --install --strip" cmake --install build-ninja --strip --prefix "$work/stripped"
converts stripped "$work/stripped"
check "it is stripped" is_stripped "$work/stripped/bin/convert" "$(find "$work/stripped" -name mile.so)"
# For clang, CMake strips by llvm-strip, which removes what is not loaded.
check "cmake --install --strip, for clang" cmake --install build-clang --strip --prefix "$work/stripped-clang"
converts stripped-clang "$work/stripped-clang"
check "that is stripped, too" is_stripped "$work/stripped-clang/bin/convert"
check "cpack" sh -c 'cd build-ninja && cpack -G TGZ'
mkdir packed
check "the package unpacks" tar -xzf build-ninja/convert-1.0-Linux.tar.gz -C packed --strip-components=1
CONVERT_UNITS=$(dirname "$(find packed -name inch.so)")
export CONVERT_UNITS
converts packed packed
unset CONVERT_UNITS

documented CMake CMakeLists.txt
check "as documented: cmake" cmake -S "$work/documented" -B build-documented -G Ninja "-DCMAKE_C_FLAGS=-DUNITS_DIRECTORY='\".\"'"
check "as documented: cmake --build" cmake --build build-documented
check "as documented: ctest" sh -c 'cd build-documented && ctest --no-tests=error --output-on-failure'
convert_yard() { (cd build-documented && ./convert 2 yard); }
says_alike=
says "as documented: the built-in plugin is opened" convert_yard <<'E2'
2.00 yards = 1.83 m
E2

# A unit that does not fit the program fails ctest, which says why.
cp units/inch.c inch.c
sed -i 's/unit_to_metres/unit_to_meters/' units/inch.c
cmake --build build-make >"$work/log" 2>&1
check_fails 8 "a unit that lacks a symbol fails ctest" sh -c "cd build-make && ctest --output-on-failure -R 'units fit'"
cp "$work/log" said
check "which says why" has said "unit_to_metres"
mv inch.c units/inch.c

# ---- other targets ----

mkdir other
cat >other/CMakeLists.txt <<'E2'
cmake_minimum_required(VERSION 3.19)
project(other C CXX)
find_package(plugin 1.0 REQUIRED)
set(CMAKE_CXX_STANDARD 17)
plugin_add_plugin(shape shape.cc)
plugin_add_plugin(name name.c)
plugin_add_builtin(within name.c)
add_library(hosting STATIC hosting.c)
plugin_stamp(hosting)
add_executable(host host.c)
target_link_libraries(host PRIVATE hosting)
plugin_stamp(host GROWS "struct known" ALIAS "struct known=struct other")
add_executable(whole host.c hosting.c)
target_link_libraries(whole PRIVATE within)
plugin_stamp(whole STATIC)
E2
cat >other/shape.cc <<'E2'
#include <string>
extern "C" int length(const char *text);
int length(const char *text) { return static_cast<int>(std::string(text).size()); }
E2
printf 'int length(const char *text);\nint length(const char *text) { return (int)__builtin_strlen(text); }\n' >other/name.c
cat >other/hosting.c <<'E2'
#include <plugin.h>
int ask(const char *path, const char *text);
int ask(const char *path, const char *text)
{
    int (*length)(const char *) = plugin_as(plugin_lookup(plugin_open(path), "length"), int (*)(const char *));
    return length ? length(text) : -1;
}
E2
cat >other/host.c <<'E2'
#include <plugin.h>
#include <stdio.h>
struct known { int a; };
struct known known;
int ask(const char *path, const char *text);
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("%d\n", ask(argv[i], "four"));
    fputs(plugin_error(), stderr);
    return *plugin_error() != '\0';
}
E2
check "other targets: cmake" cmake -S other -B build-other -G Ninja
check "other targets: cmake --build" cmake --build build-other
asks() { [ "$(cd build-other && ./host ./shape.so ./name.so && ./whole within.so)" = "4
4
4" ]; }
check "a plugin in C++, a host by way of a library, and a static one with a built-in plugin" asks
"$PLUGIN" inspect build-other/host >said 2>&1
check "its promises are recorded" has said "struct known"
check "and its alias" has said "struct other"
is_static() { ! readelf -lW build-other/whole | grep -q INTERP; }
check "that one is static" is_static
printf 'cmake_minimum_required(VERSION 3.19)\nproject(later C)\nfind_package(plugin 2.0 REQUIRED)\n' >other/CMakeLists.txt
check_fails 1 "a later major version is not found" cmake -S other -B build-later
cp "$work/log" said
check "and CMake says which is there" has said "version: 1.0.0"
# refuses TEXT ARGUMENT...: CMake stops at this use of plugin_stamp, and says why.
refuses() {
    text=$1
    shift
    printf 'cmake_minimum_required(VERSION 3.19)\nproject(wrong C)\nfind_package(plugin REQUIRED)\nadd_executable(host host.c)\nplugin_stamp(host %s)\n' "$*" \
        >other/CMakeLists.txt
    rm -rf build-wrong
    check_fails 1 "plugin_stamp(host $*) is refused" cmake -S other -B build-wrong
    tr -s ' \n' ' ' <"$work/log" >said
    check "which says why: $text" has said "$text"
}
refuses "plugin_stamp(host): unknown argument STATICALLY" STATICALLY
refuses "ISOLATED is for STATIC programs" ISOLATED

# ---- with plugin in the build ----

with_plugin outside
mkdir fetching
cat >fetching/CMakeLists.txt <<'E2'
cmake_minimum_required(VERSION 3.24)
project(fetching LANGUAGES C)
include(FetchContent)
include(CTest)
FetchContent_Declare(plugin SOURCE_DIR "${CMAKE_CURRENT_SOURCE_DIR}/../outside" OVERRIDE_FIND_PACKAGE)
add_subdirectory(project)
E2
mkdir fetching/project && cp -R CMakeLists.txt src units tests fetching/project/
check "FetchContent: cmake" without_installation cmake -S fetching -B build-fetched -G Ninja -DCMAKE_INSTALL_PREFIX="$work/fetched"
check "FetchContent: cmake --build" without_installation cmake --build build-fetched
check "FetchContent: ctest" without_installation sh -c 'cd build-fetched && ctest --output-on-failure'
check "FetchContent: cmake --install" without_installation cmake --install build-fetched
converts FetchContent "$work/fetched"
check "FetchContent: the library comes with it" test -n "$(find "$work/fetched" -name libplugin.so.0)"
# add_subdirectory, in the same build folder, where the library is built already: the project needs no find_package.
sed -i '/FetchContent/d; s,^include(CTest),&\nadd_subdirectory(../outside _deps/plugin-build),' fetching/CMakeLists.txt
sed -i '/^find_package/d' fetching/project/CMakeLists.txt
check "add_subdirectory: cmake" without_installation cmake -S fetching -B build-fetched -DPLUGIN_INSTALL=OFF
touch fetching/project/units/inch.c
check "add_subdirectory: cmake --build" without_installation cmake --build build-fetched
check "add_subdirectory: ctest" without_installation sh -c 'cd build-fetched && ctest --output-on-failure'
check "add_subdirectory: cmake --install" without_installation cmake --install build-fetched --prefix "$work/added"
check "without PLUGIN_INSTALL, the library is not installed" test -z "$(find "$work/added" -name 'libplugin*')"
finish
