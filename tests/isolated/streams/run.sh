#!/bin/sh
# SPDX-License-Identifier: MIT
# The standard streams of an isolated plugin: options.isolation.input, output and error.
. "$(dirname "$0")/../../common/tap.sh"
source=$tests/isolated/streams
cd "$work" || exit 1
says_alike="s|$work/|DIR/|g"

build_all() {
    # shellcheck disable=SC2086 # flags are words
    "$PLUGIN" build -buildmode=plugin -o plugin.so "$source/plugin.c" &&
        "$PLUGIN" build -o host $TEST_CFLAGS "$source/host.c"
}
check "the plugin and the host build" build_all
printf 'one\ntwo\nthree\n' >lines

# run ARGUMENT...: the host has the lines as its input and as descriptor 5, and files for what is written.
run() {
    ./host ./plugin.so "$@" <lines 5<lines 6>output 7>error
    for file in output error; do
        sed "s/^/$file: /" $file
    done
}
says "without options, the input is empty" run <<'E2'
0
0
E2
# At its end, a process gives back what its stdin has read ahead, so the next one reads on.
says "the streams are what the options say, in each process" run input=5 output=6 error=7 <<'E2'
12
12
output: it says one
output: it says two
error: it reads one
error: it reads two
E2
says "output and error are those of the host without options" run input=5 <<'E2'
it reads one
it says one
it reads two
it says two
12
12
E2
says "-1 is /dev/null" run input=5 output=-1 error=-1 <<'E2'
12
12
E2
says "a descriptor that is not open is an error" run output=99 <<'E2'
cannot open plugin ./plugin.so: options.isolation.output: descriptor 99: Bad file descriptor
E2
finish
