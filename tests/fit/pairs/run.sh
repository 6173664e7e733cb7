#!/bin/sh
# SPDX-License-Identifier: MIT
# What fits and what does not, shown by running it. Each case is a file with both sides of a pair, and
# with rows in its first comment:
#
#     host V [OPTION...], plugin V [OPTION...]: fits, runs
#     host V [OPTION...], plugin V [OPTION...]: refused, HOW
#     [host V, ]plugin V [OPTION...]: not stamped
#
# V is the version of the header that the side is compiled with. OPTION is a flag of the compiler, a
# --grows of `plugin stamp`, `strict`, or `built-in`. What fits runs well under AddressSanitizer. HOW
# says what plain dlopen leads to: it overruns memory, crashes, or misreads (run() tells); or it runs,
# where the code is better than its promises. Of each third case, clang compiles a side, unless the name
# ends with -gcc. NAME.expected holds the messages. REFUSE_WRITE=1 writes these files; review the
# difference.
. "$(dirname "$0")/../../common/tap.sh"

pairs=$tests/fit/pairs
cd "$work" || exit 1
PAIRS_PREFIX=$(dirname "$PLUGIN")/..
PAIRS_LIBRARIES=$(dirname "$(find "$PAIRS_PREFIX" -name libplugin.so | head -n 1)")
export PLUGIN TEST_CFLAGS PAIRS_PREFIX PAIRS_LIBRARIES

# The sanitizer of all sides, if one works for both compilers.
PAIRS_SANITIZE=-fsanitize=address
can_sanitize() {
    echo 'int main(void) { return 0; }' >try.c
    for compiler in cc clang; do
        "$compiler" -c -fPIC $PAIRS_SANITIZE -o try.o try.c && cc $PAIRS_SANITIZE -o try try.o &&
            ASAN_OPTIONS=detect_leaks=0 ./try || return 1
    done
}
case $TEST_CFLAGS in
*thread* | *memory*) PAIRS_SANITIZE= ;;
*) can_sanitize >log 2>&1 || PAIRS_SANITIZE= ;;
esac
export PAIRS_SANITIZE
[ -n "$PAIRS_SANITIZE" ] || skip "what plain dlopen leads to" "there is no AddressSanitizer"

# list_cases: prints how try.sh tries each case.
list_cases() {
    number=0
    for file in "$pairs"/[a-z]*-*.c*; do
        number=$((number + 1))
        plus=
        case $file in *.cc) plus=++ ;; esac
        gcc=g${plus:-cc}
        case $((number % 6))$file in
        *-gcc.c) echo "$file $gcc $gcc" ;;
        1*) echo "$file clang$plus $gcc" ;;
        4*) echo "$file $gcc clang$plus" ;;
        *) echo "$file $gcc $gcc" ;;
        esac
    done
}
build_main() {
    cc -c -g -fPIC -Wall -Wextra -Werror -I"$PAIRS_PREFIX/include" -o main.o "$pairs/main.c"
}
check "the hosts' main builds" build_main
list_cases >cases
check "every case is tried" xargs -P 2 -L 1 sh "$pairs/try.sh" <cases

# happened NAME WANTED HAPPENED: succeeds if they are the same, as far as it was run.
happened() {
    [ "$2" = "$3" ] && return
    [ "${2%, *}, not run" = "$3" ] && return
    echo "wanted: $2; $3"
    awk -v row="$4" '/^== / { is_here = $0 == "== " row } is_here' "$1/log"
    return 1
}

# worded NAME: succeeds if the messages are those of NAME.expected.
worded() {
    expected=$pairs/${1%.*}.expected
    sed -e "s|$work/[^/ ]*|DIR|g" -e "s|$pairs/||" -e 's/built by .*/built by COMPILER/' \
        "$1/words" >words
    [ -z "${REFUSE_WRITE:-}" ] || cp words "$expected"
    diff -u "$expected" words
}

while read -r file _; do
    name=${file##*/}
    while IFS='|' read -r row wanted result; do
        check "${name%.*}: $row: $wanted" happened "$name" "$wanted" "$result" "$row"
    done <"$name/rows"
    [ ! -e "$name/words" ] || check "${name%.*}: the messages" worded "$name"
done <cases

finish
