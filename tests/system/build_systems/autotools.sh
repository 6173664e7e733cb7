#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/project by Autotools: built beside its sources and apart, tested, installed and packed.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"
cd "$work" || exit 1
prefix=$(cd "$(dirname "$PLUGIN")/.." && pwd)
PATH=$prefix/bin:$PATH
# The installation may be staged.
PKG_CONFIG_LIBDIR=$(dirname "$(find "$prefix" -name plugin.pc)")
PKG_CONFIG="pkg-config --define-variable=prefix=$prefix"
# libtool drops some flags of sanitizers, unless the compiler has them.
[ -z "${TEST_CFLAGS:-}" ] || CC="gcc $TEST_CFLAGS"
export PATH PKG_CONFIG_LIBDIR PKG_CONFIG ${CC+CC}
mkdir project build
(cd "$tree/examples/project" && cp -R configure.ac Makefile.am src units tests "$work/project")

# has_stamp FILE: inspect accepts files without one.
has_stamp() { readelf -SW "$1" | grep -F ' .plugin '; }
# prints NAME LINE COMMAND...: passes if the command prints the line.
prints() {
    name=$1
    line=$2
    shift 2
    "$@" >said 2>&1
    check "$name" has said "$line"
}
# stamped WHAT DIRECTORY: passes if what is installed there has its stamps, and fits.
stamped() {
    for file in bin/convert lib/convert/inch.so lib/convert/mile.so; do
        check "$1: $file has its stamp" has_stamp "$2/$file"
    done
    check "$1: they fit" "$PLUGIN" check "$2/bin/convert" "$2/lib/convert/inch.so" "$2/lib/convert/mile.so"
}

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
cp "$work/log" said
check "a plugin fits the program" has said 'mile.so fits convert, meets struct unit'
check "one with a package uses the program's" has said '2.00 miles = 3218.69 m'
check "one is built in" has said '2.00 yards = 1.83 m'

check "make install" make install
stamped installed "$work/prefix"
prints "what is installed runs" '2.00 miles = 3218.69 m' "$work/prefix/bin/convert" 2 mile
check "make install-strip" make install-strip DESTDIR="$work/stripped"
stamped stripped "$work/stripped$work/prefix"
check "it has no debug information" sh -c \
    "! readelf -SW '$work/stripped$work/prefix/lib/convert/mile.so' | grep -q debug_info"

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
stamped relinked "$work/again"
prints "what is linked again runs" '2.00 miles = 3218.69 m' "$work/again/bin/convert" 2 mile

finish
