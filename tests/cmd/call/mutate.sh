#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the plugin of the test of plugin call, and reads damaged values by its types. usage: mutate.sh MUTATE
. "$(dirname "$0")/../../common/tap.sh"

"$PLUGIN" build -w -buildmode=plugin -o "$work/values.so" "$tests/cmd/call/values.c" >"$work/log" 2>&1 ||
    { fail "the plugin builds" <"$work/log"; finish; exit; }
timeout "$hang" "$1" "$work/values.so"
