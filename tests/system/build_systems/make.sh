#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/project by make alone: built, tested, installed and packed.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/system/build_systems/setup.sh"
set -- "LDFLAGS=${TEST_CFLAGS:-}" "PREFIX=$work/prefix"

check "make" make "$@"
check "nothing is made twice" make -q "$@"
for made in convert inch.so mile.so; do
    check "$made is stamped" has_stamp $made
done
check "make check" make check "$@"
checked

# A unit test that fails, and a unit that does not fit, fail make check.
sed -i 's/0.0254/0.0255/' units/inch.c
check_fails 2 "a wrong unit fails make check" make check "$@"
cp "$work/log" said
check "its test says why" has said 'inch: 100 inches are 2.55 m, not 2.54'
sed -i 's/0.0255/0.0254/' units/inch.c
cp src/unit.h unit.h
sed -i 's/double (\*unit_to_metres)(double amount)/float (*unit_to_metres)(double amount)/' src/unit.h
make convert "$@" >/dev/null 2>&1
cp unit.h src/unit.h
touch -d '1 hour ago' src/unit.h
check_fails 2 "a unit of another interface fails make check" make check "$@"
cp "$work/log" said
check "plugin check says why" has said 'does not fit convert'
make clean >/dev/null

# A plugin whose flags cannot be had is not linked without.
check_fails 2 "without the command" make PLUGIN=no-such-plugin inch.so
cp "$work/log" said
check "make stops at the flags" has said 'plugin flags failed'
check "and leaves no plugin" test ! -e inch.so

# ---- as it is shipped ----

prefix=$work/prefix
check "make install" make install "$@"
check "make install-strip" make install-strip "$@" DESTDIR="$work/stripped"
is_stamped installed "$prefix"
is_stamped stripped "$work/stripped$prefix"
check "what is stripped has no debug information" is_stripped "$work/stripped$prefix/lib/convert/mile.so"
prints "what is installed runs" '2.00 miles = 3218.69 m' "$prefix/bin/convert" 2 mile
prints "what is stripped runs" '2.00 yards = 1.83 m' "$work/stripped$prefix/bin/convert" 2 yard
prints "with stripped units" 'inch = 0.05 m' env CONVERT_UNITS="$work/stripped$prefix/lib/convert" \
    "$work/stripped$prefix/bin/convert" 2 inch

check "make dist" make dist
mkdir "$work/again" && tar -xzf convert-1.0.tar.gz -C "$work/again"
check "what is packed builds and passes" make -C "$work/again/convert-1.0" check "$@"

# ---- docs/build-systems.md: the compiler stamps by itself, with the flags of pkg-config ----

mkdir "$work/short" && cd "$work/short" || exit 1
cp "$work"/project/src/*.[ch] "$work/project/units/mile.c" .
{
    echo 'CFLAGS = $$(pkg-config --cflags plugin) -fPIC -DUNITS_DIRECTORY=\".\"'
    sed -n '/^    convert: /,/^$/s/^    //p' "$tree/docs/build-systems.md"
} >Makefile
check "by pkg-config" make convert mile.so "CC=cc ${TEST_CFLAGS:-}"
check "its plugin fits" "$PLUGIN" check convert mile.so
prints "it runs" '2.00 miles = 3218.69 m' ./convert 2 mile

finish
