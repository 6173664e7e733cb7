#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds isolated plugins and their peers in the working directory, and measures them in turns. Prints
# "LABEL.MEASURE PEER VALUE". A peer whose packages cannot be installed is skipped.
# usage: PLUGIN=COMMAND [GO=GO] bench/rpc/run.sh ROUNDS
set -eu
rpc=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../../tests/common/find_go.sh
. "$rpc/../../tests/common/find_go.sh"
CC=${CC:-cc} CXX=${CXX:-c++}
flags="-O2 -Wall -Wextra"

say() {
    echo "bench: $*" >&2
}

# shellcheck disable=SC2086 # flags are words
build_own() {
    "$PLUGIN" build $flags -D_GNU_SOURCE -o rpc-own "$rpc/host.c" "$rpc/bare.c"
    for number in $(seq 100); do
        "$PLUGIN" build -buildmode=plugin $flags "-DNUMBER=$number" -o "rpc-$number.so" "$rpc/plugin.c"
    done
}

# shellcheck disable=SC2046,SC2086
build_grpc() {
    protoc -I "$rpc" --cpp_out=. --grpc_out=. --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" \
        grpc.proto
    $CXX $flags -I. -o rpc-grpc "$rpc/grpc.cc" grpc.pb.cc grpc.grpc.pb.cc \
        $(pkg-config --cflags --libs grpc++ protobuf)
}

# shellcheck disable=SC2046,SC2086
build_capnp() {
    capnp compile -oc++:. --src-prefix="$rpc" "$rpc/capnp.capnp"
    $CXX $flags -I. -o rpc-capnp "$rpc/capnp.cc" capnp.capnp.c++ $(pkg-config --cflags --libs capnp-rpc)
}

# Debian has Go's libraries as sources, for builds without modules.
build_go_plugin() {
    GO111MODULE=off GOPATH=/usr/share/gocode "$GO" build -o rpc-go_plugin "$rpc/go_plugin.go"
}

say "building isolated plugins, and RPC"
build_own >&2
peers=
for peer in grpc capnp go_plugin; do
    "$rpc/../../tools/install-packages" "$peer" || {
        say "$peer is skipped: its packages cannot be installed"
        continue
    }
    "build_$peer" >&2
    peers="$peers $peer"
done
for number in $(seq "$1"); do
    say "isolated plugins, and RPC: round $number of $1"
    # shellcheck disable=SC2046
    ./rpc-own $(seq -f "$PWD/rpc-%.0f.so" 100)
    for peer in $peers; do
        "./rpc-$peer"
    done
done
