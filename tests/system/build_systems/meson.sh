#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/project by Meson: against an installation, and with plugin as a subproject.
. "$(dirname "$0")/../../common/tap.sh"
. "$tests/system/build_systems/setup.sh"

left_to_others
# trial NAME COMPILER [OPTION...]: sets up, builds, tests and installs in build-NAME.
trial() {
    trial_name=$1 trial_compiler=$2
    shift 2
    check "$trial_name: meson setup" env CC="$trial_compiler" meson setup "build-$trial_name" --prefix="$work/$trial_name" "$@"
    check "$trial_name: ninja" ninja -C "build-$trial_name"
    check "$trial_name: meson test" meson test -C "build-$trial_name" --no-rebuild
    check "$trial_name: meson install" meson install -C "build-$trial_name" --no-rebuild --quiet
    converts "$trial_name" "$work/$trial_name"
}
trial installed gcc
trial release clang --buildtype=release --strip
check "release: it is stripped" is_stripped "$work"/release/bin/convert "$(find "$work/release" -name mile.so)"
trial lld "gcc -fuse-ld=lld" -Dbuildtype=debugoptimized

documented Meson meson.build
check "as documented: meson setup" env CFLAGS='-DUNITS_DIRECTORY=\".\"' meson setup "$work/documented/build" "$work/documented"
check "as documented: meson test" meson test -C "$work/documented/build"
check "as documented: a test was run" grep -q "fits" "$work/documented/build/meson-logs/testlog.txt"

# A unit that lacks a symbol fails the tests, which say why; one that cannot be stamped, its link.
cp units/inch.c inch.c
sed -i 's/unit_to_metres/unit_to_meters/' units/inch.c
check_fails 1 "a unit that lacks a symbol fails meson test" meson test -C build-installed 'units fit'
cp build-installed/meson-logs/testlog.txt said
check "which says why" has said "unit_to_metres"
printf '#include <plugin.h>\nPLUGIN_IMPLEMENTS(struct unit);\n' >>units/inch.c
sed -i '/#include <plugin.h>/d' units/inch.c
check_fails 1 "with PLUGIN_IMPLEMENTS, its link" ninja -C build-installed inch.so
cp "$work/log" said
check "which says why, too" has said "unit_to_metres"
check "and leaves no plugin" test ! -e build-installed/inch.so
mv inch.c units/inch.c

# As a subproject: the folder that subprojects/plugin.wrap brings.
with_plugin subprojects/plugin
check "subproject: meson setup" without_installation meson setup build-sub --prefix="$work/sub" -Doptimization=0 \
    --wrap-mode=nodownload --force-fallback-for=plugin -Dplugin:isolated=disabled -Dplugin:call=disabled
check "subproject: ninja" without_installation ninja -C build-sub
check "subproject: meson test" without_installation meson test -C build-sub --no-rebuild --no-suite plugin
check "subproject: meson install" without_installation meson install -C build-sub --no-rebuild --quiet
converts subproject "$work/sub"
check "subproject: the library comes with it" test -n "$(find "$work/sub" -name libplugin.so.0)"

# meson dist packs what git has.
rm -rf subprojects/plugin
git init -q . && git add meson.build subprojects src units tests && git -c user.name=n -c user.email=e commit -qm all
check "meson setup, of the repository" meson setup build-dist --prefix="$work/dist"
check "meson dist builds and tests what it packs" meson dist -C build-dist
check "the package is there" test -s build-dist/meson-dist/convert-1.0.tar.xz
finish
