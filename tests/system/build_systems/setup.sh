# SPDX-License-Identifier: MIT
# Sourced by the tests of build systems, after tap.sh: the installation under test, which may be staged, and the
# example project in $work/project.
prefix=$(cd "$(dirname "$PLUGIN")/.." && pwd)
library_directory=$(dirname "$(find "$prefix" -name libplugin.so.0)")
mkdir -p "$work/bin" "$work/project"
printf '#!/bin/sh\nexec /usr/bin/pkg-config --define-variable=prefix=%s "$@"\n' "$prefix" >"$work/bin/pkg-config"
chmod +x "$work/bin/pkg-config"
PATH=$work/bin:$prefix/bin:$PATH
export PATH PKG_CONFIG="$work/bin/pkg-config" PKG_CONFIG_PATH="$library_directory/pkgconfig"
(cd "$tree/examples/project" && cp -R . "$work/project")
cd "$work/project" || exit 1

# left_to_others: ends the test in a build with sanitizers, which others than the compiler do not add.
left_to_others() {
    [ -n "${TEST_CFLAGS:-}" ] || return 0
    pass "left to builds without sanitizers"
    finish
    exit
}
# prints NAME LINE COMMAND...: passes if the command prints the line.
prints() {
    prints_name=$1 prints_line=$2
    shift 2
    "$@" >said 2>&1
    check "$prints_name" has said "$prints_line"
}
# has_stamp FILE: inspect accepts files without one.
has_stamp() { readelf -SW "$1" | grep -F ' .plugin '; }
# is_stamped NAME PREFIX: what is installed there, in bin and lib, has its stamps, and fits.
is_stamped() {
    for file in bin/convert lib/convert/inch.so lib/convert/mile.so; do
        check "$1: $file has its stamp" has_stamp "$2/$file"
    done
    check "$1: they fit" "$PLUGIN" check "$2/bin/convert" "$2/lib/convert/inch.so" "$2/lib/convert/mile.so"
}
# checked: what the build system's check printed, in $work/log, says that the units work.
checked() {
    cp "$work/log" said
    check "a plugin fits the program" has said 'mile.so fits convert, meets struct unit'
    check "one with a package uses the program's" has said '2.00 miles = 3218.69 m'
    check "one is built in" has said '2.00 yards = 1.83 m'
}
# with_plugin DIRECTORY: makes it a tree of plugin, without tests; then commands find no installation by
# without_installation.
with_plugin() {
    mkdir -p "$1"
    (cd "$tree" && git ls-files 2>/dev/null | grep -v '^tests/\|^fuzz/corpus' | tar -cf - -T - 2>/dev/null ||
        tar -cf - --exclude='./build*' --exclude=./.git .) | tar -xf - -C "$1"
}
without_installation() {
    env -u CMAKE_PREFIX_PATH PATH=/usr/bin:/bin PKG_CONFIG_PATH= PKG_CONFIG=/usr/bin/pkg-config PLUGIN= "$@"
}
# converts NAME PREFIX: the installed program finds its units, and they have their stamps.
converts() {
    for said in "mile:2.00 miles = 3218.69 m" "yard:2.00 yards = 1.83 m" "inch:inch = 0.05 m"; do
        shows=${said#*:}
        runs() { "$2/bin/convert" 2 "${said%%:*}" >"$work/said" 2>&1; has "$work/said" "$shows"; }
        check "$1: $shows" runs "$@"
    done
    units=$(dirname "$(find "$2" -name inch.so)")
    check "$1: its units fit" "$PLUGIN" check "$2/bin/convert" "$units/inch.so" "$units/mile.so"
    cp "$work/log" "$work/said"
    check "$1: by their stamps" has "$work/said" ", meets struct unit"
}
# is_stripped FILE...: no file has debug information.
is_stripped() {
    for file; do
        ! readelf -SW "$file" | grep '\.debug_info' || return 1
    done
}
# documented TITLE FILE: makes a folder of the first block of this section of docs/build-systems.md, and of the
# sources that it names.
documented() {
    mkdir -p "$work/documented"
    cp src/* units/* "$work/documented"
    awk -v title="## $1" '$0 == title { on = 1; next } on && /^    / { print substr($0, 5); seen = 1; next }
        on && seen && NF { exit } on && seen { print "" }' "$tree/docs/build-systems.md" >"$work/documented/$2"
}
