#!/bin/sh
# SPDX-License-Identifier: MIT
# The order and the places of PLUGIN_RETIRE that the stamp records; and what it refuses or warns of, word
# for word: refusals.expected. REFUSE_WRITE=1 writes it; review the difference.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

own=$tests/stamp/retires
cd "$work" || exit 1
: "${TEST_CFLAGS:=}"
includes="-I$(dirname "$PLUGIN")/../include"

cat >first.c <<'EOF'
#include <plugin.h>
int V;
PLUGIN_RETIRE { V = 3; } PLUGIN_RETIRE { V = 4; }
PLUGIN_INIT { V = 1; } PLUGIN_INIT { V = 2; }
PLUGIN_RETIRE
{
    V = 5;
}
PLUGIN_INIT { V = 2; }
EOF
cat >second.c <<'EOF'
#include <plugin.h>
int W;
PLUGIN_INIT { W = 1; }
PLUGIN_RETIRE { W = 4; }
PLUGIN_INIT { W = 1; }
PLUGIN_RETIRE { W = 4; }
EOF
{
    sed '1,2!d' first.c
    echo 'namespace outer { PLUGIN_RETIRE { V = 3; } namespace { PLUGIN_RETIRE { V = 4; } } }'
    sed '1,3d' first.c
} >first.cc
cp second.c second.cc
cat >wanted <<'EOF'
retires (5), in the order of execution
  second.c:6
  second.c:4
  first.c:5
  first.c:3
  first.c:3
EOF

build_plugin() { "$PLUGIN" build -buildmode=plugin "$@"; }
# retires FILE: prints those that are recorded.
retires() { "$PLUGIN" inspect "$1" | sed -n '/^retires (/,/^[^ r]/{/^[^ r]/d;s/\.cc:/.c:/;p;}'; }
# tells NAME FILE: checks that they are what is wanted.
tells() {
    retires "$2" >told
    check_same "$1" wanted told
}

# -- What is recorded --

for compiler in gcc clang g++ clang++; do
    if ! command -v "$compiler" >/dev/null; then
        skip "$compiler: retires" "there is no $compiler"
        continue
    fi
    case $compiler in *++) ending=cc ;; *) ending=c ;; esac
    lto=-flto
    [ "${compiler#clang}" = "$compiler" ] || lto='-flto -fuse-ld=lld'
    for flags in -O0 '-O2 -fdata-sections -ffunction-sections -Wl,--gc-sections' "-O2 $lto" \
        '-Wall -Wextra -Wpedantic -Wconversion -Werror'; do
        # shellcheck disable=SC2086 # flags are words
        check "$compiler $flags: a plugin is built" build_plugin --cc="$compiler" $flags -o x.so \
            "first.$ending" "second.$ending"
        tells "$compiler $flags: its retires are in the reverse order" x.so
    done
done

# Each is at the code of its line. gcc may merge those that do the same.
cat >places.py <<'EOF'
import json, subprocess, sys
inspected = subprocess.run([sys.argv[1], "inspect", "--json", "x.so"], stdout=subprocess.PIPE)
shown = json.loads(inspected.stdout)
assert shown["format_version"] == 6 and shown["info"] == [], shown
functions = set()
for line in subprocess.run(["nm", "x.so"], stdout=subprocess.PIPE, text=True).stdout.splitlines():
    address, kind, name = line.rsplit(maxsplit=2) if len(line.split()) == 3 else ("", "", "")
    if name.startswith("plugin_retire_") and kind == "t":
        functions.add(int(address, 16))
places = {one["address"] for one in shown["retires"]}
assert len(shown["retires"]) == 5 and places == functions, (shown["retires"], functions)
[inits] = [one["inits"] for one in shown["packages"] if one["path"] == "main"]
assert not places & {one["address"] for one in inits}
EOF
for flags in -O0 -O2 '-Wl,-z,pack-relative-relocs'; do
    build_plugin "$flags" -o x.so first.c second.c >log 2>&1 ||
        { skip "$flags: the addresses are those of the functions" "the linker does not know it"; continue; }
    check "$flags: the addresses are those of the functions" python3 places.py "$PLUGIN"
done
retires_with_strip() { strip x.so && retires x.so; }
retires_with_strip >told
check_same "a stripped plugin has the same" wanted told

# -- Where none are recorded --

{ cat second.c; echo 'int main(void) { return 0; }'; } >main.c
# shellcheck disable=SC2086 # flags are words
program() {
    gcc -fPIC $includes -c -o first.o first.c &&
        "$PLUGIN" build -buildmode=archive $TEST_CFLAGS -o first.a first.c &&
        "$PLUGIN" build -O2 $TEST_CFLAGS -o host main.c --with=first.a && ./host &&
        "$PLUGIN" build $TEST_CFLAGS -Wl,--gc-sections -o host main.c --with=first.a && ./host
}
check "a program and its built-in plugin may have some" program
retires host >told
check "none are recorded: they never run" test ! -s told
# Nor does the stamp of the built-in plugin have one: it would be of version 6 if it did.
cat >stamps.py <<'EOF'
import struct, sys
data = open("host", "rb").read()
versions, at = [], -1
while (at := data.find(b"\177plugin\n", at + 1)) >= 0:
    versions.append(struct.unpack_from("=I", data, at + 8)[0])
assert versions == [4, 4], versions
EOF
check "the stamps of both are of version 4" python3 stamps.py
# A library may have built-in plugins, too: their retires are not its own.
# shellcheck disable=SC2086 # flags are words
library() {
    "$PLUGIN" bundle -o bundle.o first.a && build_plugin -o x.so second.c bundle.o
}
check "a library has a built-in plugin" library
printf 'retires (2), in the order of execution\n  second.c:6\n  second.c:4\n' >wanted.library
retires x.so >told
check_same "it has its own retires only" wanted.library told
# A program whose retires have no debug information has nothing to record.
cat >bare.c <<'EOF'
#include <plugin.h>
PLUGIN_RETIRE { }
EOF
# shellcheck disable=SC2086 # flags are words
bare() { gcc -fPIC $includes -c bare.c && "$PLUGIN" build $TEST_CFLAGS -o host main.c bare.o; }
check "a program needs no debug information of them" bare

# -- Refusals and warnings --

# says_of NAME FILE...: adds to the transcript what is said of a plugin of these files.
says_of() {
    {
        echo "== $1"
        shift
        build_plugin -o x.so "$@" 2>&1
        echo "status $?"
    } | sed "s|$work/||g" >>transcript
}
says_of 'without -g' first.c bare.o
printf '#include <plugin.h>\nPLUGIN_PACKAGE("example.com/\\"shared\\"");\nint n;\nPLUGIN_RETIRE { n = 1; }\nPLUGIN_RETIRE { n = 2; }\n' >package.c
says_of 'in a package' first.c second.c package.c
[ -z "${REFUSE_WRITE:-}" ] || cp transcript "$own/refusals.expected"
check_same "what is refused and warned of" "$own/refusals.expected" transcript
tells "those of the package are not recorded" x.so

finish
