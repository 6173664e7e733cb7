# SPDX-License-Identifier: MIT
# Sourced by tests/go/run.sh, after tools.sh: the bridge, and toolchains.
# shellcheck shell=sh disable=SC2154 # tools.sh sets them

said no-bridge env -u PLUGIN_GO_BRIDGE ./opens-host ./hello.so --mapped=hello.so ./c1.so .Value
said bridge-missing ./opens-host --bridge=./gone.so ./hello.so
: >empty.so
said bridge-wrong ./opens-host --bridge=./empty.so ./hello.so --bridge=./c1.so ./hello.so \
    --bridge=./shared.so ./hello.so --bridge=./hello.so ./hello.so --bridge=./bridge.so ./hello.so
expect "the option goes before the environment" env PLUGIN_GO_BRIDGE=./empty.so ./opens-host \
    --bridge=./bridge.so ./hello.so <<'E2'
opened
E2
cp bridge.so replaced-bridge.so
said bridge-replaced ./opens-host --bridge=./replaced-bridge.so ./hello.so \
    '--run=cp bridge.so new-bridge.so && mv new-bridge.so replaced-bridge.so' ./panics.so
if [ -z "$TEST_CFLAGS" ]; then # sanitizers cannot be linked statically
    # The linker warns about dlopen.
    check "a static host builds" cc -g -w -static -pthread -I"$installed/include" -o static-host \
        "$sources/opens.c" "$library/libplugin.a"
    check "the static host is stamped" "$PLUGIN" stamp static-host
    said static-host ./static-host ./hello.so --mapped=hello.so
fi
mkdir lib
cp -P "$library"/libplugin.so* lib
cp bridge.so lib/plugin-go-bridge.so
expect "the library's own directory is the last one" env -u PLUGIN_GO_BRIDGE \
    "LD_LIBRARY_PATH=$here/lib" ./opens-host ./hello.so --mapped=lib/plugin-go-bridge.so <<'E2'
opened
mapped
E2
# A sanitizer cannot inspect such a process.
if [ "$(id -u)" -eq 0 ] && [ -z "$TEST_CFLAGS" ]; then
    cp opens-host privileged
    chown nobody privileged && chmod 4755 privileged && chmod 755 "$here"
    if [ "$(run ./privileged --secure 2>/dev/null)" = secure ]; then
        said set-uid ./privileged ./hello.so --mapped=bridge.so
    fi
fi
check_fails 1 "a command that is not a Go toolchain is refused" "$PLUGIN" go-bridge --go=/bin/false -o none.so
check "and no bridge is left" test ! -e none.so
check_fails 1 "a missing toolchain is refused" "$PLUGIN" go-bridge --go=/nowhere/go -o none.so
cp log said
check "the message names it" has said /nowhere/go
by_path() {
    mkdir path && ln -s "$(cd "$(dirname "$go")" && pwd)/go" path/go &&
        PATH=$here/path:$PATH "$PLUGIN" go-bridge -o by-path.so && cmp by-path.so bridge.so
}
check "the toolchain on PATH builds the same bridge" by_path
by_gold() {
    for number in 1 2; do
        CGO_LDFLAGS=-fuse-ld=gold "$PLUGIN" go-bridge "--go=$go" -o gold$number.so || return 1
    done
    cmp gold1.so gold2.so
}
if command -v ld.gold >/dev/null; then
    check "gold gives the same bytes each time, too" by_gold
fi

for other in /usr/lib/go-*/bin/go; do
    other_version=$(version_of "$other" 2>/dev/null)
    [ -n "$other_version" ] && [ "$other_version" != "$version" ] || continue
    other_builds() {
        (cd hello && "$other" build -buildmode=plugin -o ../other-version.so .) &&
            "$PLUGIN" go-bridge "--go=$other" -o other-bridge.so
    }
    check "a plugin and a bridge by $other_version build" other_builds
    run ./opens-host ./other-version.so --mapped=other-version.so --mapped=/bridge.so >actual.raw 2>&1
    check "a plugin by another Go is refused, with its version" has actual.raw "${other_version%.*}"
    check "and the bridge's version" has actual.raw "${version%.*}"
    check "and the reason" has actual.raw "all Go code in a process must be of one version"
    check "and the command that solves it" has actual.raw "plugin go-bridge"
    check "and the plugin is not mapped" has actual.raw "not mapped"
    expect "with its own bridge, it opens" ./opens-host --bridge=./other-bridge.so \
        ./other-version.so '?V' <<'E2'
opened
0
E2
    run ./opens-host --bridge=./other-bridge.so ./hello.so >actual.raw 2>&1
    check "our plugin does not fit that bridge" grep -q '^PLUGIN_MISFIT' actual.raw
    break
done
