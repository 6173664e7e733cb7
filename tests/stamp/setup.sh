# SPDX-License-Identifier: MIT
# Sourced, after tap.sh, by the tests of plugin stamp: functions that inspect files, and hosts that are
# linked by hand.
# shellcheck shell=sh disable=SC2154 # tree and work are set by tests/common/tap.sh

: "${TEST_CFLAGS:=}"
seed=$tree/examples/seed
cd "$work" || exit 1

# A host needs the flags that the library was built with and, for these, its compiler.
host_compilers='gcc clang'
[ -z "$TEST_CFLAGS" ] || host_compilers=${CC:-cc}

stamp() { "$PLUGIN" stamp "$@"; }

# prints TEXT COMMAND...: succeeds if the command succeeds and prints exactly this.
prints() {
    wanted=$1
    shift
    printed=$("$@") || { echo "failed, and printed: $printed"; return 1; }
    [ "$printed" = "$wanted" ] || { echo "printed: $printed"; return 1; }
}

section() { readelf -SW "$1" | grep -qF -e " $2 "; }
is_stamped() { section "$1" .plugin && section "$1" .BTF; }
is_not_stamped() { ! section "$1" .plugin && ! section "$1" .BTF; }

# declarations FILE: prints the symbols as `plugin inspect` declares them, a line each.
declarations() {
    "$PLUGIN" inspect "$1" | sed -n '/^symbols (/,/^[a-rt-z]/s/^ *[0-9a-fx]*  \(.*\)/\1/p'
}
# lists FILE DECLARATION: succeeds if this is among them.
lists() { declarations "$1" | grep -qxF -e "$2" || { declarations "$1"; return 1; }; }
lists_not() { ! declarations "$1" | grep -wF -e "$2"; }

constructors() {
    "$PLUGIN" inspect "$1" | sed -n '/^constructors (/,/^libraries (/s/^ *[0-9a-fx]*  \(.*\)/\1/p'
}

# The flags that `plugin build` adds, for hosts that are compiled and linked by hand.
cat >recorder <<EOF
#!/bin/sh
printf '%s\n' "\$@" >"$work/record"
exit 1
EOF
chmod +x recorder
cp "$seed/host.c" "$seed/plugin_name.c" .
"$PLUGIN" build --cc="$work/recorder" -o host host.c
includes=$(grep '^-I' record)
libraries=$(grep -e '^-L' -e '^-Wl,-rpath' record)
library_directory=$(sed -n 's/^-L//p' record)

# link_host COMPILER OUTPUT SOURCE [FLAG...]: links a host by hand, without a stamp.
# shellcheck disable=SC2086 # flags are words
link_host() {
    host_compiler=$1
    host_output=$2
    shift 2
    "$host_compiler" -g $TEST_CFLAGS $includes "$@" $libraries -lplugin -o "$host_output"
}
# host NAME: builds a host from $work/NAME.c, by plugin build.
# shellcheck disable=SC2086
host() { "$PLUGIN" build $TEST_CFLAGS -o "$1" "$1.c" -lpthread; }

# can_link COMMAND...: succeeds if the linker understands the output of the compiler. A linker that cannot
# read its intermediate code may link nothing, without an error.
echo 'int any(void) { return 1; }' >any.c
# is_paired COMPILER LINKER: is this one of the pairs that every test takes? A linker treats the objects of
# both compilers alike; test stamp_compilers takes all pairs.
is_paired() { case $1:$2 in clang:bfd | clang:mold) return 1 ;; esac; }
can_link() { "$@" -shared -fPIC -Wl,-Bsymbolic -o any.so any.c 2>/dev/null && nm -D any.so 2>/dev/null | grep -q ' any$'; }

