#!/bin/sh
# SPDX-License-Identifier: MIT
# plugin build: sources that are standard input or pipes, and the compiler's long flags.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"

cd "$work" || exit 1
plugin() { "$PLUGIN" build -buildmode=plugin "$@"; }
{ package example.com/k; echo 'int k;'; } >k.c
echo 'int from_input(void) { return 1; }' >input.c
{ package example.com/input; cat input.c; } >package.c

# symbols FILE: the names that the module defines.
symbols() { "$PLUGIN" inspect --json "$1" | tr '{' '\n' | sed -n 's/^"name":"\([^"]*\)".*/\1/p' | sort -u; }

# built NAME SYMBOL: passes if out.so was built and has the symbol; removes it.
built() {
    symbols out.so >names 2>&1
    check "$1" has names "$2"
    rm -f out.so
}

# A package makes plugin build link twice, and so compile twice.
plugin -o out.so k.c -x c - <input.c
built "standard input, a file" from_input
cat input.c | plugin -o out.so k.c -x c -
built "standard input, a pipe" from_input
cat input.c | plugin -o out.so k.c --language c -
built "standard input after --language" from_input
cat package.c | plugin -o out.so -x c -
built "standard input that is a package" from_input
cat input.c | plugin -o out.so k.c -x c /dev/stdin
built "standard input by its path" from_input
printf -- '-x c -\n' >arguments
cat input.c | plugin -o out.so k.c @arguments
built "standard input in a file of arguments" from_input
cat input.c | "$PLUGIN" build -buildmode=archive -o out.a k.c -x c /dev/stdin
check "an archive from standard input" test -s out.a
mkfifo pipe
cat input.c >pipe &
writer=$!
check_fails 2 "a pipe is refused" plugin -o out.so k.c -x c pipe
cp log said
check "because it would be read twice" has said \
    "the input pipe is a pipe, but a plugin may be compiled twice; write it to a file, or give it as standard input"
kill $writer

plugin --output=out.so input.c
built "--output=FILE" from_input
plugin --output out.so input.c
built "--output FILE" from_input
plugin --include k.c --define-macro X=1 input.c --output out.so
built "long flags with values" from_input
check_fails 2 "--compile is refused as -c is" plugin --compile input.c
check_fails 2 "--output= needs a file" plugin --output= input.c

finish
