#!/bin/sh
# SPDX-License-Identifier: MIT
# What the stamp records of promises, and each promise that it refuses, word for word:
# refusals.expected. REFUSE_WRITE=1 writes it; review the difference.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

own=$tests/stamp/promises
. "$own/tags.sh"
cd "$work" || exit 1
cp "$own"/marked.* "$own"/main.c .
cp marked.c marked.cc
cp main.c main.cc
if ! command -v bpftool >/dev/null; then
    skip "what the stamp records of promises" "there is no bpftool"
    finish
    exit
fi

warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wundef -Werror"

# -- Promises --

cat >c.wanted <<'EOF'
api grows
color grows
event grows_until=EVENT_COUNT
info grows_sized=size
length grows_sized=length
module grows_versioned=iVersion
own alias=outside
own alias=second
own_union alias=outside_union
EOF
cat - c.wanted <<'EOF' | sort >cc.wanted
ns__api alias=ns__other
ns__api grows
ns__sized grows_sized=size
ns__tone grows_until=COUNT
EOF

# shellcheck disable=SC2046,SC2086 # flags are words
promises() {
    compiler=$1
    shift
    suffix=$(ending "$compiler")
    check "$compiler $*: no warning" "$PLUGIN" build --cc="$compiler" $(standard "$compiler") $warnings "$@" \
        -o main "main.$suffix" "marked.$suffix" ${TEST_CFLAGS:-}
    check "$compiler $*: plugin_has" ./main
    tags main | grep -v -e object= -e elements= >found
    check_same "$compiler $*: the promises" "$suffix.wanted" found
}
for compiler in gcc clang g++ clang++; do
    if ! command -v "$compiler" >/dev/null; then
        skip "$compiler: promises" "there is no $compiler"
        continue
    fi
    # shellcheck disable=SC2046
    case $compiler in gcc | clang++) promises "$compiler" $(lto "$compiler") ;; esac
    promises "$compiler" -gdwarf-4 -ffunction-sections -fdata-sections -Wl,--gc-sections
done

# A plugin's uses are types apart; nothing else is left of the marks.
echo '#include "marked.h"
int host_log(struct api *); int host_tag(struct own *); int go(struct api *a, struct own *o);
int go(struct api *a, struct own *o) { return host_log(a) + host_tag(o); }' >uses.c
check "a plugin with marks is built" "$PLUGIN" build -buildmode=plugin -o uses.so uses.c
# shellcheck disable=SC2094 # two files
bpftool btf dump file uses.so >dump
check "both copies of a struct are tagged" test "$(grep -c "DECL_TAG 'grows' .*=-1" dump)" = 3
check "of an aliased one, too" test "$(grep -c "DECL_TAG 'alias=second' .*=-1" dump)" = 2
check "no variable is left of a mark" sh -c '! grep "VAR .promise" dump'
check "objects are said to be recorded" sh -c 'tail -n 1 dump | grep "VAR .plugin_objects_. type_id=0"'

# -- Refusals --

# refused NAME DECLARATIONS: a plugin of these declarations. Adds what the stamp says to the transcript.
refused() {
    printf '#include <plugin.h>\n%s\nint V;\n' "$2" >"x.$suffix"
    {
        echo "== $1"
        "$PLUGIN" build --cc="$compiler" -buildmode=plugin -o x.so "x.$suffix" 2>&1 && echo "not refused"
    } >said
    sed -e "s|$work/||g" -e "s|x\.cc|x.c|g" said >>transcript
}
# What depends on how a compiler describes it.
refuse_some() {
    refused 'another type of the enumerator' 'typedef enum { A } e; enum { B }; PLUGIN_GROWS_UNTIL(e, B);'
    refused 'two promises' 'struct s { unsigned a; }; PLUGIN_GROWS(struct s);
PLUGIN_GROWS_SIZED(struct s, a);'
    refused 'two promises of an enum' 'enum e { A }; PLUGIN_GROWS_UNTIL(enum e, A);
PLUGIN_GROWS(enum e);'
    refused 'a member within a member' 'struct s { struct { unsigned a; } b; }; PLUGIN_GROWS_SIZED(struct s, b.a);'
    refused 'an alias of a union' 'struct s { int a; }; PLUGIN_ALIAS(struct s, union u);'
    refused 'an alias without a tag' 'struct s { int a; }; typedef struct { int a; } t; PLUGIN_ALIAS(struct s, t);'
}
refuse_rest() {
    refused 'two promises by two typedefs' 'typedef struct { unsigned n; } s, t; PLUGIN_GROWS(s);
PLUGIN_GROWS_SIZED(t, n);'
    refused 'two members' 'struct s { unsigned a, b; }; PLUGIN_GROWS_SIZED(struct s, b);
PLUGIN_GROWS_SIZED(struct s, a);'
    refused 'a bit-field' 'struct s { int a; int b : 3; }; PLUGIN_GROWS(struct s);'
    refused 'a union at the end' 'union u { int a; }; struct s { int a; union u b; }; PLUGIN_GROWS(struct s);'
    refused 'an array of 1 at the end' 'struct s { int a; int b[1]; }; PLUGIN_GROWS(struct s);'
    refused 'an alias of an int' 'struct s { int a; }; PLUGIN_ALIAS(struct s, int);'
    refused 'an int with an alias' 'PLUGIN_ALIAS(int, struct s);'
    refused 'an int' 'PLUGIN_GROWS(int);'
    refused 'a union' 'union u { int a; }; PLUGIN_GROWS(union u);'
    refused 'a flexible array at the end' 'struct s { int a; int b[]; }; PLUGIN_GROWS(struct s);'
    refused 'a struct until' 'struct s { int a; }; PLUGIN_GROWS_UNTIL(struct s, A);'
}
for compiler in gcc g++; do
    command -v "$compiler" >/dev/null || continue
    suffix=$(ending "$compiler")
    : >transcript
    refuse_some
    if [ "$compiler" = gcc ]; then
        refuse_rest
        [ -z "${REFUSE_WRITE:-}" ] || cp transcript "$own/refusals.expected"
    fi
    head -n "$(wc -l <transcript)" "$own/refusals.expected" >wanted
    check_same "$compiler: the refusals" wanted transcript
done
if command -v g++ >/dev/null; then
    printf '#include <plugin.h>\nstruct b { int a; }; struct s : b {}; PLUGIN_GROWS(s);\nint V;\n' >x.cc
    check_refused "a base class" 'it cannot grow: it has a base class' "$PLUGIN" build --cc=g++ \
        -buildmode=plugin -o x.so x.cc
fi

# not_compiled TEXT DECLARATIONS: compilers of both languages refuse them with these words.
not_compiled() {
    printf '#include <plugin.h>\n%s\n' "$2" >y.c
    cp y.c y.cc
    for compiler in gcc g++; do
        command -v "$compiler" >/dev/null || continue
        check_refused "$compiler: $2" "$1" $compiler -fsyntax-only "-I$(dirname "$PLUGIN")/../include" \
            "y.$(ending $compiler)"
    done
}
not_compiled incomplete 'struct s; PLUGIN_GROWS(struct s);'
not_compiled incomplete 'struct s; PLUGIN_ALIAS(struct s, struct t);'
for type in int float bool; do
    not_compiled integ "struct s { $type size; }; PLUGIN_GROWS_SIZED(struct s, size);"
done
for type in float bool; do
    not_compiled integ "struct s { $type version; }; PLUGIN_GROWS_VERSIONED(struct s, version);"
done
not_compiled operands 'struct s { void *size; }; PLUGIN_GROWS_SIZED(struct s, size);'

finish
