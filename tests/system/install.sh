#!/bin/sh
# SPDX-License-Identifier: MIT
# make install: the installed files, and their use from there, as docs/go.md shows for Go.
. "$(dirname "$0")/../common/tap.sh"
. "$tests/common/transcript.sh"
. "$tests/common/find_go.sh"

cd "$work" || exit 1
install_there() {
    # Without the variables of the calling make; the code was tested, so it may be slow.
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS CFLAGS='-O0 -g0' make -C "$tree" install PREFIX="$1" DESTDIR="$2" \
        INSTALL_BUILD="$work/build" SETUP=-Dpython=true
}
# An ldconfig whose loader searches $configured; it writes down that it was called for the cache.
mkdir bin
cat >bin/ldconfig <<'E2'
#!/bin/sh
case $* in
*-N*) printf '/lib:\n%s: (from /etc/ld.so.conf.d/local.conf:1)\n' "$configured" ;;
*) echo called >"$called"; exit "${refuses:-0}" ;;
esac
E2
chmod +x bin/ldconfig
export configured=/nowhere called="$work/called"
with_ldconfig() { PATH=$work/bin:$PATH "$@"; }
check "make install works" with_ldconfig install_there "$work/prefix" ""
cp log said
library=$(dirname "$(find "$work/prefix" -name libplugin.so)")
check "it says how programs find the library" has said \
    "The dynamic loader does not search $library. What \`plugin build\` links finds libplugin there; link other programs with -Wl,-rpath,$library"
check "the cache of the loader is left alone" test ! -e called
configured=$library
check "make install into a directory that the loader searches works" with_ldconfig install_there "$work/prefix" ""
check "the cache of the loader is renewed" test -e called
export refuses=1
check "make install by who may not renew it works" with_ldconfig install_there "$work/prefix" ""
cp log said
check "it says what to do" has said "To let the dynamic loader find libplugin, run as root: ldconfig"
rm called

found() {
    find "$work/prefix" -name "$1" | grep -q .
}
for file in plugin plugin.h plugin.hpp plugin_types.h libplugin.so libplugin.so.0 libplugin.a plugin.pc libplugin-call.so \
    libplugin-call.so.0 libplugin-call.a plugin-call.pc plugin.1 plugin_types.3 plugin_call.3 \
    plugin_open.3 plugin_lookup.3 plugin_as.3; do
    check "$file is installed" found "$file"
done

cp "$tree"/examples/seed/*.c .
seed() {
    "$1/bin/plugin" build -buildmode=plugin -o plugin_name.so plugin_name.c &&
        "$1/bin/plugin" build -o host host.c && ./host >said
}
check "the installed command builds the seed's example" seed "$work/prefix"
check "and it runs" has said "Hello, number 7"

python_package() {
    package=$(dirname "$(find "$work/prefix" -path '*/plugin/__init__.py')")
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=${package%/plugin} python3 -c 'import plugin
p = plugin.open("./plugin_name.so")
p.V = 7
p.F()' >said
}
check "the Python package finds the library" python_package
check "and uses the seed's plugin" has said "Hello, number 7"

pc=$(dirname "$(find "$work/prefix" -name plugin.pc)")
by_pkg_config() {
    # shellcheck disable=SC2046 # flags are words
    cc -o by-hand host.c $(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs plugin) && ./by-hand >said-by-hand
}
check "a host builds with pkg-config's flags alone, where no loader searches" by_pkg_config
check "and runs" has said-by-hand "Hello, number 7"
static_by_pkg_config() {
    # shellcheck disable=SC2046 # flags are words
    cc -g -static -o static "$tests/isolated/static/seed_host.c" \
        $(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs plugin-static-isolated) &&
        "$work/prefix/bin/plugin" stamp static &&
        printf '#include <plugin.h>\n#include "plugin_name.c"\nPLUGIN_INIT { V = 6; }\n' >with_init.c &&
        "$work/prefix/bin/plugin" build -buildmode=plugin -o with_init.so with_init.c &&
        ./static ./with_init.so >said-static
}
check "a static host that opens isolated plugins builds with its flags" static_by_pkg_config
check "and finds the program of their processes, and libplugin" has said-static "Hello, number 7"

needs_libc_alone() {
    readelf -d "$(find "$work/prefix" -name libplugin.so.0)" | grep NEEDED >needed
    # The dynamic loader, which allocates thread-local variables, is part of libc.
    ! grep -v -e 'libc\.' -e 'ld-' needed
}
check "the library needs libc alone" needs_libc_alone

sed -n '/^## Example/,/^## The bridge/p' "$tree/docs/go.md" >section.md
awk '/^```go$/ { on = 1; next } /^```$/ { on = 0 } on' section.md >plugin_name.go
normalise() {
    sed -e "s|$work/prefix|/usr/local|" -e 's/go1[.0-9]*/VERSION/' "$@"
}
PATH=$work/prefix/bin:$(dirname "$GO"):$PATH
shows "docs/go.md's Go plugin" section.md

check "make install works below a DESTDIR" with_ldconfig install_there /usr "$work/destination"
check "the cache is no matter there" test ! -e called
check "the command finds its library below it" seed "$work/destination/usr"

no_run_path() { ! grep -F -e -rpath "$(find "$work/destination" -name plugin.pc)"; }
check "a program needs no run path in a directory of the system" no_run_path

# The default, without a run of ldconfig: the loader's cache does not know libplugin there.
check "make install works for the default prefix" with_ldconfig install_there /usr/local "$work/default"
cat >at_default.sh <<'E2'
set -e
mount --bind "$1/usr/local" /usr/local
if ldconfig -p | grep libplugin; then exit 1; fi
cc -o at-default host.c $(PATH=/usr/local/bin:$PATH pkg-config --cflags --libs plugin)
exec ./at-default
E2
own_root=$([ "$(id -u)" -eq 0 ] || echo -r)
# shellcheck disable=SC2086 # empty, or an option
if unshare $own_root -m mount --bind "$work/default/usr/local" /usr/local 2>/dev/null; then
    check "a host by pkg-config runs from there" unshare $own_root -m sh ./at_default.sh "$work/default"
    cp log said
    check "and says so" has said "Hello, number 7"
else
    skip "a host by pkg-config runs from there" "this user may not mount"
fi

# The record is that of the last installation.
uninstall() {
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$tree" uninstall INSTALL_BUILD="$1"
}
check "make uninstall works" uninstall "$work/build"
find "$work" -path "$work/default/*" ! -type d >left
check "nothing is left" test ! -s left
check_fails 2 "make uninstall without an installation fails" uninstall "$work/none"
cp log said
check "and says why" has said "has no record of an installation"

finish
