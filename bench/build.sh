#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds in the working directory what the benchmark measures: plugins, a host for each peer, tools.
# usage: PLUGIN=COMMAND GO=GO MANY=COUNT bench/build.sh
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
CC=${CC:-cc}
go_plugins=12
flags="-O2 -Wall -Wextra -Wno-unused-function"

# shellcheck disable=SC2086 # flags are words
tool() {
    $CC $flags -D_GNU_SOURCE -o "$1" "$bench/tools/$1.c"
}

# host NAME HEADER FLAG|FILE...: builds the host of a peer, without this library.
# shellcheck disable=SC2086
host() {
    name=$1
    header=$2
    shift 2
    $CC -g $flags -D_GNU_SOURCE -rdynamic -DPEER="\"$header\"" -o "$name" "$bench/host/host.c" "$@" -pthread
}

# own_host NAME HEADER FLAG|FILE...: builds a host by `plugin build`.
# shellcheck disable=SC2086
own_host() {
    name=$1
    header=$2
    shift 2
    "$PLUGIN" build $flags -D_GNU_SOURCE -DPEER="\"$header\"" -o "$name" "$bench/host/host.c" "$@" -pthread
}

# copies DIRECTORY COUNT FILE...: builds different plugins from one source, each stamped.
copies() {
    mkdir -p "$1"
    directory=$1
    count=$2
    shift 2
    "$CC" -g -O2 -shared -fPIC -Wl,-Bsymbolic -o one.so "$@"
    ./copies one.so 77777777 "$directory" "$count"
    find "$directory" -name 'p*.so' -print0 | sort -z | xargs -0 "$PLUGIN" stamp
}

# with_symbols COUNT: symbols-COUNT.so
with_symbols() {
    sh "$bench/plugins/symbols.sh" "$1"
    "$PLUGIN" build -buildmode=plugin -O2 -o "symbols-$1.so" symbols.c
}

# built_in COUNT: built-in plugins built/p00000.a ..., as flags in $with.
built_in() {
    mkdir -p built
    with=
    for number in $(seq -f %05.0f 0 $(($1 - 1))); do
        sed "s/77777777/777$number/" "$bench/plugins/one.c" >"built/p$number.c"
        "$PLUGIN" build -buildmode=archive -O2 -o "built/p$number.a" "built/p$number.c"
        with="$with --with=built/p$number.a"
    done
    "$PLUGIN" build -buildmode=archive -O2 -o built/symbols.a symbols.c
    with="$with --with=built/symbols.a"
}

go_all() {
    mkdir -p go
    for number in $(seq -f %05.0f 0 $((go_plugins - 1))); do
        sed "s/Hello, number/&$number/" "$bench/plugins/one.go" >one.go
        "$GO" build -buildmode=plugin -o "go/p$number.so" one.go
    done
    "$GO" build -o host-go "$bench/go_host/main.go"
}

tool commands
tool copies
copies many "$MANY" "$bench/plugins/one.c"
mkdir thousand
for number in $(seq -f %05.0f 0 999); do
    ln "many/p$number.so" thousand
done
sh "$bench/plugins/typed.sh" 1000
copies typed 20 -I. typed.c
for count in 10000 100000 1000 100 10; do
    with_symbols $count
done
sh "$bench/plugins/symbols.sh" 16
"$PLUGIN" build -buildmode=plugin -O2 -o symbols-16.so symbols.c
built_in 16
host host-dlopen peer_dlopen.h -ldl
host host-dlopen-global peer_dlopen_global.h -ldl
# shellcheck disable=SC2046
host host-gmodule peer_gmodule.h $(pkg-config --cflags --libs gmodule-2.0)
host host-ltdl peer_ltdl.h -lltdl
# shellcheck disable=SC2046
host host-apr peer_apr.h $(pkg-config --cflags --libs apr-1)
own_host host-plugin peer_plugin.h
# shellcheck disable=SC2086
own_host host-built-in peer_built_in.h $with
# Hosts that export functions of which the plugins use none.
for count in 0 4000 40000; do
    sh "$bench/plugins/exports.sh" $count
    host host-dlopen-first-$count peer_dlopen.h -O0 exports.c -ldl
    own_host host-plugin-first-$count peer_plugin.h -O0 exports.c
done
host host-dlopen-typed peer_dlopen.h -I. typed_host.c -ldl
own_host host-plugin-typed peer_plugin.h -I. typed_host.c
"$CC" -g -O2 -rdynamic -o start-alone "$bench/plugins/start.c"
"$PLUGIN" build -O2 -Wl,--no-as-needed -o start-plugin "$bench/plugins/start.c"
# shellcheck disable=SC2086
"$PLUGIN" build -O2 -Wl,--no-as-needed -o start-built-in $with "$bench/plugins/start.c"
[ -z "$GO" ] || go_all
