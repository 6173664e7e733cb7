# SPDX-License-Identifier: MIT
# Sourced by the tests of built-in plugins, after tap.sh.

source=$tests/packages/built_in
packages=$tests/packages
cd "$work" || exit 1
prefix=$(dirname "$PLUGIN")/..
libraries=$(dirname "$(find "$prefix" -name libplugin.so | head -n 1)")

archive_of() {
    output=$1
    shift
    # shellcheck disable=SC2086 # a list of flags
    "$PLUGIN" build -buildmode=archive $TEST_CFLAGS -I"$packages" -o "$output" "$@"
}
host_of() {
    output=$1
    shift
    # shellcheck disable=SC2086
    "$PLUGIN" build $TEST_CFLAGS -I"$packages" -o "$output" "$@"
}

says_alike="s|$work/||g; s/built by [a-z]* [0-9.]*/built by COMPILER/g"
