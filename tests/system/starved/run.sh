#!/bin/sh
# SPDX-License-Identifier: MIT
# Out of memory: each allocating place of the library fails in turn while one process opens plugins of
# all kinds (tests/system/starved/host.c).
. "$(dirname "$0")/../../common/tap.sh"
cd "$work" || exit 1
chmod 755 .
prefix=$(dirname "$PLUGIN")/..
libraries=$(dirname "$(find "$prefix" -name libplugin.a)")
wrapped=
for name in malloc calloc realloc reallocarray strdup strndup realpath vasprintf asprintf mmap mmap64 \
    __vasprintf_chk __asprintf_chk arena_alloc arena_alloc_zeroed arena_resize arena_strndup; do
    wrapped="$wrapped -Wl,--wrap=$name"
done

# host_of OUTPUT FILE...: builds the host with more files.
host_of() {
    output=$1
    shift
    # shellcheck disable=SC2086 # lists of flags
    cc -g $TEST_CFLAGS -I"$prefix/include" -I. -rdynamic $wrapped -o "$output" "$tests/system/starved/host.c" \
        "$@" "$libraries/libplugin.a" -lpthread -ldl && "$PLUGIN" stamp "$output"
}
plugin_of() {
    output=$1
    shift
    # shellcheck disable=SC2086
    "$PLUGIN" build -buildmode=plugin $TEST_CFLAGS -o "$output" "$@"
}
# starved NAME AT_LEAST HOST ARGUMENT...: makes every place fail; there must be at least AT_LEAST.
starved() {
    starved_name=$1
    export AT_LEAST="$2"
    shift 2
    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_may_return_null=1 \
        check "$starved_name" timeout $hang "$@"
    sed -n "s|^[0-9]* places|# &|p" log
}

cat >shared.h <<'E2'
extern int shared_count;
int shared_next(void);
E2
{ package example.com/shared && cat <<'E2'; } >shared.c
#include "shared.h"
int shared_count;
int shared_next(void) { return ++shared_count; }
PLUGIN_INIT { shared_count = 1; }
E2
cat >user.c <<'E2'
#include "shared.h"
#include <plugin.h>
PLUGIN_IMPORT("example.com/shared");
int number = NUMBER;
int hit(void) { return shared_next() + number; }
PLUGIN_INIT { shared_count += number; }
E2
cat >plain.c <<'E2'
extern int helped(void);
extern const char *const names[];
struct point { int x, y; struct point *next; } point;
_Thread_local int own;
int hit(void) { return helped() + own; }
E2
cat >helper.c <<'E2'
int helped(void) { return 1; }
const char *const names[] = {"a", "b"};
E2
cat >lacking.c <<'E2'
extern int nobody_has(void), shared_next(const char *);
int hit(void) { return nobody_has() + shared_next(""); }
E2
cat >fails.c <<'E2'
#include <plugin.h>
int hit(void) { return 0; }
PLUGIN_INIT { plugin_init_fail("no disk"); }
E2

check "build a library" cc -shared -fPIC $TEST_CFLAGS -Wl,-soname,libhelper.so -o libhelper.so helper.c
check "build a plugin that needs it" plugin_of plain.so plain.c -Wl,--no-as-needed -L. -lhelper \
    "-Wl,-rpath,$work"
check "build a plugin that does not fit" plugin_of lacking.so lacking.c
check "build a plugin whose init fails" plugin_of fails.so fails.c
for name in first second; do
    check "build the $name plugin with a package" plugin_of $name.so -DNUMBER=${#name} user.c shared.c
done
check "build a library with the package" plugin_of libshared.so -Wl,-soname,libshared.so shared.c
check "build a plugin with both" plugin_of third.so -DNUMBER=3 user.c shared.c -Wl,--no-as-needed -L. \
    -lshared "-Wl,-rpath,$work"
check "build a host" host_of host
check "build a host with the package" host_of host_shared shared.c

starved "a plugin that needs a library" 30 ./host ./plain.so
starved "a plugin that does not fit" 30 ./host_shared strict ./lacking.so
starved "a plugin whose init fails" 20 ./host remembered ./fails.so
starved "the first plugin with a package" 20 ./host ./first.so
starved "the second plugin with the package" 20 ./host before=./first.so verify ./second.so
starved "a plugin whose library carries the live package, too" 20 ./host before=./first.so ./third.so
starved "a plugin whose library carries the package" 20 ./host ./third.so
starved "a plugin whose host carries the package, strict" 20 ./host_shared strict ./second.so
starved "a plugin after dlopen of a module with the package" 20 ./host dlopen=./libshared.so ./second.so

mkdir only
cp first.so only
starved "an examination of a plugin that needs a library" 30 ./host examine ./plain.so
starved "an examination of a plugin that does not fit" 30 ./host_shared examine strict ./lacking.so
starved "a retirement, and another open" 20 ./host upgrade ./plain.so
starved "the same with a package" 20 ./host upgrade ./first.so

# ---- trust ----

printf '\n' | minisign -G -f -W -p key.pub -s key.sec >/dev/null 2>&1
check "sign" "$PLUGIN" sign -s key.sec --version=3 plain.so libhelper.so
hash=$(sha256sum plain.so | cut -d ' ' -f 1)
starved "a signed plugin with its library" 30 ./host "key=$(sed -n 2p key.pub)" \
    library=libhelper.so ./plain.so
starved "a plugin whose hash is allowed, but not its library" 20 ./host "hash=$hash" ./plain.so
starved "a plugin whose place is checked" 30 ./host place library=libhelper.so ./plain.so

# ---- built in ----

for name in first second; do
    # shellcheck disable=SC2086
    check "build the $name plugin as an archive" "$PLUGIN" build -buildmode=archive $TEST_CFLAGS \
        -o $name.a -DNUMBER=${#name} user.c shared.c
done
check "bundle them" "$PLUGIN" bundle -o plugins.o first.a second.a
check "build a host with the bundle" host_of host_built_in plugins.o
starved "a built-in plugin" 5 ./host_built_in first.so
starved "the second built-in plugin" 5 ./host_built_in before=first.so strict second.so
starved "a plugin file beside built-in plugins" 20 ./host_built_in ./third.so

# ---- Go ----

. "$tests/common/find_go.sh"
if [ -z "$GO" ]; then
    skip "a Go plugin" "Go is not installed"
else
    mkdir go
    cat >go/main.go <<'E2'
package main

import "strconv"

type Point struct{ X, Y int64 }

var V Point
var M map[string]int

func Hit(i int64) string { return strconv.Itoa(int(i)) }
E2
    printf 'module example.com/starved\n' >go/go.mod
    check "build a Go plugin" sh -c 'cd go && "$GO" build -buildmode=plugin -o ../go.so .'
    sed -i 's/Hit/Hot/' go/main.go
    printf 'module example.com/other\n' >go/go.mod
    check "build another Go plugin" sh -c 'cd go && "$GO" build -buildmode=plugin -o ../other.so .'
    check "build the bridge" "$PLUGIN" go-bridge "--go=$GO" -o bridge.so
    export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
    starved "a Go plugin" 40 ./host "go=$work/bridge.so" ./go.so
    starved "the second Go plugin" 30 ./host "go=$work/bridge.so" before=./other.so ./go.so
    starved "a Go plugin without a bridge" 30 ./host go=/no/bridge.so ./go.so
fi
finish
