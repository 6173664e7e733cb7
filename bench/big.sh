#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the path of a program with over 100 MB of debug information: the PostgreSQL server of Debian,
# with the types of all headers in every file. Builds it once. PATH-few exports next to nothing.
# usage: bench/big.sh DIRECTORY
set -eu
mkdir -p "$1"
cache=$(cd "$1" && pwd)
program=$cache/postgres
package=postgresql-15
flags="-g -O1 -w -fno-eliminate-unused-debug-types -fno-eliminate-unused-debug-symbols"

# The machine's own Debian archives, as source archives.
sources() {
    mkdir -p "$cache/sources" "$cache/lists/partial" "$cache/archives/partial"
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -n '\#/debian#s/^deb /deb-src /p' >"$cache/sources/debian.list"
    for list in /etc/apt/sources.list.d/*.sources; do
        cat "$list" 2>/dev/null && echo
    done | awk 'BEGIN { RS = ""; ORS = "\n\n" }
        /\nURIs:[^\n]*\/debian/ { sub(/Types: *[^\n]*/, "Types: deb-src"); print }' \
        >"$cache/sources/debian.sources"
}

# apt TOOL ARGUMENT...: runs it with private lists and sources.
apt() {
    tool=$1
    shift
    "apt-$tool" -q -o Dir::State::lists="$cache/lists" -o Dir::Cache="$cache" \
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$cache/sources" \
        -o APT::Sandbox::User=root "$@"
}

# An archive may list a version that it no longer has.
download() {
    sources
    apt get update || return
    apt cache showsrc "$package" | sed -n 's/^Version: //p' >"$cache/versions"
    while read -r version; do
        (cd "$cache" && apt get source --download-only --tar-only "$package=$version") && return
    done <"$cache/versions"
    return 1
}

build() {
    ls "$cache/$package"_*.orig.tar.* >/dev/null 2>&1 || download
    rm -rf "$cache/build"
    mkdir "$cache/build"
    tar -x --strip-components=1 -C "$cache/build" \
        -f "$(find "$cache" -maxdepth 1 -name "${package}_*.orig.tar.*" | sort -V | tail -n 1)"
    cd "$cache/build"
    ./configure --without-readline --without-zlib --without-icu CFLAGS="$flags"
    make -s -C src/backend generated-headers
    make -s -C src/port
    make -s -C src/common
    more="-include postgres.h"
    for header in executor/executor optimizer/optimizer replication/logical rewrite/rewriteHandler \
        parser/parse_node foreign/fdwapi commands/trigger jit/jit; do
        more="$more -include $header.h"
    done
    make -s -j2 -C src/backend postgres COPT="$more"
    cp src/backend/postgres "$program"
    # The same debug information, and next to nothing that it exports, so that a stamp reaches few types.
    rm src/backend/postgres
    make -s -C src/backend postgres export_dynamic=
    cp src/backend/postgres "$program-few"
    rm -rf "$cache/build"
}

[ -x "$program" ] || build >"$cache/log" 2>&1 || { tail -n 5 "$cache/log" >&2; exit 1; }
echo "$program"
