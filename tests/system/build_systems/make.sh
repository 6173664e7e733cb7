#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/project by make alone: built, tested, installed and packed.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"
cd "$work" || exit 1
PATH=$(dirname "$PLUGIN"):$PATH
cp -R "$tree/examples/project" project && cd project || exit 1
set -- "LDFLAGS=${TEST_CFLAGS:-}" "PREFIX=$work/prefix"

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

check "make" make "$@"
check "nothing is made twice" make -q "$@"
for made in convert inch.so mile.so; do
    check "$made is stamped" has_stamp $made
done
check "make check" make check "$@"
cp "$work/log" said
check "a plugin fits the program" has said 'mile.so fits convert, meets struct unit'
check "one with a package uses the program's" has said '2.00 miles = 3218.69 m'
check "one is built in" has said '2.00 yards = 1.83 m'

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
for root in '' "$work/stripped"; do
    for file in bin/convert lib/convert/inch.so lib/convert/mile.so; do
        check "$root: $file keeps its stamp" has_stamp "$root$prefix/$file"
    done
    check "$root: they fit" "$PLUGIN" check "$root$prefix/bin/convert" "$root$prefix"/lib/convert/*.so
done
check "what is stripped has no debug information" sh -c \
    "! readelf -SW '$work/stripped$prefix/lib/convert/mile.so' | grep -q debug_info"
prints "what is installed runs" '2.00 miles = 3218.69 m' "$prefix/bin/convert" 2 mile
prints "what is stripped runs" '2.00 yards = 1.83 m' "$work/stripped$prefix/bin/convert" 2 yard
prints "with stripped units" 'inch = 0.05 m' env CONVERT_UNITS="$work/stripped$prefix/lib/convert" \
    "$work/stripped$prefix/bin/convert" 2 inch

check "make dist" make dist
mkdir "$work/again" && tar -xzf convert-1.0.tar.gz -C "$work/again"
check "what is packed builds and passes" make -C "$work/again/convert-1.0" check "$@"

# ---- docs/build-systems.md: the compiler stamps by itself, with the flags of pkg-config ----

installation=$(cd "$(dirname "$PLUGIN")/.." && pwd)
mkdir "$work/short" && cd "$work/short" || exit 1
cp "$work"/project/src/*.[ch] "$work/project/units/mile.c" .
cat >pkg-config <<E2
#!/bin/sh
PKG_CONFIG_LIBDIR=$(dirname "$(find "$installation" -name plugin.pc)") \\
    exec /usr/bin/pkg-config --define-variable=prefix=$installation "\$@"
E2
chmod +x pkg-config
{
    echo 'CFLAGS = $$(pkg-config --cflags plugin) -fPIC -DUNITS_DIRECTORY=\".\"'
    sed -n '/^    convert: /,/^$/s/^    //p' "$tree/docs/build-systems.md"
} >Makefile
check "by pkg-config" env PATH="$work/short:$PATH" make convert mile.so "CC=cc ${TEST_CFLAGS:-}"
check "its plugin fits" "$PLUGIN" check convert mile.so
prints "it runs" '2.00 miles = 3218.69 m' ./convert 2 mile

finish
