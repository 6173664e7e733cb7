#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/project by Autotools: built beside its sources and apart, tested, installed and packed.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/system/build_systems/setup.sh"
# libtool drops some flags of sanitizers, unless the compiler has them.
[ -z "${TEST_CFLAGS:-}" ] || { CC="gcc $TEST_CFLAGS" && export CC; }
# The project has another build system's Makefile, too.
rm Makefile
cd "$work" && mkdir build || exit 1

check "autoreconf" sh -c 'cd project && autoreconf -i'
cd build || exit 1
if [ ! -e /usr/bin/plugin ]; then
    check_fails 1 "configure without the command" env -u PLUGIN PATH=/usr/bin:/bin ../project/configure
    cp "$work/log" said
    check "asks for it" has said 'cannot find the command plugin in PATH'
fi
check "configure, in another directory" ../project/configure --prefix="$work/prefix" --libdir="$work/prefix/lib"
check "make" make
check "make check" make check
checked

check "make install" make install
is_stamped installed "$work/prefix"
prints "what is installed runs" '2.00 miles = 3218.69 m' "$work/prefix/bin/convert" 2 mile
check "make install-strip" make install-strip DESTDIR="$work/stripped"
is_stamped stripped "$work/stripped$work/prefix"
check "it has no debug information" is_stripped "$work/stripped$work/prefix/lib/convert/mile.so"

check "make distcheck" make distcheck

# What is linked with a library of the same project is linked again at installation.
cd "$work" && rm -rf build && mkdir build
cat >>project/Makefile.am <<'E2'
lib_LTLIBRARIES = libmetres.la
libmetres_la_SOURCES = src/metres.c
mile_la_LIBADD = libmetres.la
E2
echo 'double metres(double m) { return m; }' >project/src/metres.c
sed -i 's/return amount \* 1609.344/double metres(double); return metres(amount * 1609.344)/' project/units/mile.c
sed -i 's/format_amount(unit.unit_to_metres(amount)/format_amount(({ double metres(double); metres(unit.unit_to_metres(amount)); })/' project/src/convert.c
sed -i 's/^convert_LDADD = .*/& libmetres.la/' project/Makefile.am
check "automake again" sh -c 'cd project && autoreconf'
cd build || exit 1
check "configure, with a library" ../project/configure --prefix="$work/again" --libdir="$work/again/lib"
check "make, with a library" make
for file in mile.so convert; do
    check "$file is linked with it" sh -c "readelf -dW .libs/$file | tee /dev/stderr | grep -q libmetres.so"
done
make install-strip >said 2>&1
check "libtool links again" has said 'relink'
is_stamped relinked "$work/again"
prints "what is linked again runs" '2.00 miles = 3218.69 m' "$work/again/bin/convert" 2 mile

finish
