#!/bin/sh
# SPDX-License-Identifier: MIT
# Cost of a call from C into Go, compared with a function that cgo exports. Compare ratios: times depend
# on the machine.
# usage: PLUGIN=COMMAND [GO=GO] bench/go_call/run.sh [ROUNDS]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../tests/common/find_go.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/calls.go" "$work"
cd "$work"
"$PLUGIN" go-bridge --go="$GO" -o bridge.so >/dev/null
"$GO" build -buildmode=plugin -o calls.so calls.go
"$PLUGIN" build -O2 -o host "$here/host.c"
"$GO" version
PLUGIN_GO_BRIDGE=$work/bridge.so ./host ./calls.so "$@"
