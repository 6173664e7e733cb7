#!/bin/sh
# SPDX-License-Identifier: MIT
# Types of more than 4 KiB are packed, and outlined in .BTF, if that saves an eighth. All that reads a
# stamp says the same of them.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"
PATH=$PATH:/usr/sbin # bpftool's place

# types COUNT: prints structs that point to each other, some of which have others by value.
types() {
    awk -v count="$1" 'BEGIN {
        for (i = 0; i < count; i++) {
            printf "enum color%d { RED%d = %d, BLUE%d };\n", i, i, i * 7 - 100, i
            printf "struct node%d { struct node%d *next; const char *name%d; enum color%d color%d : 9; union { long a; double b; } u; int sizes[%d]; };\n", i, (i + 1) % count, i, i, i, i % 5 + 1
        }
    }'
}
module() {
    types 60
    cat <<'C'
struct whole { struct node3 three; struct node4 *four; };
struct whole whole;
struct node5 *five;
struct line { char bytes[8]; } __attribute__((aligned(64))) line;
struct hidden;
int visit(struct node1 *first, const struct whole *rest, struct hidden *hidden, ...)
{
    return first->next && rest && hidden;
}
int count(struct node11 (*rows)[2])
{
    return rows != 0;
}
struct node7 seven(void)
{
    return (struct node7){.color7 = BLUE7};
}
struct node9 use(struct node2 *);
int call(void)
{
    struct node9 nine = use(0);
    return (int)nine.color9;
}
C
}
host() {
    types "${1:-60}"
    cat <<'C'
#include <plugin.h>
#include <stdio.h>
struct node9 use(struct node2 *node)
{
    (void)node;
    return (struct node9){.color9 = BLUE9};
}
int main(int count, char **arguments)
{
    plugin *p = plugin_open(arguments[count - 1]);
    int (*call)(void) = p ? plugin_as(plugin_lookup(p, "call"), int (*)(void)) : 0;
    if (call)
        printf("%d\n", call());
    else
        puts(plugin_error());
    return !call;
}
C
}
version() { "$PLUGIN" inspect --json "$1" | sed -n 's/.*"format_version": *\([0-9]*\).*/\1/p'; }
has_version() { [ "$(version "$2")" = "$1" ] || { echo "version $(version "$2")"; return 1; }; }
size_of() { echo $((0x$(readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk -v name="$2" '$1 == name { print $5 }'))); }

module >module.c
host >host.c
# shellcheck disable=SC2086 # flags are words
build_host() { "$PLUGIN" build $TEST_CFLAGS -o "$1" "$1.c"; }
build_all() {
    "$PLUGIN" build -buildmode=plugin -o module.so module.c && cp module.so again.so && stamp again.so &&
        build_host host
}
check "a plugin and a host of many types build" build_all
check "the types are packed" has_version 7 module.so
check "the host's, too" has_version 7 host
check "stamping again gives the same bytes" cmp module.so again.so
check "the plugin fits, and runs" prints "$((9 * 7 - 100 + 1))" ./host ./module.so

few() {
    echo 'struct s { int i; } s; int F(struct s *one) { return one->i; }' >few.c
    "$PLUGIN" build -buildmode=plugin -o few.so few.c && has_version 4 few.so
}
check "few types are not packed" few
by_value() {
    { types 60; echo 'struct all {'; seq 0 59 | sed 's/.*/struct node& m&;/'; echo '} all;'; } >value.c
    "$PLUGIN" build -buildmode=plugin -o value.so value.c && has_version 4 value.so
}
check "nor types of which the symbols have most by value" by_value
small() {
    sum=$(($(size_of module.so .plugin) + $(size_of module.so .BTF))) whole=$(size_of value.so .BTF)
    echo "$sum bytes; by value, .BTF alone has $whole"
    [ $((sum * 5)) -lt $((whole * 2)) ]
}
check "packed, they take less than two fifths" small
# packed_size FILE: prints how many bytes the packed types take.
packed_size() {
    od -An -tu4 -j $((0x$(readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk '$1 == ".plugin" { print $4 }') + 172)) -N 4 "$1" | tr -d ' '
}
# Of one type, declarations are one; `.plugin` has their names.
one_type() {
    { module; seq 1 500 | sed 's/.*/int function_&(void) { return &; } extern int import_&(void); int (*of_&)(void) = import_&;/'; } >many.c
    "$PLUGIN" build -buildmode=plugin -o many.so many.c && has_version 7 many.so || return 1
    more=$(($(packed_size many.so) - $(packed_size module.so)))
    echo "1500 declarations take $more bytes"
    [ "$more" -lt 300 ] && lists many.so 'int function_77(void)' && lists many.so 'int (*of_77)(void)'
}
check "many declarations of one type take few bytes" one_type
once() { [ "$(readelf -p .plugin host | grep -c ' libc\.so')" -le 1 ]; }
check "the name of a library is there once" once
survives() {
    cp module.so stripped.so && strip stripped.so && has_version 7 stripped.so && ./host ./stripped.so
}
check "strip keeps them" survives

# ---- what reads them ----

declared() {
    lists module.so 'int visit(struct node1 *first, const struct whole *rest, struct hidden *hidden, ...)' &&
        lists module.so 'struct whole whole' && lists module.so 'int call(void)'
}
check "plugin inspect declares the symbols" declared
header() {
    "$PLUGIN" header module.so >module.h && { module; cat; } >check.c <<'C' &&
#define PLUGIN_HEADER_NO_TYPES
#include "module.h"
C
    "$PLUGIN" header --check module.so >checks.h && { module; echo '#include "checks.h"'; } >checks.c &&
        grep -q 'struct node59 {' module.h && cc -Wall -Werror -fsyntax-only check.c checks.c
}
check "plugin header declares all types, as the source has them" header
outlined() {
    bpftool btf dump file module.so >outline || return 1
    for line in "FUNC 'visit' .*linkage=global" "VAR 'whole' .*linkage=global" "STRUCT 'whole' size=" \
        "STRUCT 'node3' size=" "ENUM 'color3' " "STRUCT 'node5' size=" "STRUCT 'node7' size=" \
        "STRUCT 'node11' size=" "FWD 'node1' fwd_kind=struct" "FWD 'node4' fwd_kind=struct" \
        "FWD 'node6' fwd_kind=struct" "DECL_TAG 'aligned=64'"; do
        grep -q "$line" outline || { echo "no $line"; cat outline; return 1; }
    done
    ! grep "FWD 'node[357]'\|STRUCT 'node[14]'\|'node2'\|FUNC 'use'\|node59\|object=" outline &&
        bpftool btf dump file module.so format c >outline.h && cc -x c -fsyntax-only outline.h
}
# Of a program, the types alone.
outlined_host() {
    bpftool btf dump file host >outline || return 1
    for line in "FWD 'node2' fwd_kind=struct" "STRUCT 'node9' size=" "FWD 'node10' fwd_kind=struct"; do
        grep -q "$line" outline || { echo "no $line"; cat outline; return 1; }
    done
    ! grep "FUNC 'use'\|node59\|object=" outline && bpftool btf dump file host format c >outline.h &&
        cc -x c -fsyntax-only outline.h
}
virtual() {
    { echo 'extern "C" {'; types 60; cat; } >classes.cc <<'C'
struct hidden;
struct shape { virtual double area(hidden *); virtual ~shape(); node7 *nodes; };
double total(shape *first, const node1 *node) { return node ? first->area(nullptr) : 0; }
shape *current;
node7 *all(node8 *, node9 *, node10 *, node11 *) { return nullptr; }
}
C
    "$PLUGIN" build -buildmode=plugin -o classes.so classes.cc && has_version 7 classes.so &&
        bpftool btf dump file classes.so | grep "STRUCT 'shape_vtable' size="
}
if command -v bpftool >/dev/null; then
    check "and the virtual functions of a class" virtual
    check "bpftool prints what the symbols of a program need" outlined_host
    check "bpftool prints what the symbols need" outlined
else
    skip "and the virtual functions of a class" "there is no bpftool"
    skip "bpftool prints what the symbols of a program need" "there is no bpftool"
    skip "bpftool prints what the symbols need" "there is no bpftool"
fi

# ---- misfits ----

wrong() {
    host | sed 's/const char \*name2;/const char **name2;/' >wrong.c
    build_host wrong && has_version 7 wrong
}
check "a host that knows another struct builds" wrong
differs() {
    ! ./wrong ./module.so >said && has said "struct node2" && has said "name2"
}
check "a difference behind a pointer is found, and told" differs
same() {
    "$PLUGIN" check "$PWD/wrong" module.so >checked 2>&1
    sed 's/^/check: /' checked
    grep -q name2 checked
}
check "plugin check finds it, too" same

# ---- damage ----

# damaged OFFSET-IN-SECTION: makes damaged.so, in which this byte of .plugin has changed.
damage() {
    cp module.so damaged.so
    place=$((0x$(readelf -SW damaged.so | sed 's/^ *\[ *[0-9]*\] *//' | awk '$1 == ".plugin" { print $4 }') + $1))
    byte=$(od -An -tu1 -j "$place" -N 1 damaged.so)
    # shellcheck disable=SC2059 # an escape
    printf "$(printf '\\%03o' $((byte ^ 255)))" | dd of=damaged.so bs=1 seek="$place" conv=notrunc 2>/dev/null
}
tables=$(od -An -tu4 -j $((0x$(readelf -SW module.so | sed 's/^ *\[ *[0-9]*\] *//' | awk '$1 == ".plugin" { print $4 }') + 168)) -N 4 module.so | tr -d ' ')
refused() { ! ./host ./damaged.so >said && has said "$1"; }
damage 176
check "the checksum covers the checksum of the types" refused "checksum does not match"
damage 171
check "packed types must end the section" refused "the packed types do not end the section"
damage $((tables + 20))
check "damaged types do not matter to equal hashes" prints "$((9 * 7 - 100 + 1))" ./host ./damaged.so
unread() {
    ! ./wrong ./damaged.so >said && has said "its .plugin section is damaged: checksum of its types does not match"
}
check "they agree with nothing else" unread
uninspected() {
    ! "$PLUGIN" inspect damaged.so >said 2>&1 && has said "checksum of its types does not match"
}
check "and plugin inspect refuses them" uninspected

finish
