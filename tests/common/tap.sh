# Sourced by the shell tests: results as TAP (Test Anything Protocol), which Meson reads.
#
# The caller's environment says what is tested:
#   PLUGIN       the installed `plugin` command
#   TEST_CFLAGS  flags that hosts must be built with, because the library was (sanitizers)
#   TEST_FORTIFIED if the library and the command are compiled with FORTIFY
#   TEST_LACKS   what there is not for the target that hosts are built for (tests/cross/run)
#   TEST_IS_SLOW if the target is: fewer rounds of the same will do
#   NATIVE_CC    the machine's own compiler, if the target has another C library

set -u
export LC_ALL=C
# The folder of all tests, and that of the project.
tests=$(cd "$(dirname "$0")" && pwd)
while [ ! -e "$tests/common/tap.sh" ]; do tests=${tests%/*}; done
tree=${tests%/*}
tap_count=0
export hang=600 # seconds after which what still runs has hung, however slow the machine
work=$(mktemp -d "${TMPDIR:-/tmp}/plugin-test.XXXXXX")
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT

# pass NAME / fail NAME <FILE: one result; what standard input holds explains a failure. (A pipe
# into fail would lose the count, which the shell keeps.)
pass() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}
fail() {
    tap_count=$((tap_count + 1))
    echo "not ok $tap_count - $1"
    sed 's/^/# /'
}

# skip NAME REASON: one result that is none.
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# is_lacking THING: is there no such thing for the target?
is_lacking() {
    case " ${TEST_LACKS:-} " in *" $1 "*) ;; *) return 1 ;; esac
}

# lacks THING NAME: the same; then what needs it is skipped.
lacks() {
    is_lacking "$1" && skip "$2" "there is no $1 for this target"
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

# check_same NAME EXPECTED ACTUAL: passes if the two files hold the same.
check_same() {
    if diff -u "$2" "$3" >"$work/difference" 2>&1; then
        pass "$1"
    else
        fail "$1" <"$work/difference"
    fi
}

# has FILE TEXT: does the file hold this text, literally?
has() {
    grep -qF -e "$2" "$1" || { echo "not in $1: $2"; cat "$1"; return 1; }
}

# check_refused NAME TEXT COMMAND...: the command fails, and says this.
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

# says NAME COMMAND... <EXPECTED: the command prints these lines, once the commands of sed in $says_alike
# have made the same of what differs from run to run.
says() {
    says_name=$1
    shift
    cat >expected
    "$@" >actual.raw 2>&1
    sed "$says_alike" actual.raw >actual
    check_same "$says_name" expected actual
}

# package PATH: how a file of the package starts.
package() { printf '#include <plugin.h>\nPLUGIN_PACKAGE("%s");\n' "$1"; }

finish() {
    echo "1..$tap_count"
}
