# SPDX-License-Identifier: MIT
# Sourced by the shell tests: prints results in TAP (Test Anything Protocol), which Meson reads.
#
# Environment:
#   PLUGIN       the installed `plugin` command
#   TEST_CFLAGS  the sanitizer flags of the library, which hosts need too
#   TEST_FORTIFIED  set if the library and the command are built with FORTIFY
#   TEST_LACKS   what the target of hosts does not have (tests/cross/run)
#   TEST_IS_SLOW  set on an emulated target: tests run fewer rounds
#   NATIVE_CC    the machine's own compiler, if the target has another C library

set -u
export LC_ALL=C
# The tests/ folder and the root of the project.
tests=$(cd "$(dirname "$0")" && pwd)
while [ ! -e "$tests/common/tap.sh" ]; do tests=${tests%/*}; done
tree=${tests%/*}
tap_count=0
export hang=600 # seconds after which what still runs has hung, however slow the machine
work=$(mktemp -d "${TMPDIR:-/tmp}/plugin-test.XXXXXX")
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT

# pass NAME / fail NAME <EXPLANATION: prints one result. (A pipe into fail would run it in a subshell,
# which would lose the count.)
pass() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}
fail() {
    tap_count=$((tap_count + 1))
    echo "not ok $tap_count - $1"
    sed 's/^/# /'
}

# skip NAME REASON: prints a skipped result.
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# is_lacking THING: succeeds if the target does not have it.
is_lacking() {
    case " ${TEST_LACKS:-} " in *" $1 "*) ;; *) return 1 ;; esac
}

# lacks THING NAME: the same, and skips NAME if so.
lacks() {
    is_lacking "$1" && skip "$2" "this target has no $1"
}

# check NAME COMMAND...: passes if the command succeeds. Its output is in $work/log.
check() {
    check_name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        pass "$check_name"
    else
        { echo "exit status $?: $*"; cat "$work/log"; } >"$work/explanation"
        fail "$check_name" <"$work/explanation"
    fi
}

# check_fails STATUS NAME COMMAND...: passes if the command exits with this status.
check_fails() {
    wanted=$1
    check_name=$2
    shift 2
    "$@" >"$work/log" 2>&1
    status=$?
    if [ "$status" -eq "$wanted" ]; then
        pass "$check_name"
    else
        { echo "exit status $status, not $wanted: $*"; cat "$work/log"; } >"$work/explanation"
        fail "$check_name" <"$work/explanation"
    fi
}

# check_same NAME EXPECTED ACTUAL: passes if the two files are equal.
check_same() {
    if diff -u "$2" "$3" >"$work/difference" 2>&1; then
        pass "$1"
    else
        fail "$1" <"$work/difference"
    fi
}

# has FILE TEXT: succeeds if the file contains the literal text.
has() {
    grep -qF -e "$2" "$1" || { echo "not in $1: $2"; cat "$1"; return 1; }
}

# check_refused NAME TEXT COMMAND...: passes if the command exits with 1 and prints the text.
check_refused() {
    refused_name=$1
    refused_text=$2
    shift 2
    "$@" >log 2>&1
    status=$?
    if [ $status -eq 1 ] && has log "$refused_text" >why; then
        pass "$refused_name"
    else
        { echo "status $status"; cat log; } >why
        fail "$refused_name" <why
    fi
}

# says NAME COMMAND... <EXPECTED: passes if the command prints these lines. The sed script $says_alike
# replaces what differs between runs.
says() {
    says_name=$1
    shift
    cat >expected
    "$@" >actual.raw 2>&1
    # What an emulator adds when a signal ends what it emulates.
    sed "/^qemu: uncaught target signal/d; $says_alike" actual.raw >actual
    # Without an unwinder, a crash in the C library has no place.
    if is_lacking unwinder; then
        sed -i 's/, and says that it was in [^ ]* of [^ ;]*//; s/, in [^ ]* of [^ ;:]*//' expected actual
    fi
    check_same "$says_name" expected actual
}

# package PATH: prints the start of a source file of the package.
package() { printf '#include <plugin.h>\nPLUGIN_PACKAGE("%s");\n' "$1"; }

finish() {
    echo "1..$tap_count"
}
