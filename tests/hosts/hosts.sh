# SPDX-License-Identifier: MIT
# Sourced by the scripts of real hosts, which judge modules by `plugin check` and then load and use
# them. `tests/hosts/run` sets
#   PLUGIN   the command
#   build    the absolute path of a folder that keeps sources and what was built of them
#   results  the file that the rows are appended to
#   ports    the same, of ports
#   skipped  the same, of what the archive does not have
#   work     a temporary directory
# shellcheck shell=sh disable=SC2154
. "$tests/common/debian_sources.sh"

jobs=$(nproc)

# say TEXT...: tells how far it is.
say() { echo "-- $host: $*"; }

# sources PACKAGE SUITE [CONFIGURATION]: unpacks what this suite has, unless it was; once for each
# configuration. Sets
#   tree     the folder
#   version  what upstream calls it
# Fails if the archive no longer has it, and says so.
sources() {
    cache=$build/downloads/$2
    mkdir -p "$cache"
    if ! download "$1" "$2" >"$work/download" 2>&1; then
        say "skipped: $1 of Debian $2: the archive does not have its sources"
        echo "$host $1 of Debian $2" >>"$skipped"
        return 1
    fi
    version=$(tarball "$1" | sed 's/.*_//; s/\.orig\.tar.*//; s/+dfsg//')${3:+,$3}
    tree=$build/$host/$1-$version
    [ -e "$tree" ] && return
    mkdir -p "$tree.new" && tar -C "$tree.new" --no-same-owner --strip-components=1 -xf "$(tarball "$1")" &&
        mv "$tree.new" "$tree"
}

# once NAME COMMAND...: runs what builds a tree, in a shell of its own, unless it succeeded before.
# What it printed is in $tree.NAME.log.
once() {
    name=$1
    shift
    [ -e "$tree.$name.done" ] && return
    say "$version: $name"
    # Not in an AND list: set -e would do nothing there.
    (set -e; cd "$tree"; "$@") >"$tree.$name.log" 2>&1
    if [ $? -eq 0 ]; then
        : >"$tree.$name.done"
        return
    fi
    tail -n 20 "$tree.$name.log" >&2
    fail "$version: $name failed; see $tree.$name.log"
}

# fail TEXT...: a host that does not build, or an own module that does not work, is no verdict.
fail() {
    say "FAILED: $*"
    exit 1
}

# judge HOST PLUGIN [OPTION OF plugin check...]: judges a module; of the system's libraries, which have
# no stamp, the types are not compared. Sets
#   verdict   fits or refused
#   compared  the number of uses that were compared
#   left      and that of those that were not
#   reason    the first misfit
judge() {
    judge_host=$1 judge_plugin=$2
    shift 2
    "$PLUGIN" check --json --allow-unstamped "$@" "$judge_host" "$judge_plugin" >"$work/verdict" 2>"$work/error" ||
        [ -s "$work/verdict" ] || fail "plugin check $judge_plugin: $(cat "$work/error")"
    eval "$(python3 "$tests/hosts/verdict.py" <"$work/verdict")"
}

# row HOST-VERSION MODULE-VERSION MODULE OUTCOME: notes a verdict and what happened:
#   works    as with the host that it was built for
#   refuses  the host or the dynamic loader refuses it
#   differs  it behaves in another way
#   crashes
# or `refuses, but OUTCOME`, if the host refuses it by a number alone: what a copy of the host does
# that does not compare the number.
row() {
    printf '%s\t' "$host" "$@" "$verdict" "$compared" "$left" >>"$results"
    printf '%s\n' "$reason" >>"$results"
}

# port_row VERSION ADDED REMOVED TESTS: notes a port that works: lines, and its own tests, whose results
# are those before the port.
port_row() {
    say "ported $1: $2 lines added, $3 removed; its own tests say what they said before: $4"
    printf '%s %s\t%s\t%s\t%s\n' "$host" "$@" >>"$ports"
}

# outcome EXPECTED COMMAND...: runs a use of a module; sets outcome. EXPECTED is a file with what it
# prints with its own host; if there is none, this is that run, which must succeed. The command exits
# with status 99 if the module was refused.
outcome() {
    expected=$1
    shift
    status=0
    timeout 60 "$@" >"$work/printed" 2>"$work/said" </dev/null || status=$?
    if [ ! -e "$expected" ]; then
        [ "$status" -eq 0 ] && [ -s "$work/printed" ] ||
            fail "$* exits with status $status: $(cat "$work/printed" "$work/said")"
        cp "$work/printed" "$expected"
    fi
    case $status in
    99) outcome=refuses ;;
    12[567]) fail "$*: $(cat "$work/said")" ;;
    12[489] | 1[3-9]? | 2??) outcome=crashes ;; # 124: it hangs
    0) if cmp -s "$work/printed" "$expected"; then outcome=works; else outcome=differs; fi ;;
    *) outcome=differs ;;
    esac
}
