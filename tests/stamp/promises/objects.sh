#!/bin/sh
# SPDX-License-Identifier: MIT
# Of which structs the stamp records that the module has objects, and how it names the first.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

own=$tests/stamp/promises
. "$own/tags.sh"
cd "$work" || exit 1
cp "$own"/objects.* .
if ! command -v bpftool >/dev/null; then
    skip "what the stamp records of objects" "there is no bpftool"
    finish
    exit
fi
objects_of() { tags "$1" | grep -e object= -e elements=; }

# -- Compilers --

cat >c.objects <<'EOF'
array_declared elements=variable arrays_declared in objects.c
array_local elements=local variable of use in objects.c
array_member elements=member of struct outer in objects.c
array_type elements=array in objects.c
array_typedef elements=variable at in objects.c
array_variable elements=variable av in objects.c
dropped object=local variable of dropped_of in objects.c
file_static object=variable fs in objects.c
inlined object=local variable of inline_of in objects.c
local object=local variable of use in objects.c
local_static object=local variable of use in objects.c
member object=member of struct outer in objects.c
nested object=local variable of use in objects.c
of_both elements=variable all in objects.c
parameter object=parameter of parameter_of in objects.c
result object=result of result_of in objects.c
type_parameter object=parameter of a function type in objects.c
type_result object=result of a function type in objects.c
typedefed object=local variable of use in objects.c
untagged object=local variable of use in objects.c
variable object=variable v in objects.c
EOF
cat >cc.objects <<'EOF'
argument object=member of struct box<argument> in objects.cc
base object=base of derived in objects.cc
box$$long_ object=local variable of use in objects.cc
element elements=member of class derived in objects.cc
first__outer__inner object=member of struct outer in objects.cc
first__same object=local variable of use in objects.cc
in_lambda object=parameter of operator() in objects.cc
in_union object=member of union one in objects.cc
packed object=parameter of sum<packed, packed> in objects.cc
static_member object=variable s in objects.cc
unnamed object=local variable of operator() in objects.cc
EOF

# objects COMPILER SOURCE WANTED FLAG...
objects() {
    objects_name="$1 $2 $(echo "$*" | cut -d ' ' -f 4-)"
    compiler=$1 source=$2 wanted=$3
    shift 3
    check "$objects_name: is built" "$PLUGIN" build --cc="$compiler" -buildmode=plugin -w "$@" -o objects.so "$source" \
        -Wl,--unresolved-symbols=ignore-all
    # shellcheck disable=SC2016 # the name of box<long>
    objects_of objects.so | sed 's/box$$long_int_/box$$long_/' >found
    check_same "$objects_name: the objects" "$wanted" found
}
cp objects.c as.cc
cp c.objects gcc.objects
grep -v '^dropped ' c.objects >c.kept
for flags in -O0 "$(lto gcc)" "-O0 -fdebug-types-section -gdwarf-4"; do
    # shellcheck disable=SC2086
    objects gcc objects.c c.objects $flags
done
objects gcc objects.c c.kept -O0 -ffunction-sections -Wl,--gc-sections
# clang does not describe the variables of others.
sed -i '/^array_declared /d' c.objects
objects clang objects.c c.objects -O0
sed 's/objects\.c$/as.cc/' c.objects >as.wanted
if command -v g++ >/dev/null; then
    objects g++ objects.cc cc.objects -std=c++17 -O0
    # shellcheck disable=SC2046
    objects g++ objects.cc cc.objects -std=c++17 $(lto g++)
fi
if command -v clang++ >/dev/null; then
    objects clang++ objects.cc cc.objects -std=c++17 -O0
    objects clang++ as.cc as.wanted -O0
fi

# -- Debug information in other places --

# is_moved FILE: are its objects those of objects.c? Units that dwz makes have no file's name.
is_moved() {
    "$PLUGIN" stamp "$1" || return 1
    objects_of "$1" | sed 's/ in objects\.c$//' >found
    diff -u gcc.moved found
}
if command -v dwz >/dev/null; then
    sed 's/ in objects\.c$//' gcc.objects >gcc.moved
    for name in one first second; do
        gcc -g -O0 -w -shared -fPIC -Wl,-Bsymbolic -o $name.so objects.c
    done
    dwz one.so
    dwz -m shared.debug -M "$work/shared.debug" first.so second.so
    check "dwz: the objects" is_moved one.so
    check "dwz -m: the objects" is_moved first.so
else
    skip "objects after dwz" "there is no dwz"
fi

# -- Rust --

if command -v rustc >/dev/null; then
    check "a plugin in Rust builds" rustc -g --crate-type cdylib -C panic=abort -A warnings -o r.so objects.rs
    check "and is stamped" "$PLUGIN" stamp r.so
    objects_of r.so >found
    cat >wanted <<'EOF'
Element elements=local variable of run in objects.rs
Global object=variable GLOBAL in objects.rs
Local object=local variable of run in objects.rs
Parameter object=parameter of result in objects.rs
Result object=result of result in objects.rs
EOF
    check_same "Rust: the objects" wanted found
else
    skip "objects in Rust" "there is no rustc"
fi

# -- Depth --

# deep LEVELS: prints a plugin whose function has so many blocks in each other, each with a variable.
deep() {
    cat <<'EOF'
#include <plugin.h>
struct api { int a; };
PLUGIN_GROWS(struct api);
int run(struct api *api);
int run(struct api *api)
{
EOF
    awk -v levels="$1" 'BEGIN {
        for (i = 0; i < levels; i++) print "{ volatile int v" i " = " i ";"
        print "volatile struct api copy = *api; return copy.a;"
        for (i = 0; i < levels; i++) print "}"
        print "}" }'
}
: >found
for levels in 200 300; do
    deep $levels >deep.c
    check "$levels blocks within each other are stamped" "$PLUGIN" build --cc=gcc -O0 -buildmode=plugin -o deep.so \
        deep.c
    "$PLUGIN" inspect deep.so | grep GROWS >>found
done
cat >wanted <<'EOF'
  PLUGIN_GROWS(struct api);   /* object: local variable of run in deep.c */
  PLUGIN_GROWS(struct api);   /* its objects are not recorded */
EOF
check_same "objects that are nested too deeply are said to be not recorded" wanted found

# -- Built-in plugins --

cat >program.c <<'EOF'
#include <plugin.h>
struct api { int a; };
PLUGIN_GROWS(struct api);
struct other { int a; };
int host_use(struct api *api, struct other *other);
int host_use(struct api *api, struct other *other) { return !api + !other; }
int main(void) { return plugin_address(plugin_lookup(plugin_open("built.so"), "use")) ? 0 : 1; }
EOF
cat >built.c <<'EOF'
#include <plugin.h>
struct api { int a; };
struct other { int a; };
PLUGIN_GROWS(struct other);
PLUGIN_ALIAS(struct api, struct its_name);
int use(struct api *api, struct other *other);
int use(struct api *api, struct other *other) { return !api + !other; }
EOF
# shellcheck disable=SC2086 # flags are words
with_built_in() {
    "$PLUGIN" build -buildmode=archive -o built.a built.c &&
        "$PLUGIN" build -o program program.c --with=built.a ${TEST_CFLAGS:-}
}
check "a program with a built-in plugin builds" with_built_in
check "and opens it" ./program
tags program | grep -v -e object= -e elements= >found
echo 'api grows' >wanted
check_same "the promises of the program are its own" wanted found
# A record of a package would let the first open read the program's file.
check "promises are no packages" sh -c 'readelf -SW program |
    grep -q "plugin_marks *PROGBITS *[0-9a-f]* *[0-9a-f]* 000001 "'

finish
