#!/bin/sh
# SPDX-License-Identifier: MIT
# Isolated plugins with a trust policy, options.content, options.verify and options.strict; and their
# libraries, which are handed over as sealed copies.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g; s/[0-9a-f]\{64\}/HASH/g; s/not found in .*/not found/; s|/lib/[^ ]*-linux-gnu|/lib/MACHINE|; s|/usr/[a-z0-9_]*-linux-gnu/lib|/lib/MACHINE|"

# The constructors tell that a file is mapped.
cat >counted.c <<'E2'
#include <stdio.h>
#ifdef FUNCTION
int FUNCTION(void);
int count(void) { return FUNCTION(); }
#else
int count(void) { return VALUE; }
#endif
__attribute__((constructor)) static void tell(void) { puts("the plugin is mapped"); }
E2
cat >library.c <<'E2'
#include <stdio.h>
#ifdef OF
int OF(void);
int NAME(void) { return OF() + VALUE; }
#else
int NAME(void) { return VALUE; }
#endif
__attribute__((constructor)) static void tell(void) { printf("library %d is mapped\n", VALUE); }
E2
plugin_of() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$output" "$@"
}
library_of() { # NAME VALUE FLAG...
    name=$1
    value=$2
    shift 2
    plugin_of "lib$name.so" "-Wl,-soname,lib$name.so" "-DNAME=$name" "-DVALUE=$value" library.c "$@"
}
hash() { sha256sum "$1" | cut -d' ' -f1; }

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o host $TEST_CFLAGS "$source/trust/trust_host.c" &&
        plugin_of own.so -DVALUE=1 counted.c &&
        library_of first 10 &&
        library_of second 100 -DOF=first -L. -lfirst "-Wl,-rpath,\$ORIGIN" &&
        plugin_of one.so counted.c -DFUNCTION=first -L. -lfirst "-Wl,-rpath,\$ORIGIN" &&
        plugin_of two.so counted.c -DFUNCTION=second -L. -lsecond -lfirst "-Wl,-rpath,\$ORIGIN"
}
check "the host, the plugins and their libraries build" build_all

# ---- what is asked of the file is checked before it is mapped ----

lacks libsodium "a plugin that the policy allows opens" ||
    says "a plugin that the policy allows opens" ./host "hash=$(hash own.so)" ./own.so <<'E2'
the plugin is mapped
open: 1
E2
lacks libsodium "another one is not mapped" ||
    says "another one is not mapped" ./host "hash=$(hash one.so)" examine=./own.so ./own.so <<'E2'
examine: UNTRUSTED: cannot examine plugin ./own.so: its SHA-256 is not in the trust policy
open: UNTRUSTED: cannot open plugin ./own.so: its SHA-256 is not in the trust policy
E2
lacks libsodium "options.content that is right" ||
    says "options.content that is right" ./host "content=$(hash own.so)" ./own.so <<'E2'
the plugin is mapped
open: 1
E2
lacks libsodium "options.content that is wrong" ||
    says "options.content that is wrong" ./host "content=$(hash one.so)" ./own.so <<'E2'
open: UNTRUSTED: cannot open plugin ./own.so: its bytes are not those of options.content: its SHA-256 is HASH
E2
cp own.so damaged.so
printf X | dd of=damaged.so bs=1 conv=notrunc "seek=$(grep -obUa 'the plugin is mapped' damaged.so | head -1 | cut -d: -f1)" 2>/dev/null
says "without options.verify, a plugin whose data was changed is mapped" ./host ./damaged.so <<'E2'
Xhe plugin is mapped
open: 1
E2
says "with it, it is not" ./host verify examine=./damaged.so ./damaged.so <<'E2'
examine: NOT_PLUGIN: cannot examine plugin ./damaged.so: its contents do not match the hash in its stamp: it was modified or damaged (verify)
open: NOT_PLUGIN: cannot open plugin ./damaged.so: its contents do not match the hash in its stamp: it was modified or damaged (verify)
E2
says "and it opens what was not" ./host verify ./own.so <<'E2'
the plugin is mapped
open: 1
E2

# ---- libraries ----

says "a library of the plugin is mapped with it, from a sealed copy that lasts" \
    ./host ./one.so "do=mv libfirst.so libfirst.old; cp libsecond.so libfirst.so" restart \
    "do=mv libfirst.old libfirst.so" <<'E2'
library 10 is mapped
the plugin is mapped
open: 10
library 10 is mapped
the plugin is mapped
restart: 10
E2
says "of two, that which the other one needs comes first" ./host ./two.so <<'E2'
library 10 is mapped
library 100 is mapped
the plugin is mapped
open: 110
E2
lacks libsodium "a policy is for libraries, too" ||
    says "a policy is for libraries, too" ./host "hash=$(hash one.so)" ./one.so library=libfirst.so ./one.so \
    "hash=$(hash libfirst.so)" ./one.so <<'E2'
open: UNTRUSTED: cannot open plugin ./one.so: it needs the library libfirst.so, which is neither loaded nor allowed by the trust policy
open: UNTRUSTED: cannot open plugin ./one.so: its library libfirst.so, at DIR/libfirst.so: its SHA-256 is not in the trust policy
library 10 is mapped
the plugin is mapped
open: 10
E2
check "a plugin that needs libm builds" plugin_of math.so -DVALUE=1 counted.c -Wl,--no-as-needed -lm
lacks libsodium "and for those of the system, but the C library" ||
    says "and for those of the system, but the C library" ./host "hash=$(hash math.so)" ./math.so library=libm.so.6 \
    ./math.so "hash=$(hash "$(cc -print-file-name=libm.so.6)")" ./math.so restart <<'E2'
open: UNTRUSTED: cannot open plugin ./math.so: it needs the library libm.so.6, which is neither loaded nor allowed by the trust policy
open: UNTRUSTED: cannot open plugin ./math.so: its library libm.so.6, at /lib/MACHINE/libm.so.6: its SHA-256 is not in the trust policy
the plugin is mapped
open: 1
the plugin is mapped
restart: 1
E2
mkdir missing other cycle
cp one.so missing
says "a library that is not there is a misfit" ./host examine=./missing/one.so ./missing/one.so <<'E2'
examine: MISFIT: ./missing/one.so does not fit DIR/host (2 misfits):
  library libfirst.so, needed by DIR/missing/one.so: not found
  first: not exported by the host, nor by libfirst.so, which is missing
  0 uses compared, 1 not
open: MISFIT: ./missing/one.so does not fit DIR/host (2 misfits):
  library libfirst.so, needed by DIR/missing/one.so: not found
  first: not exported by the host, nor by libfirst.so, which is missing
  1 use compared, 1 not
E2
"$PLUGIN" build -buildmode=plugin -o cycle/libfirst.so -DNAME=first -DVALUE=10 library.c
check "a library without DT_SONAME builds" cp one.so cycle/one.so
says "a library without DT_SONAME is refused by its name" \
    ./host examine=./cycle/one.so ./cycle/one.so <<'E2'
examine: UNSUPPORTED: cannot open plugin ./cycle/one.so: its library libfirst.so, at DIR/cycle/libfirst.so, has no DT_SONAME, by which the plugin's process would not find it; link it with -Wl,-soname=libfirst.so
open: UNSUPPORTED: cannot open plugin ./cycle/one.so: its library libfirst.so, at DIR/cycle/libfirst.so, has no DT_SONAME, by which the plugin's process would not find it; link it with -Wl,-soname=libfirst.so
E2
build_cycle() {
    (
        cd cycle &&
            cc -g -shared -fPIC -o libsecond.so -Wl,-soname,libsecond.so -xc /dev/null &&
            "$PLUGIN" build -buildmode=plugin -o libfirst.so -Wl,-soname,libfirst.so -DNAME=first -DVALUE=10 \
                ../library.c -Wl,--no-as-needed -L. -lsecond "-Wl,-rpath,\$ORIGIN" &&
            "$PLUGIN" build -buildmode=plugin -o libsecond.so -Wl,-soname,libsecond.so -DNAME=second -DVALUE=1 \
                ../library.c -Wl,--no-as-needed -L. -lfirst "-Wl,-rpath,\$ORIGIN"
    )
}
check "libraries that depend on each other build" build_cycle
says "libraries that depend on each other are refused" ./host examine=./cycle/one.so ./cycle/one.so <<'E2'
examine: UNSUPPORTED: cannot open plugin ./cycle/one.so: its libraries depend on each other in a cycle
open: UNSUPPORTED: cannot open plugin ./cycle/one.so: its libraries depend on each other in a cycle
E2
build_untyped() {
    echo 'int typed;' >typed.c
    cp one.so other &&
        cc -c -g0 -fPIC -DNAME=first -DVALUE=10 -o untyped.o library.c &&
        plugin_of other/libfirst.so -Wl,-soname,libfirst.so untyped.o typed.c
}
check "a library without recorded types builds" build_untyped
says "options.strict requires the types of what a plugin uses of its libraries" \
    ./host strict examine=./other/one.so ./other/one.so <<'E2'
examine: MISFIT: ./other/one.so does not fit DIR/host (1 misfit):
  first: its type was not recorded by libfirst.so (strict); compile the file that defines it with -g
  0 uses compared, 1 not
open: MISFIT: ./other/one.so does not fit DIR/host (1 misfit):
  first: its type was not recorded by libfirst.so (strict); compile the file that defines it with -g
  1 use compared, 1 not
E2
says "without it they need not be known" ./host ./other/one.so <<'E2'
library 10 is mapped
the plugin is mapped
open: 10
E2
if [ -z "$TEST_CFLAGS" ] && ! lacks sanitizer "a plugin with a sanitizer that the host lacks"; then
    check "a plugin with a sanitizer builds" plugin_of asan.so -fsanitize=address -DVALUE=1 counted.c
    says "a plugin with a sanitizer is refused, in process only if the host lacks it" \
        ./host examine=./asan.so ./asan.so in-process ./asan.so <<'E2'
examine: MISFIT: ./asan.so does not fit DIR/host (1 misfit):
  built with -fsanitize=address, which the process of an isolated plugin does not have: build it without
  0 uses compared, 0 not
open: MISFIT: ./asan.so does not fit DIR/host (1 misfit):
  built with -fsanitize=address, which the process of an isolated plugin does not have: build it without
  1 use compared, 0 not
open: MISFIT: ./asan.so does not fit DIR/host (1 misfit):
  built with -fsanitize=address, and the host without it: build both with it or neither
  1 use compared, 0 not
E2
fi
finish
