#!/bin/sh
# SPDX-License-Identifier: MIT
# <plugin_types.h>: the types of plugins of every kind are told alike, as their sources declare them.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/api/types
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g"

# ---- the header ----

include=$(dirname "$(dirname "$PLUGIN")")/include
printf '#include <plugin_types.h>\nplugin_type copy(plugin_type type);\nplugin_type copy(plugin_type type) { struct plugin_type_part part; part.size = sizeof part; return plugin_type_part(type, 0, &part) ? part.type : type; }\n' >header.c
cp header.c header.cc
for compiler in 'gcc -std=c11' 'clang -std=c11 -Wno-unused-command-line-argument' 'g++ -std=c++17 -Wold-style-cast' 'clang++ -std=c++17 -Wno-unused-command-line-argument' 'g++ -std=c++20'; do
    case $compiler in *++*) file=header.cc ;; *) file=header.c ;; esac
    # shellcheck disable=SC2086 # flags are words
    check "$compiler has no warning" $compiler -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I"$include" -fsyntax-only $file
done

# ---- every kind of type ----

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o host $TEST_CFLAGS "$source/types_host.c" &&
        "$PLUGIN" build -buildmode=plugin -o shapes.so "$source/shapes.c" -Wno-strict-prototypes &&
        CC=clang "$PLUGIN" build -buildmode=plugin -o clang.so "$source/shapes.c" -Wno-strict-prototypes -Wno-deprecated-non-prototype
}
check "the host and plugins build" build_all
say_shapes() {
    if ! echo __x86_64__ | cc -E -P - | grep -qx 1; then
        skip "$1" "other machines have no ms_abi, and another long double"
        return
    fi
    says "$1" "$2" "$3" "$4" <"$source/shapes.expected"
}
if [ -n "${REFUSE_WRITE:-}" ]; then
    ./host in-process ./shapes.so >"$source/shapes.expected"
fi
say_shapes "types of every kind are told" ./host in-process ./shapes.so
say_shapes "those that clang compiled, too" ./host in-process ./clang.so
say_shapes "and those of a file" ./host file ./shapes.so

# ---- every kind of plugin ----

cat >plain.c <<'E2'
#include <stdbool.h>
enum mode { OFF, ON = 3 };
struct pair { long left; unsigned char right[4]; enum mode mode; };
struct pair origin;
bool swap(struct pair *pair, double by) { return pair && by > 0; }
E2
cat >plain.expected <<'E2'
struct pair origin
  struct pair, 16 bytes, aligned 8
    0 long left
    8 unsigned char right[4]
    12 enum mode mode
  integer long, 8 bytes, aligned 8, signed
  array, 4 bytes, aligned 1, 4 elements
  enum mode, 4 bytes, aligned 4
    OFF = 0
    ON = 3
  integer unsigned char, 1 bytes, aligned 1, character
_Bool swap(struct pair *pair, double by)
  function, incomplete
    takes struct pair *pair
    takes double by
  bool _Bool, 1 bytes, aligned 1
  pointer, 8 bytes, aligned 8
  float double, 8 bytes, aligned 8
  struct pair, 16 bytes, aligned 8
    0 long left
    8 unsigned char right[4]
    12 enum mode mode
  integer long, 8 bytes, aligned 8, signed
  array, 4 bytes, aligned 1, 4 elements
  enum mode, 4 bytes, aligned 4
    OFF = 0
    ON = 3
  integer unsigned char, 1 bytes, aligned 1, character
E2
build_plain() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o plain.so plain.c && mkdir -p archive &&
        "$PLUGIN" build -buildmode=archive -o archive/plain.a plain.c &&
        "$PLUGIN" build -o built_in $TEST_CFLAGS "$source/types_host.c" --with=archive/plain.a
}
check "a plugin of its own, and one built in, build" build_plain
says "a plugin in process" ./host in-process ./plain.so <plain.expected
says "a plugin built in" ./built_in built-in plain.so <plain.expected
says "a file" ./host file ./plain.so <plain.expected
if ! is_lacking isolation; then
    says "an isolated plugin" ./host isolated ./plain.so <plain.expected
fi
if [ -n "$TEST_CFLAGS" ]; then
    skip "a plugin built into a static program" "a sanitizer does not support static programs: $TEST_CFLAGS"
else
    check "a static program with a plugin builds" \
        "$PLUGIN" build -static -o static "$source/types_host.c" --with=archive/plain.a
    says "its plugin" ./static built-in plain.so <plain.expected
fi
says "the program" ./host program - host_variable host_unseen <<'E2'
int host_variable[2]
  array, 8 bytes, aligned 4, 2 elements
  integer int, 4 bytes, aligned 4, signed
const struct unseen *host_unseen(void)
  function, incomplete
  pointer, 8 bytes, aligned 8
  struct unseen, 4 bytes, aligned 4
    0 int hidden
  integer int, 4 bytes, aligned 4, signed
E2
says "what a file imports" ./host file ./shapes.so host_unseen <<'E2'
const struct unseen *host_unseen(void)
  function, incomplete
  pointer, 8 bytes, aligned 8
  struct unseen, incomplete
E2

# Many types, which stay in the file until they are needed.
many() {
    awk 'BEGIN { for (i = 0; i < 4000; i++) printf "struct s%d { struct s%d *next; int value_%d; };\n", i, i + 1, i
        print "struct s0 first;" }' >many.c
    "$PLUGIN" build -buildmode=plugin -o many.so many.c && ./host in-process ./many.so >many &&
        ./host file ./many.so >file && [ "$(grep -c '^  struct' many)" = 4001 ] && cmp many file
}
check "types that stay in the file are read when they are asked for" many
replaced() {
    # shellcheck disable=SC2046 # the offset and the size of the section
    set -- $(readelf -SW many.so | sed -n 's/.* \.plugin *[A-Z]* *[0-9a-f]* *\([0-9a-f]*\) *\([0-9a-f]*\) .*/0x\1 0x\2/p')
    cp many.so replaced.so
    SPOIL_AT=$(($1 + $2 * 3 / 4)) ./host in-process ./replaced.so first >replaced 2>&1
    has replaced "first: cannot read the type of symbol first of plugin $work/replaced.so: "
}
check "if its file was modified since, that is told" replaced

# ---- what has no type ----

build_silent() {
    printf 'int other;\n' >other.c && cc -g -fPIC -c -o other.o other.c && cc -fPIC -c -o silent.o plain.c &&
        "$PLUGIN" build -buildmode=plugin -o silent.so other.o silent.o && cc -shared -fPIC -o unstamped.so plain.c
}
check "plugins without types build" build_silent
says "what was not recorded" ./host in-process ./silent.so origin <<'E2'
origin: the type of symbol origin of plugin DIR/silent.so was not recorded: the file that defines it was compiled without -g; plugin_address returns its address unchecked
E2
says "nor in a file" ./host file ./silent.so origin <<'E2'
origin: cannot read the type of origin of plugin DIR/silent.so: its type was not recorded
E2
says "what is not stamped" ./host unstamped ./unstamped.so origin <<'E2'
origin: the type of symbol origin is unknown: plugin DIR/unstamped.so is not stamped; run: plugin stamp FILE; plugin_address returns its address unchecked
E2
says "what is not there" ./host in-process ./plain.so orgin <<'E2'
orgin: symbol orgin not found in plugin DIR/plain.so; did you mean origin?
E2
says "nor in a file" ./host file ./plain.so orgin <<'E2'
orgin: cannot read the type of orgin: plugin DIR/plain.so neither exports nor imports it; did you mean origin?
E2
finish
