#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin stamp: the file after a stamp, several files, and interruptions.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"

# -- The same bytes --

gcc -g -shared -fPIC -Wl,-Bsymbolic -o one.so plugin_name.c
cp one.so two.so
cp one.so old.so
stamp one.so
cp one.so once.so
stamp one.so
check "stamped twice: the same bytes" cmp once.so one.so
stamp two.so
check "a byte copy stamped: the same bytes" cmp once.so two.so
check "the stamp changes the file" test ! "$(cksum <old.so)" = "$(cksum <once.so)"
stamp one.so one.so
check "a file given twice: the same bytes" cmp once.so one.so

# -- After the stamp --

host host
for strip in 'strip' 'strip --strip-debug' 'strip --strip-unneeded' 'objcopy --strip-all'; do
    mkdir -p stripped
    cp once.so stripped/plugin_name.so
    # shellcheck disable=SC2086
    check "$strip" $strip stripped/plugin_name.so
    check "$strip strips" sh -c '! readelf -SW stripped/plugin_name.so | grep debug_info'
    check "$strip keeps the stamp" is_stamped stripped/plugin_name.so
    check "$strip: it opens" sh -c 'cd stripped && ../host'
    cp log said
    check "$strip: it works" has said 'Hello, number 7'
    cp stripped/plugin_name.so once_stripped.so
    check_fails 1 "$strip: it cannot be stamped again" stamp stripped/plugin_name.so
    check "$strip: and keeps its old stamp" cmp once_stripped.so stripped/plugin_name.so
done

# -- Unwritable places --

check_fails 1 "a file in /proc is a failure" stamp /proc/version
cp log said
check "the message names it" has said 'plugin: cannot stamp /proc/version: '
mkdir closed
cp old.so closed/x.so
chmod 555 closed
# The superuser can write anywhere without dropping that capability.
powerless() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --bounding-set=-dac_override --inh-caps=-dac_override "$@"
    else
        "$@"
    fi
}
check_fails 1 "a read-only directory is a failure" powerless "$PLUGIN" stamp closed/x.so
cp log said
check "the message says why" grep -q \
    '^plugin: cannot stamp closed/x.so: cannot create .*: Permission denied' said
check "the file is unchanged" cmp old.so closed/x.so
check "and no file is left beside it" prints x.so ls -A closed
chmod 755 closed

# -- Mode and symbolic links --

mkdir own
cp old.so own/x.so
for mode in 755 640 400 4711; do
    cp -f old.so own/x.so
    chmod "$mode" own/x.so
    check "a file of mode $mode is stamped" stamp own/x.so
    check "and keeps its mode" prints "$mode" stat -c %a own/x.so
    rm -f own/x.so
done
mkdir -p links/away
cp old.so own/x.so
ln -s ../../own/x.so links/away/link.so
check "a symbolic link is followed" stamp links/away/link.so
check "and stays a link" test "$(readlink links/away/link.so)" = ../../own/x.so
check "its target is stamped" cmp once.so own/x.so
check "no file is left beside the link" prints link.so ls -A links/away
check "no file is left beside its target" prints x.so ls -A own

# -- Several files, and usage errors --

several() { cp old.so first.so; cp old.so last.so; }
several
check_fails 1 "one bad file of several is a failure" stamp first.so plugin_name.c last.so
check "the file before it is stamped" cmp once.so first.so
check "the file after it is stamped" cmp once.so last.so
several
check "several files succeed" stamp first.so last.so
check "and are stamped" sh -c 'cmp once.so first.so && cmp once.so last.so'
several
cp old.so ./-x.so
check "-- is accepted" stamp first.so -- -x.so last.so
check "and ends the options" cmp once.so ./-x.so
several
for option in --nosuch -x -; do
    check_fails 2 "an unknown option is a usage error: $option" stamp first.so "$option" last.so
    cp log said
    check "an unknown option: $option: the message names it" has said "unknown option: $option"
    check "an unknown option: $option: nothing is stamped" cmp old.so first.so
done
check_fails 2 "no file is a usage error" stamp
check_fails 2 "no file after -- is a usage error" stamp --
check "--help succeeds" stamp --help
cp log said
check "and prints the usage" has said 'usage: plugin stamp'

# -- Interruption --

# Large enough that some kills interrupt the stamp while it writes.
echo 'char big[1 << 25] = {1};' >big.c
gcc -g -shared -fPIC -Wl,-Bsymbolic -o big_old.so big.c
cp big_old.so big_new.so
stamp big_new.so
mkdir cut
interrupted() {
    for delay in 0 .002 .004 .006 .01 .015 .02 .03 .04 .05 .06 .07 .08 .1 .12 .15 .2 .3 .5 1; do
        cp big_old.so cut/big.so
        # Not the function stamp, which would run in a subshell, the process to be killed.
        "$PLUGIN" stamp cut/big.so &
        sleep $delay
        # The process may have ended already.
        kill -9 $! 2>/dev/null
        wait $! 2>/dev/null
        if cmp -s big_old.so cut/big.so; then
            cut=$((cut + 1))
        elif cmp -s big_new.so cut/big.so; then
            whole=$((whole + 1))
        else
            echo "killed after $delay s, the file is neither the old nor the new one"
            return 1
        fi
        # A kill in the middle leaves the unfinished copy.
        [ "$(find cut -type f | wc -l)" -eq 1 ] || middle=$((middle + 1))
        rm -f cut/*
    done
}
cut=0
whole=0
middle=0
check "SIGKILL at any time leaves the old file or the new one" interrupted
echo "# killed: $cut before the new file was in place, of them $middle while writing; $whole after"
# Without a delay, a process has not even started its work.
check "some stamps were interrupted" test "$cut" -gt 0

# On other signals, the stamp removes the unfinished copy.
rm -rf cut
ends_clean() {
    for delay in 0 .005 .01 .02 .03 .04 .06 .08 .1 .15; do
        mkdir cut
        cp big_old.so cut/big.so
        env --default-signal="$1" "$PLUGIN" stamp cut/big.so &
        sleep $delay
        kill -s "$1" $! 2>/dev/null
        wait $! 2>/dev/null
        [ "$(ls -A cut)" = big.so ] || { ls -lA cut; rm -rf cut; return 1; }
        rm -rf cut
    done
}
for signal in HUP INT TERM PIPE USR1 ALRM; do
    check "SIG$signal leaves no file beside the module" ends_clean "$signal"
done

finish
