# SPDX-License-Identifier: MIT
# Sourced, after tap.sh, by the tests of pictures.
here=$tests/cmd/pictures
cd "$work" || exit 1
# plugin OUTPUT ARGUMENT..., host OUTPUT ARGUMENT...: build one.
plugin() {
    output=$1
    shift
    "$PLUGIN" build -buildmode=plugin -o "$output" "$@"
}
host() {
    output=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -o "$output" "$@" $TEST_CFLAGS
}
