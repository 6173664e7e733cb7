#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/project by Meson: with an installed plugin, and with one that is built as its subproject.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../../common/tap.sh"

cd "$work" || exit 1
installed=${PLUGIN%/bin/plugin}
# The staged installation, as if its prefix were where it lies.
pc=$(dirname "$(find "$installed" -name plugin.pc)")
mkdir pc
for file in "$pc"/*.pc; do
    sed "s|^prefix=.*|prefix=$installed|" "$file" >"pc/${file##*/}"
done
export PKG_CONFIG_PATH="$work/pc" PATH="$installed/bin:$PATH"
unset DESTDIR
export CFLAGS="${TEST_CFLAGS:-}" LDFLAGS="${TEST_CFLAGS:-}"

# runs PREFIX: the program of the project, as installed there.
runs() {
    program=$1/bin/convert
    says "the miles, which share a package: $2" "$program" 2 mile <<'E2'
2.00 miles = 3218.69 m
E2
    says "the yards, which are built in: $2" "$program" 2 yard <<'E2'
2.00 yards = 1.83 m
E2
    says "the inches, without packages: $2" "$program" 2 inch <<'E2'
inch = 0.05 m
E2
}
says_alike=

# ---- installed ----

cp -r "$tree/examples/project" project
for cc in gcc clang; do
    there=$work/$cc
    check "the project is configured with $cc" env CC=$cc meson setup "$there" project --prefix="$there/inst"
    check "its tests pass, with $cc" meson test -C "$there"
    check "it is installed and stripped, with $cc" meson install -C "$there" --strip
    runs "$there/inst" "stripped, $cc"
done
commit() {
    git -C project init -q && git -C project add . &&
        git -C project -c user.name=A -c user.email=a@example.com commit -qm 1
}
check "the project becomes a repository" commit
check "meson dist makes its package, builds and tests it" meson dist -C gcc
check "which is there" test -s gcc/meson-dist/convert-1.0.tar.xz

# ---- as a subproject ----

unset PKG_CONFIG_PATH
PATH=${PATH#*:}
mkdir project/subprojects/plugin
for part in LICENSE meson.build meson_options.txt cmake cmd gdb go-bridge include man src stamp worker; do
    cp -r "$tree/$part" project/subprojects/plugin
done
whole() {
    CFLAGS= LDFLAGS= meson setup "$work/whole" project --prefix="$work/whole/inst" --force-fallback-for=plugin \
        -Dplugin:optimization=0 -Dplugin:debug=false -Dplugin:isolated=disabled -Dplugin:call=disabled
}
check "a project is configured with the subproject" whole
check "its tests pass, with the subproject" timeout $hang meson test -C whole
check "the command is that of the subproject" grep -q "subprojects/plugin/cmd/plugin build" whole/build.ninja
check "both are installed" meson install -C whole --strip
runs whole/inst "with the subproject"
check "the subproject is installed with it" test -e whole/inst/bin/plugin

finish
