#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/tutorial.md, as a reader would follow it: saves its files, in order, runs its commands, and compares
# what they print.
. "$(dirname "$0")/../common/tap.sh"

if [ -n "${TEST_CFLAGS:-}" ] || ! find "$(dirname "$PLUGIN")/.." -name libplugin-isolated.so.0 | grep -q .; then
    pass "left to builds without sanitizers and with isolated plugins"
    finish
    exit
fi
mkdir "$work/demo"
cd "$work/demo" || exit 1
PATH=$(dirname "$PLUGIN"):$PATH

# Steps are numbered: NNN.file is what a C block holds, NNN.command a command, NNN.output what it shows.
awk -v to="$work/step." '
    function next_step(kind) { close(step); step = sprintf("%s%03d.%s", to, ++count, kind); printf "" >step }
    /^```c$/ { in_block = 1; next_step("file"); next }
    /^```/ { in_block = 0; next }
    in_block { print >step; next }
    /^    \$ / { next_step("command"); print substr($0, 7) >step; close(step); sub(/command$/, "output", step); printf "" >step; shows = 1; next }
    /^    / && shows { print substr($0, 5) >step; next }
    { shows = 0 }
' "$tree/docs/tutorial.md"
normalise() {
    sed -e "s|$work/demo|/tmp/demo|g" -e 's/built by [a-z]* [0-9.]*/built by COMPILER/g' -e 's/0x[0-9a-f]*/0xN/g' -e 's/^ */ /' "$1"
}
commands=0
for step in "$work"/step.*.file "$work"/step.*.command; do echo "$step"; done | sort >"$work/steps"
while IFS= read -r step; do
    case $step in
    *.file)
        name=$(sed -n '1s|^/\* \([a-z_.]*\) \*/$|\1|p' "$step")
        [ -n "$name" ] && cp "$step" "$name" || fail "a block of C without its file's name" <"$step"
        ;;
    *)
        commands=$((commands + 1))
        sh -c "$(cat "$step")" </dev/null >"$work/printed" 2>&1
        normalise "$work/printed" >"$work/actual"
        normalise "${step%command}output" >"$work/expected"
        check_same "$ $(cat "$step")" "$work/expected" "$work/actual"
        ;;
    esac
done <"$work/steps"
check "it has commands" test $commands -gt 15
no_warnings() {
    for compiler in gcc clang; do
        $compiler -Wall -Wextra -Wshadow -Wconversion -Werror -I"$tree/include" -fsyntax-only ./*.c || return 1
    done
}
check "its files have no warnings" no_warnings
finish
