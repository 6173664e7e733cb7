# SPDX-License-Identifier: MIT
# Sourced, after tap.sh, by the tests of packages.
# shellcheck shell=sh disable=SC2034,SC2154 # tests, tree and work are set by tests/common/tap.sh
sources=$tests/packages
cd "$work" || exit 1

include=-I$sources
. "$tests/common/placement.sh"

# Another compiler than the host's; but the sanitizers of two compilers do not mix.
other=clang
other_cplusplus=clang++
if [ -n "$TEST_CFLAGS" ]; then
    other=gcc
    other_cplusplus=g++
fi
geom="$sources/geom.c $sources/area.c $sources/num.c"

# expect NAME COMMAND... <EXPECTED: passes if the output of the command, followed by the log of inits, is
# these lines.
expect() {
    expect_name=$1
    shift
    cat >expected
    if [ "$placement" = built-in ]; then
        # A plugin that another one needs is promoted to the global scope; what is built in is not.
        sed -i 's/helper is global/helper is local/' expected
        # The inits of its libraries may come before the program's main or not: the linker may omit a
        # library that looks unused.
        [ -z "${has_library:-}" ] || sed -i '/^ran: main$/d' expected
    fi
    rm -f ran
    export INIT_LOG="$work/ran"
    with_plugins "$@" >actual 2>actual.err
    unset INIT_LOG
    [ -e ran ] && sed 's/^/ran: /' ran >>actual
    cat actual.err >>actual
    sed "s|$work/||g" actual >actual.clean
    [ "$placement" = loadable ] || [ -z "${has_library:-}" ] || sed -i '/^ran: main$/d' actual.clean
    check_same "$expect_name" expected actual.clean
}
